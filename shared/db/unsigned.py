"""A store for maintenance, which issues no cursors and so needs no key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_REFUSAL: Final = "Maintenance issues no cursors: open the store with the signing key for that"


class Unsigned:
    """A signer that signs nothing."""

    def sign(self, purpose: str, payload: bytes) -> bytes:
        """Refuse."""
        raise NotImplementedError(_REFUSAL)

    def verify(self, purpose: str, payload: bytes, signature: bytes) -> bool:
        """Refuse."""
        raise NotImplementedError(_REFUSAL)

    def key(self, purpose: str) -> bytes:
        """Refuse."""
        raise NotImplementedError(_REFUSAL)

    def finds_key(self, purpose: str, test: Callable[[bytes], bool]) -> bool:
        """Refuse."""
        raise NotImplementedError(_REFUSAL)
