"""Reading an archive, an entry after the other: what an entry holds is never in memory as a whole."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from typing import IO, Final
from zipfile import BadZipFile, LargeZipFile, ZipFile

from shared.archive.counts import Progress
from shared.archive.errors import ArchiveRefused
from shared.archive.json_lines import MAX_LINE_BYTES
from shared.archive.layout import TABLES
from shared.archive.manifest import Seal

_PIECE_BYTES: Final = 1024 * 1024
_BROKEN: Final = (
    BadZipFile,
    LargeZipFile,
    LZMAError,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises for an entry that is damaged, encrypted or packed in a way that it does not know."""


class ZipReader:
    """An archive that is being read.

    Attributes:
        names: of its entries, without the folder that all of them are in, if there is one; folders are no entries.
    """

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        names = [name for name in file.namelist() if not name.endswith("/")]
        self._folder = _folder_of(names)
        self.names = [name.removeprefix(self._folder) for name in names]
        self._commented = [entry.filename for entry in file.infolist() if entry.comment]

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Read an entry; the file can be read again from its beginning."""
        with self._file.open(self._folder + name) as entry:
            yield entry

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Yield the lines of an entry that are not empty, with their numbers from 1.

        Raises:
            ArchiveRefused: a line is too long for any document.
        """
        with self.open(name) as entry:
            buffered, number = io.BufferedReader(entry, _PIECE_BYTES), 0  # type: ignore[type-var]  # it reads into buffers
            while line := buffered.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise ArchiveRefused([f"{name}:{number}: the line is longer than {MAX_LINE_BYTES} bytes"])
                if line.strip():
                    yield number, line

    def read(self, name: str) -> bytes:
        """Return a small entry as a whole."""
        return self._file.read(self._folder + name)

    def seals(self, progress: Progress) -> dict[str, Seal]:
        """Read every entry to its end, and return what each of them is.

        Raises:
            ArchiveRefused: some are damaged, or have the same name.
        """
        problems = [f"{name}: there are two entries of this name" for name in _repeated(self.names)]
        problems += [f"{name}: a damaged comment may hide entries after it" for name in self._commented]
        seals = {}
        total = len(self.names)
        for done, name in enumerate(self.names, 1):
            try:
                seals[name] = self._seal(name)
            except _BROKEN as error:
                problems.append(f"{name}: the entry is damaged or cannot be unpacked ({error})")
            progress("Checking entries", done, total)
        if problems:
            raise ArchiveRefused(problems)
        return seals

    def _seal(self, name: str) -> Seal:
        digest, size_bytes = hashlib.sha256(), 0
        with self.open(name) as entry:
            while piece := entry.read(_PIECE_BYTES):
                digest.update(piece)
                size_bytes += len(piece)
        return Seal(sha256=digest.hexdigest(), bytes=size_bytes)


@contextmanager
def open_archive(path: Path) -> Iterator[ZipReader]:
    """Open an archive.

    Raises:
        ArchiveRefused: there is none, or it is no ZIP file.
    """
    try:
        file = ZipFile(path)
    except OSError as error:
        raise ArchiveRefused([f"{path}: {error.strerror}"]) from None
    except _BROKEN as error:
        raise ArchiveRefused([f"{path}: it is no ZIP file, or its end is missing ({error})"]) from None
    with file:
        yield ZipReader(file)


def _folder_of(names: list[str]) -> str:
    """Return the folder that an archive was packed with, as those that were unpacked and packed again often are."""
    folder = next((name.removesuffix(TABLES) for name in names if name.endswith(f"/{TABLES}")), "")
    return folder if all(name.startswith(folder) for name in names) else ""


def _repeated(names: list[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)
