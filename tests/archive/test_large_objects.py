"""Objects larger than memory go through an archive piece by piece."""

from __future__ import annotations

import base64
import hashlib
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from shared.archive.exporting import export_archive
from shared.archive.importing import import_archive
from shared.schema.tables import StoredFile
from shared.storage import StoredObject
from tests.archive.sample import Place

PIECE = bytes(1024 * 1024)
PIECES = 48
MOST_BYTES = 12 * len(PIECE)


class LargeStorage:
    """A bucket of one large object, which it makes when asked and never holds."""

    def __init__(self) -> None:
        digest = hashlib.sha256()
        for _ in range(PIECES):
            digest.update(PIECE)
        self.sha256 = base64.b64encode(digest.digest()).decode()
        self.taken: list[str] = []

    def pieces(self, uuid: str) -> Iterator[bytes]:
        return (PIECE for _ in range(PIECES))

    def head(self, uuid: str) -> StoredObject | None:
        return None

    def put(self, uuid: str, body: IO[bytes], stored: StoredObject) -> None:
        digest = hashlib.sha256()
        while piece := body.read(64 * 1024):
            digest.update(piece)
        assert stored.size_bytes == PIECES * len(PIECE)
        self.taken.append(base64.b64encode(digest.digest()).decode())


@pytest.fixture
def storage() -> LargeStorage:
    return LargeStorage()


def holding(storage: Any) -> Place:
    place = Place()
    place.deployment = place.deployment._replace(storage=storage)
    return place


def test_neither_export_nor_import_holds_an_object_in_memory(storage: LargeStorage, tmp_path: Path) -> None:
    old, new = holding(storage), holding(storage)
    old.insert(
        StoredFile, uuid="a", sha256=storage.sha256, size=PIECES * len(PIECE), uploaded_by="ada", attachments=0
    )
    tracemalloc.start()
    try:
        export_archive(old.deployment, tmp_path / "a.zip")
        import_archive(new.deployment, tmp_path / "a.zip")
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert storage.taken == [storage.sha256]
    assert most_bytes < MOST_BYTES
