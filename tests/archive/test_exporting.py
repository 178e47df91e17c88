"""Writing a deployment into an archive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from shared.archive.checking import check_archive
from shared.archive.errors import ExportFailed
from shared.archive.exporting import export_archive
from shared.archive.importing import import_archive
from shared.archive.layout import MANIFEST
from shared.db.engine import Delete, Item, Key, Page
from shared.errors import Overloaded
from shared.schema.table import Table
from shared.schema.tables import (
    Conversation,
    Deletion,
    File,
    GenerationEvent,
    Job,
    Message,
    Project,
    StoredFile,
    User,
)
from tests.archive.sample import LARGE_TEXT, PICTURE, Place, digest, entries_of, exported, furnished
from tests.db.sample import add_file, add_project
from tests.support.memory_engine import MemoryEngine


def documents(path: Path, table: str) -> list[dict[str, Any]]:
    """Return the documents of a table of an archive."""
    return [json.loads(line) for line in entries_of(path)[f"{table}/documents.jsonl"].splitlines()]


def manifest_of(path: Path) -> Any:
    return json.loads(entries_of(path)[MANIFEST])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.zip"


def test_an_archive_has_the_layout_of_convex(path: Path) -> None:
    exported(furnished(), path)
    names = set(entries_of(path))
    assert {"README.md", "_tables/documents.jsonl", "_storage/documents.jsonl", "files/documents.jsonl"} <= names
    assert entries_of(path)["files/generated_schema.jsonl"] == b'"uniform"\n'
    assert documents(path, "_tables")[:2] == [{"name": "users", "id": 1}, {"name": "projects", "id": 2}]
    stored = documents(path, "_storage")[0]
    assert f"_storage/{stored['_id']}.png" in names
    assert (stored["sha256"], stored["size"], stored["contentType"]) == (digest(PICTURE), len(PICTURE), "image/png")


def test_large_text_is_written_out(path: Path) -> None:
    exported(furnished(), path)
    assert sum(file.get("content") == LARGE_TEXT for file in documents(path, "files")) == 1


def test_documents_are_in_the_order_in_which_they_were_made(path: Path) -> None:
    place = furnished()
    place.engine.page_items = 7
    exported(place, path)
    times = [file["_creationTime"] for file in documents(path, "files")]
    assert len(times) == 73
    assert times == sorted(times)


def test_an_empty_deployment_has_an_archive_without_documents(path: Path) -> None:
    counts = export_archive(Place().deployment, path)
    assert set(counts.documents.values()) == {0}


def test_the_manifest_says_what_is_in_the_archive(path: Path) -> None:
    counts = export_archive(furnished().deployment, path)
    manifest = manifest_of(path)
    assert (manifest["stage"], manifest["documents"], manifest["objects"]) == ("test", counts.documents, 5)
    assert manifest["entries"].keys() == entries_of(path).keys() - {MANIFEST}
    assert check_archive(path).counts == counts


def test_progress_is_told_up_to_the_end(path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    export_archive(furnished().deployment, path, lambda *step: told.append(step))
    assert ("Reading files", 73, None) in told
    assert told[-1] == ("Writing jobs", 4, 4)
    assert ("Writing stored objects", 5, 5) in told


def test_what_works_on_something_is_said_to_have_failed(path: Path) -> None:
    place = Place()
    project = place.insert(
        Project, name="x", owner_id="ada", updated_at=1, import_status="importing", export_status="exporting"
    )
    conversation = place.insert(Conversation, project_id=project, title="x", updated_at=1)
    shared = {"conversation_id": conversation, "project_id": project, "role": "assistant", "status": "processing"}
    message = place.insert(Message, **shared, content="So far")
    place.insert(
        Job, job_id="j", kind="process-message", project_id=project, owner_id="ada", message_id=message,
        status="running", input={}, sealed_token="secret", started_at=1, ends_by=2,
    )  # fmt: skip
    exported(place, path)
    [job], [answer], [shown] = documents(path, "jobs"), documents(path, "messages"), documents(path, "projects")
    assert (job["status"], answer["status"], answer["content"]) == ("failed", "failed", "So far")
    assert "sealedToken" not in job
    assert (shown["importStatus"], shown["exportStatus"]) == ("failed", "failed")


def test_what_a_deletion_is_still_removing_is_left_out(path: Path) -> None:
    place = Place()
    kept = add_project(place.store, pending_deletes=["gone"])
    folder = add_file(place.store, kept, "folder", type="folder")
    inner = add_file(place.store, kept, "inner", type="folder", parent_id=folder)
    add_file(place.store, kept, "file", parent_id=inner)
    add_file(place.store, kept, "kept")
    removed = add_project(place.store)
    place.insert(Deletion, kind="project", project_id=removed, root=removed)
    place.insert(GenerationEvent, project_id=removed, type="step", message="x", created_at=1)
    for document, id in ((File, folder), (Project, removed)):
        place.engine.write(Delete(Key(document.table(), id)))
    counts = export_archive(place.deployment, path)
    assert [file["name"] for file in documents(path, "files")] == ["kept"]
    assert counts.left_out == {"files": 2, "generationEvents": 1}
    assert manifest_of(path)["leftOut"]["files"] == {"count": 2, "missing": sorted([folder, inner])}
    import_archive(Place().deployment, path)


def test_a_reference_that_a_document_can_be_without_is_dropped(path: Path) -> None:
    place = Place()
    user = place.insert(User, stack_user_id="ada", email="", project_limit=1, created_at=1, updated_at=1)
    add_project(place.store, user_id=user)
    place.engine.write(Delete(Key(User.table(), user)))
    exported(place, path)
    assert ["userId" in project for project in documents(path, "projects")] == [False]


class Busy(MemoryEngine):
    """Lets something happen after a table has been read."""

    def __init__(self) -> None:
        super().__init__()
        self.then: dict[str, Callable[[], object]] = {}

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        page = super().scan(table, start_key, limit)
        self.then.pop(table.name, lambda: None)()
        return page


def test_what_vanishes_during_an_export_is_left_out_with_what_needs_it(path: Path) -> None:
    engine = Busy()
    place = Place(engine)
    project = add_project(place.store)
    add_file(place.store, project, "a")
    engine.then = {"files": lambda: place.engine.write(Delete(Key(Project.table(), project)))}
    counts = export_archive(place.deployment, path)
    assert (counts.documents["projects"], counts.documents["files"], counts.left_out) == (0, 0, {"files": 1})


def test_large_text_of_a_document_that_vanished_is_left_out_with_it(path: Path) -> None:
    engine = Busy()
    place = Place(engine)
    file = add_file(place.store, add_project(place.store), "a", content=LARGE_TEXT)

    def remove() -> None:
        place.engine.write(Delete(Key(File.table(), file)))
        place.store.objects.bodies.clear()  # type: ignore[attr-defined]  # they are in memory

    engine.then = {"files": remove}
    counts = export_archive(place.deployment, path)
    assert (counts.documents["files"], counts.left_out) == (0, {"files": 1})


def test_an_object_that_is_not_there_is_left_out_and_so_is_the_reference_to_it(path: Path) -> None:
    place = Place()
    stored = place.store_object(b"x", "text/plain")
    add_file(place.store, add_project(place.store), "a", storage_id=stored)
    place.s3.objects.clear()
    counts = export_archive(place.deployment, path)
    assert (counts.objects, counts.left_out) == (0, {"_storage": 1})
    assert ["storageId" in file for file in documents(path, "files")] == [False]
    import_archive(Place().deployment, path)


def test_a_damaged_object_is_told_and_nothing_is_written(path: Path) -> None:
    place = furnished()
    [row, *_] = place.rows(StoredFile).values()
    key = f"api/storage/{row['uuid']}"
    place.s3.objects[key] = place.s3.objects[key].__class__(b"damaged", "image/png", "")
    with pytest.raises(ExportFailed, match=row["uuid"]):
        export_archive(place.deployment, path)
    assert list(path.parent.iterdir()) == []


def test_an_archive_takes_the_place_of_another_only_when_it_is_complete(path: Path) -> None:
    path.write_bytes(b"yesterday's")
    place = furnished()
    place.s3.is_down = True
    with pytest.raises(Overloaded):
        export_archive(place.deployment, path)
    assert path.read_bytes() == b"yesterday's"
    place.s3.is_down = False
    export_archive(place.deployment, path)
    assert check_archive(path).manifest is not None


def test_entries_carry_no_time(path: Path) -> None:
    exported(furnished(), path)
    with ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
