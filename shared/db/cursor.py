"""Page cursors: a place in one query's order, authenticated, and the same text for the same place.

base64url( JSON [query's fingerprint, position or null at the end] ‖ signature )
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
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


def query_fingerprint(description: str) -> str:
    """Return a short hash that binds a cursor to the query it came from."""
    return hashlib.blake2b(description.encode(), digest_size=6).hexdigest()


def seal(signer: Signer, fingerprint: str, position: Position | None) -> str:
    """Return the cursor for `position`, or for the end of the range."""
    payload = json.dumps([fingerprint, position], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(payload + signer.sign(_PURPOSE, payload)).decode()


def unseal(signer: Signer, fingerprint: str, cursor: str) -> Position | None:
    """Return the position that `cursor` names, or None for the end.

    Raises:
        InvalidCursor: not issued here, or for another query.
    """
    try:
        raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor(
            "InvalidCursor: the cursor is not one of this backend; start at the first page."
        ) from error
    payload, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if not signer.verify(_PURPOSE, payload, signature):
        raise InvalidCursor("InvalidCursor: the cursor is not one of this backend; start at the first page.")
    issued_for, position = json.loads(payload)
    if issued_for != fingerprint:
        raise InvalidCursor("InvalidCursor: the cursor belongs to another query; start at the first page.")
    return None if position is None else tuple(position)
