"""Writing an archive into an empty deployment."""

from __future__ import annotations

from pathlib import Path

from shared.archive.exporting import export_archive
from shared.archive.importing import import_archive
from shared.db.audit import audit
from shared.schema.document import DOCUMENTS
from tests.archive.sample import Place, exported, furnished


def test_what_was_exported_and_imported_is_the_same_row_for_row(tmp_path: Path) -> None:
    old, new = furnished(), Place(seed=1)
    written = export_archive(old.deployment, tmp_path / "a.zip")
    assert import_archive(new.deployment, tmp_path / "a.zip") == written
    for document in DOCUMENTS.values():
        assert new.rows(document) == old.rows(document)
    assert new.s3.objects == old.s3.objects
    assert audit(new.store) == []


def test_an_export_of_what_was_imported_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    old, new = furnished(), Place(seed=1)
    first = exported(old, tmp_path / "a.zip")
    import_archive(new.deployment, tmp_path / "a.zip")
    assert exported(new, tmp_path / "b.zip") == first
