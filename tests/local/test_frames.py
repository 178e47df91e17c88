from __future__ import annotations

import random
import struct

import pytest

from infra.local.frames import FrameLimit

MOST = 32 * 1024


class Parser:
    """Keeps what it is fed."""

    def __init__(self) -> None:
        self.fed = b""
        self.ended = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.fed += data
        return False, b""

    def feed_eof(self) -> None:
        self.ended = True


def frame(size_bytes: int, *, masked: bool = True) -> bytes:
    """Return a final text frame of this size."""
    mark = 0x80 if masked else 0
    if size_bytes < 126:
        header = struct.pack("!BB", 0x81, mark | size_bytes)
    elif size_bytes < 65_536:
        header = struct.pack("!BBH", 0x81, mark | 126, size_bytes)
    else:
        header = struct.pack("!BBQ", 0x81, mark | 127, size_bytes)
    return header + (b"mask" if masked else b"") + b"x" * size_bytes


def fed(*pieces: bytes) -> tuple[bytes, list[int]]:
    """Return what got through and the sizes of what did not."""
    parser, refused = Parser(), list[int]()
    limit = FrameLimit(parser, MOST, refused.append)
    for piece in pieces:
        limit.feed_data(piece)
    return parser.fed, refused


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("size_bytes", [0, 1, 125, 126, 127, 1000, MOST])
def test_a_frame_up_to_the_limit_passes(size_bytes: int, *, masked: bool) -> None:
    sent = frame(size_bytes, masked=masked)
    assert fed(sent) == (sent, [])


@pytest.mark.parametrize("size_bytes", [MOST + 1, 65_535, 65_536, 1_000_000])
def test_a_frame_above_the_limit_is_dropped_and_told(size_bytes: int) -> None:
    assert fed(frame(size_bytes)) == (b"", [size_bytes])


def test_what_follows_a_dropped_frame_passes() -> None:
    assert fed(frame(5) + frame(MOST + 1) + frame(6)) == (frame(5) + frame(6), [MOST + 1])


def test_frames_are_told_apart_however_they_are_cut() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(200):
        sizes = [chance.choice([0, 3, 125, 126, 300, MOST, MOST + 1, 70_000]) for _ in range(6)]
        whole = b"".join(map(frame, sizes))
        cuts = sorted(chance.randrange(len(whole) + 1) for _ in range(8))
        pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
        kept = b"".join(frame(size) for size in sizes if size <= MOST)
        assert fed(*pieces) == (kept, [size for size in sizes if size > MOST])


def test_the_end_is_passed_on() -> None:
    parser = Parser()
    FrameLimit(parser, MOST, lambda _: None).feed_eof()
    assert parser.ended
