"""A verifier that is made when the first token comes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shared.auth.fetch import HttpFetch
from shared.auth.identity import Identity
from shared.auth.providers import providers_from
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.auth.verifier import TokenVerifier


class LateVerifier:
    """Verifies tokens of the providers that the settings name (see `TokenVerifier.verify`)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._verifier: TokenVerifier | None = None

    def verify(self, token: str) -> Identity:
        """Return the identity that `token` proves."""
        if self._verifier is None:
            # PyJWT brings cryptography: 60 ms of a cold start, which internal calls, that bring no token, are spared.
            from shared.auth.verifier import TokenVerifier  # noqa: PLC0415

            self._verifier = TokenVerifier(providers_from(self._settings), HttpFetch(), time.time)
        return self._verifier.verify(token)
