"""A store for maintenance, which issues no cursors and so needs no key."""

from __future__ import annotations

from collections.abc import Callable


class Unsigned:
    """A signer that signs nothing."""

    def sign(self, purpose: str, payload: bytes) -> bytes:
        """Refuse."""
        raise NotImplementedError

    def verify(self, purpose: str, payload: bytes, signature: bytes) -> bool:
        """Refuse."""
        raise NotImplementedError

    def key(self, purpose: str) -> bytes:
        """Refuse."""
        raise NotImplementedError

    def finds_key(self, purpose: str, test: Callable[[bytes], bool]) -> bool:
        """Refuse."""
        raise NotImplementedError
