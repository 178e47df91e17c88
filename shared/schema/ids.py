"""Document ids: opaque, URL-safe, and tagged with their table.

Layout (Convex's), 19 bytes, written in base32 with the alphabet below, 31 characters:

    varint(table number) ‖ 16 random bytes ‖ fletcher16 of all before, little-endian

The tag lets `Id[Project]` refuse an id of another table without a look-up; the checksum refuses typing errors.
Ids are never reused: 128 random bits.
"""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
RANDOM_BYTES: Final = 16
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuv"
_TO_DIGITS: Final = str.maketrans(ALPHABET, _DIGITS)
_CHARACTERS: Final = frozenset(ALPHABET)
_MAX_LENGTH: Final = 37


def mint(table_number: int, random: bytes) -> str:
    """Make an id of table `table_number` (below 2^28) from 16 random bytes."""
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"an id needs {RANDOM_BYTES} random bytes, got {len(random)}")
    body = _varint(table_number) + random
    return _base32(body + _fletcher16(body))


def table_number_of(text: str) -> int | None:
    """Return the table number that the id `text` carries, or None when it is not an id."""
    raw = _unbase32(text)
    if raw is None or len(raw) < RANDOM_BYTES + 3:
        return None
    body, checksum = raw[:-2], raw[-2:]
    number, length = _read_varint(body)
    well_formed = len(body) == length + RANDOM_BYTES and _fletcher16(body) == checksum
    return number if well_formed else None


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _read_varint(raw: bytes) -> tuple[int, int]:
    number = 0
    for position, byte in enumerate(raw[:4]):
        number |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return number, position + 1
    return 0, 0


def _fletcher16(raw: bytes) -> bytes:
    low = high = 0
    for byte in raw:
        low = (low + byte) % 255
        high = (high + low) % 255
    return bytes((low, high))


def _base32(raw: bytes) -> str:
    bits = len(raw) * 8
    length = -(-bits // 5)
    number = int.from_bytes(raw, "big") << (length * 5 - bits)
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in reversed(range(length)))


def _unbase32(text: str) -> bytes | None:
    """Return the bytes that `_base32` makes this very text of."""
    if not text or len(text) > _MAX_LENGTH or not _CHARACTERS.issuperset(text):
        return None
    number = int(text.translate(_TO_DIGITS), 32)
    size, spare = divmod(len(text) * 5, 8)
    if spare >= 5 or number & ((1 << spare) - 1):  # a character too many, or other ones than `_base32` ends with
        return None
    return (number >> spare).to_bytes(size, "big")
