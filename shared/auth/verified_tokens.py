"""Tokens verified a moment ago, since a client sends the same one with every call."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from typing import Final

from shared.auth.identity import Identity

MAX_ENTRIES: Final = 1000
MAX_AGE_S: Final = 60.0
"""A key withdrawn by its provider is noticed within `jwks.FRESH_S`; a minute adds little to that."""


class VerifiedTokens:
    """Identities by the hash of their token; the oldest make room for new ones."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, tuple[float, Identity]] = OrderedDict()

    def get(self, token: str, now_s: float) -> Identity | None:
        """Return the identity of `token` if it was verified less than a minute ago and has not expired since."""
        ends_at_s, identity = self._entries.get(_digest(token), (0.0, None))
        return identity if now_s < ends_at_s else None

    def put(self, token: str, identity: Identity, now_s: float) -> None:
        """Remember that `token` was verified at `now_s`."""
        if len(self._entries) >= MAX_ENTRIES:
            self._entries.popitem(last=False)
        digest = _digest(token)
        self._entries[digest] = min(identity.expires_at_s, now_s + MAX_AGE_S), identity
        self._entries.move_to_end(digest)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
