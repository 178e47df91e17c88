"""Writing an archive, an entry after the other: what an entry holds is never in memory as a whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from shared.archive.manifest import Seal

_READABLE = 0o644 << 16


class Entry:
    """An entry that is being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._bytes = 0

    def write(self, piece: bytes) -> None:
        """Append bytes."""
        self._file.write(piece)
        self._digest.update(piece)
        self._bytes += len(piece)

    @property
    def seal(self) -> Seal:
        """What has been written."""
        return Seal(sha256=self._digest.hexdigest(), bytes=self._bytes)


class ZipWriter:
    """An archive that is being written.

    Attributes:
        seals: of the entries that are complete, by name.
    """

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        self.seals: dict[str, Seal] = {}

    @contextmanager
    def entry(self, name: str) -> Iterator[Entry]:
        """Write an entry; its name must be new."""
        info = ZipInfo(name)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = _READABLE
        with self._file.open(info, "w", force_zip64=True) as file:
            entry = Entry(file)
            yield entry
        self.seals[name] = entry.seal

    def add(self, name: str, content: bytes) -> None:
        """Write an entry as a whole."""
        with self.entry(name) as entry:
            entry.write(content)


@contextmanager
def new_archive(path: Path) -> Iterator[ZipWriter]:
    """Write an archive that takes the place of what is at `path` once it is complete."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            with ZipFile(file, "w") as archive:
                yield ZipWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
