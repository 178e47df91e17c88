"""Page cursors: a place in one query's order, authenticated, and the same text for the same place.

base64url( JSON position, or null at the end ‖ signature ), where the signature is also of the query's fingerprint

Clients send cursors with every page they subscribe to again, in one frame, so they are short.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Final, Protocol

from shared.db.ranges import Position
from shared.errors import InvalidCursor

SIGNATURE_BYTES: Final = 16
_PURPOSE: Final = "cursor"


class Signer(Protocol):
    """Signs for a purpose; a signature for one purpose is none for another."""

    def sign(self, purpose: str, payload: bytes) -> bytes:
        """Return the 16-byte signature of `payload`."""

    def verify(self, purpose: str, payload: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is one of `payload`."""

    def key(self, purpose: str) -> bytes:
        """Return the 32 bytes that are encrypted with for `purpose`."""

    def finds_key(self, purpose: str, test: Callable[[bytes], bool]) -> bool:
        """Tell whether `test` holds for a key of `purpose` that is or was valid."""


def query_fingerprint(description: str) -> bytes:
    """Return a hash that binds a cursor to the query it came from."""
    return hashlib.blake2b(description.encode(), digest_size=16).digest()


def seal(signer: Signer, fingerprint: bytes, position: Position | None) -> str:
    """Return the cursor for `position`, or for the end of the range."""
    payload = json.dumps(position, separators=(",", ":")).encode()
    return _text(payload + signer.sign(_PURPOSE, fingerprint + payload))


def unseal(signer: Signer, fingerprint: bytes, cursor: str) -> Position | None:
    """Return the position that `cursor` names, or None for the end.

    Raises:
        InvalidCursor: not issued here, or for another query.
    """
    raw = _bytes(cursor)
    payload, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if not signer.verify(_PURPOSE, fingerprint + payload, signature):
        raise InvalidCursor("This backend did not issue the cursor for this query; start at the first page.")
    position = json.loads(payload)
    return None if position is None else tuple(position)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(cursor: str) -> bytes:
    """Return what a cursor encodes; of what is no cursor's text nothing, which has no valid signature."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        return b""
    return raw if _text(raw) == cursor else b""
