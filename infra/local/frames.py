"""Reads a client's frames as they arrive, for the one limit that WebSocket libraries do not know: that of a frame.

Source: RFC 6455, section 5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

_HEADER_BYTES: Final = 2
_MASK_BYTES: Final = 4
_LENGTH_BYTES: Final = {126: 2, 127: 8}


class FrameLimit:
    """Stands before the parser of a WebSocket; a frame that is too large never reaches it.

    Args:
        parser: aiohttp's parser of the socket.
        most_bytes: the largest payload of a frame.
        exceeded: called with the size of a payload that is larger.
    """

    def __init__(self, parser: Any, most_bytes: int, exceeded: Callable[[int], None]) -> None:
        self._parser = parser
        self._most_bytes = most_bytes
        self._exceeded = exceeded
        self._header = bytearray()
        self._left_bytes = 0
        self._drops = False

    def feed_eof(self) -> None:
        """Take note that the client has hung up."""
        self._parser.feed_eof()

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take what arrived, and pass on what of it belongs to frames within the limit."""
        passed = bytearray()
        rest = memoryview(bytes(data))
        while rest:
            if not self._left_bytes:
                self._header.append(rest[0])
                rest = rest[1:]
                size_bytes = _payload_bytes(self._header)
                if size_bytes is None:
                    continue
                self._begin(size_bytes)
                if not self._drops:
                    passed += self._header
                self._header.clear()
            taken, rest = rest[: self._left_bytes], rest[self._left_bytes :]
            self._left_bytes -= len(taken)
            if not self._drops:
                passed += taken
        result: tuple[bool, bytes] = self._parser.feed_data(bytes(passed)) if passed else (False, b"")
        return result

    def _begin(self, size_bytes: int) -> None:
        self._left_bytes = size_bytes
        self._drops = size_bytes > self._most_bytes
        if self._drops:
            self._exceeded(size_bytes)


def _payload_bytes(header: bytearray) -> int | None:
    """Return the size of a frame's payload, or None while its header is incomplete."""
    if len(header) < _HEADER_BYTES:
        return None
    short = header[1] & 0x7F
    length_bytes = _LENGTH_BYTES.get(short, 0)
    mask_bytes = _MASK_BYTES if header[1] & 0x80 else 0
    if len(header) < _HEADER_BYTES + length_bytes + mask_bytes:
        return None
    if not length_bytes:
        return short
    return int.from_bytes(header[_HEADER_BYTES : _HEADER_BYTES + length_bytes], "big")
