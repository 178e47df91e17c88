"""Writing an archive into an empty deployment."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from shared.archive.errors import ExportFailed, ImportRefused
from shared.archive.exporting import export_archive
from shared.archive.import_row import abandon
from shared.archive.importing import import_archive
from shared.archive.layout import MANIFEST
from shared.db.audit import audit
from shared.db.engine import Delete, Key, Put
from shared.db.readiness import IMPORT, Readiness
from shared.db.rebuild import RebuildFailed, rebuild
from shared.errors import IndexNotReady
from shared.schema.document import DOCUMENTS
from shared.schema.tables import File, GenerationEvent, Project, User
from tests.archive.interruption import Died, Fuse, mortal
from tests.archive.sample import Place, entries_of, exported, furnished, write_zip
from tests.db.sample import add_project, reader

SEED = random.randrange(2**32)


@pytest.fixture(scope="module")
def old() -> Place:
    return furnished()


@pytest.fixture(scope="module")
def archive(old: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archives") / "old.zip"
    export_archive(old.deployment, path)
    return path


@pytest.fixture
def new() -> Place:
    return Place(seed=1)


def require_same(new: Place, old: Place) -> None:
    for document in DOCUMENTS.values():
        assert new.rows(document) == old.rows(document)
    assert new.s3.objects == old.s3.objects
    assert audit(new.store) == []


def other_archive(path: Path) -> Path:
    place = Place()
    add_project(place.store)
    export_archive(place.deployment, path)
    return path


def interrupted(place: Place, archive: Path, effects: int) -> None:
    with pytest.raises(Died):
        import_archive(mortal(place, Fuse(random.Random(0), effects)), archive)


def test_what_was_exported_and_imported_is_the_same_row_for_row(old: Place, new: Place, archive: Path) -> None:
    import_archive(new.deployment, archive)
    require_same(new, old)


def test_an_export_of_what_was_imported_is_the_same_byte_for_byte(old: Place, new: Place, tmp_path: Path) -> None:
    first = exported(old, tmp_path / "a.zip")
    import_archive(new.deployment, tmp_path / "a.zip")
    assert exported(new, tmp_path / "b.zip") == first


def test_an_archive_that_lost_its_manifest_keeps_its_ids(
    old: Place, new: Place, archive: Path, tmp_path: Path
) -> None:
    entries = {name: body for name, body in entries_of(archive).items() if name != MANIFEST}
    import_archive(new.deployment, write_zip(tmp_path / "a.zip", entries))
    require_same(new, old)


def test_an_import_tells_what_it_wrote(old: Place, new: Place, archive: Path, tmp_path: Path) -> None:
    counts = import_archive(new.deployment, archive)
    assert counts == export_archive(old.deployment, tmp_path / "again.zip")
    assert counts.documents["files"] == len(old.rows(File))


def test_what_was_imported_can_be_worked_with(new: Place, archive: Path) -> None:
    import_archive(new.deployment, archive)
    assert reader(new.store).count(Project.by_owner, owner_id="ada") == 2
    user = reader(new.store).lookup(User.by_stack_user, stack_user_id="ada")
    assert user is not None
    add_project(new.store, "ada")
    assert reader(new.store).count(Project.by_owner, owner_id="ada") == 3


def test_progress_reaches_the_end_of_everything(new: Place, archive: Path) -> None:
    told: dict[str, tuple[int, int | None]] = {}
    import_archive(new.deployment, archive, progress=lambda doing, done, total: told.update({doing: (done, total)}))
    assert told["Writing files"] == (73, 73)
    assert all(done == total for done, total in told.values())
    assert {"Checking entries", "Checking files", "Writing stored objects"} <= told.keys()


def test_only_an_empty_deployment_takes_an_archive(new: Place, archive: Path) -> None:
    add_project(new.store)
    before = new.rows(Project)
    with pytest.raises(ImportRefused, match="there are documents in projects"):
        import_archive(new.deployment, archive)
    assert new.rows(Project) == before
    assert new.s3.objects == {}
    add_project(new.store)


def test_the_same_archive_is_not_imported_twice(new: Place, archive: Path) -> None:
    import_archive(new.deployment, archive)
    with pytest.raises(ImportRefused, match="has been imported already"):
        import_archive(new.deployment, archive)


def test_a_deployment_that_was_emptied_takes_an_archive_again(old: Place, new: Place, archive: Path) -> None:
    import_archive(new.deployment, archive)
    for document in DOCUMENTS.values():
        for id in new.rows(document):
            new.engine.write(Delete(Key(document.table(), id)))
    import_archive(new.deployment, archive)
    require_same(new, old)


@pytest.mark.parametrize("run", range(12))
def test_an_import_that_is_interrupted_anywhere_goes_on_and_ends_the_same(
    run: int, old: Place, new: Place, archive: Path
) -> None:
    print(f"seed {SEED}, run {run}")
    draw = random.Random(f"{SEED}/{run}")
    whole = Fuse(draw)
    import_archive(mortal(Place(seed=2), whole), archive)
    while "finishedAtMs" not in (new.engine.get(IMPORT) or {}):
        with suppress(Died):
            import_archive(mortal(new, Fuse(draw, draw.randrange(1, whole.effects + 1))), archive)
    require_same(new, old)


@pytest.mark.parametrize(("effects", "most_left"), [(245, 640), (262, 390), (560, 150)])
def test_an_import_that_is_interrupted_within_a_table_goes_on_there(
    new: Place, tmp_path: Path, effects: int, most_left: int
) -> None:
    old = Place()
    project = add_project(old.store)
    for number in range(600):
        old.insert(GenerationEvent, project_id=project, type="step", message=str(number), created_at=number)
    export_archive(old.deployment, tmp_path / "a.zip")
    interrupted(new, tmp_path / "a.zip", effects)
    rest = Fuse(random.Random(0))
    import_archive(mortal(new, rest), tmp_path / "a.zip")
    assert rest.effects < most_left
    require_same(new, old)


@pytest.mark.parametrize("effects", [2, 8, 60, 120])
def test_an_unfinished_import_does_not_look_ready(new: Place, archive: Path, effects: int) -> None:
    interrupted(new, archive, effects)
    for index in (Project.by_owner, User.by_stack_user):
        with pytest.raises(IndexNotReady):
            Readiness().require(new.engine, index, new.store.clock.now_ns())
    with pytest.raises(RebuildFailed, match="is being imported"):
        rebuild(new.store)


def test_another_archive_is_refused_while_an_import_is_unfinished(
    old: Place, new: Place, archive: Path, tmp_path: Path
) -> None:
    interrupted(new, archive, 50)
    with pytest.raises(ImportRefused, match="another archive is not finished"):
        import_archive(new.deployment, other_archive(tmp_path / "other.zip"))
    with pytest.raises(ImportRefused, match="another archive is not finished"):
        import_archive(new.deployment, archive, leave_out=["generationEvents"])
    import_archive(new.deployment, archive)
    require_same(new, old)


def test_half_an_import_is_not_exported(new: Place, archive: Path, tmp_path: Path) -> None:
    interrupted(new, archive, 50)
    with pytest.raises(ExportFailed, match="being imported"):
        export_archive(new.deployment, tmp_path / "half.zip")


def test_an_import_goes_on_where_it_was(new: Place, archive: Path) -> None:
    interrupted(new, archive, 110)
    before = {row["_id"]: row["_version"] for row in new.engine.tables["files"].values()}
    rest = Fuse(random.Random(0))
    import_archive(mortal(new, rest), archive)
    assert before.items() <= {row["_id"]: row["_version"] for row in new.engine.tables["files"].values()}.items()
    whole = Fuse(random.Random(0))
    import_archive(mortal(Place(), whole), archive)
    assert rest.effects < whole.effects


def test_an_import_can_be_abandoned(new: Place, archive: Path) -> None:
    interrupted(new, archive, 50)
    abandon(new.store)
    with pytest.raises(IndexNotReady):
        Readiness().require(new.engine, Project.by_owner, new.store.clock.now_ns())
    rebuild(new.store)
    add_project(new.store)


def test_a_finished_import_cannot_be_abandoned(new: Place, archive: Path) -> None:
    import_archive(new.deployment, archive)
    abandon(new.store)
    with pytest.raises(ImportRefused, match="imported already"):
        import_archive(new.deployment, archive)


def test_a_document_that_somebody_else_wrote_meanwhile_is_not_overwritten(new: Place, archive: Path) -> None:
    interrupted(new, archive, 3)
    theirs = {"_id": next(iter(furnished().rows(User))), "_version": "", "email": "mallory@example.com"}
    new.engine.write(Put(User.table(), theirs))
    with pytest.raises(ImportRefused, match="somebody writes there"):
        import_archive(new.deployment, archive)
    assert new.rows(User)[theirs["_id"]]["email"] == "mallory@example.com"
