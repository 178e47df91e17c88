"""Touches: setting a field that nothing is decided on."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import NotFound
from shared.schema.document import Document, Id
from shared.schema.tables import GenerationEvent, Project
from tests.db.interleaved import overlap
from tests.db.sample import add_project, mutate, outcomes, reader, row


def touch(db: Writer, project: Id[Project], at: float) -> Project:
    found = db.get(Project, project, depends_on=("owner_id",))
    if found is None:
        raise NotFound("gone")
    db.touch(found, updated_at=at)
    return found


def test_a_touch_sets_its_field_and_leaves_the_others(store: Store) -> None:
    project = add_project(store, language="python")
    mutate(store, lambda db: str(touch(db, project, 5).id))
    found = row(store, Project, project)
    assert (found["updatedAt"], found["language"], found["name"]) == (5, "python", "x")


def test_a_touch_raises_the_version(store: Store) -> None:
    project = add_project(store)
    before = row(store, Project, project)["_version"]
    mutate(store, lambda db: str(touch(db, project, 5).id))
    assert row(store, Project, project)["_version"] > before


def test_a_touch_is_told_to_subscribers(store: Store) -> None:
    project = add_project(store)
    mutate(store, lambda db: str(touch(db, project, 5).id))
    assert (outcomes(store)[-1]["documents"], outcomes(store)[-1]["ranges"]) == ([project], [])


def touching(project: Id[Project], at: float) -> Any:
    return lambda db: str(touch(db, project, at).id)


def test_touches_do_not_conflict_with_one_another(store: Store) -> None:
    project = add_project(store)
    assert overlap(store, touching(project, 5), touching(project, 6)).runs == 1


def test_a_touch_does_not_conflict_with_a_change_of_another_field(store: Store) -> None:
    project = add_project(store)
    outer = overlap(store, touching(project, 5), lambda db: db.patch(project, name="new"))
    found = row(store, Project, project)
    assert (outer.runs, found["name"], found["updatedAt"]) == (1, "new", 5)


def test_a_touch_conflicts_with_a_change_of_what_it_depends_on(store: Store) -> None:
    project = add_project(store)
    outer = overlap(store, touching(project, 5), lambda db: db.patch(project, owner_id="bob"))
    assert (outer.runs, row(store, Project, project)["updatedAt"]) == (2, 5)


def test_a_touch_conflicts_with_the_deletion_of_its_document(store: Store) -> None:
    project = add_project(store)
    with pytest.raises(NotFound):
        overlap(store, touching(project, 5), lambda db: db.delete(project))
    assert row(store, Project, project) == {}


def test_a_touch_of_a_document_that_was_read_whole_depends_on_all_of_it(store: Store) -> None:
    project = add_project(store)

    def body(db: Writer) -> None:
        found = db.get(Project, project)
        assert found is not None
        db.touch(found, updated_at=5)

    assert overlap(store, body, lambda db: db.patch(project, name="new")).runs == 2


def test_a_patch_after_a_touch_keeps_the_touch(store: Store) -> None:
    project = add_project(store)

    def body(db: Writer) -> None:
        touch(db, project, 5)
        db.patch(project, name="new")

    mutate(store, body)
    assert (row(store, Project, project)["updatedAt"], row(store, Project, project)["name"]) == (5, "new")


def test_a_touch_after_a_patch_joins_it(store: Store) -> None:
    project = add_project(store)

    def body(db: Writer) -> Any:
        db.patch(project, name="new")
        return touch(db, project, 5).name

    assert mutate(store, body) == "new"
    assert (row(store, Project, project)["updatedAt"], row(store, Project, project)["name"]) == (5, "new")


@pytest.mark.parametrize("field", ["owner_id", "user_id"])
def test_a_field_of_an_index_cannot_be_touched(store: Store, field: str) -> None:
    project = add_project(store)

    def body(db: Writer) -> None:
        found = db.get(Project, project)
        assert found is not None
        db.touch(found, **{field: "bob"})

    with pytest.raises(TypeError, match="a touch cannot change an index entry of projects"):
        mutate(store, body)


def test_a_document_that_its_index_carries_whole_cannot_be_touched(store: Store) -> None:
    project = add_project(store)

    def body(db: Writer) -> None:
        given: dict[str, Any] = {"project_id": project, "type": "step", "message": "", "created_at": 1}
        found: Document | None = db.get(GenerationEvent, db.insert(GenerationEvent, **given))
        assert found is not None
        db.touch(found, message="new")

    with pytest.raises(TypeError, match="generationEvents"):
        mutate(store, body)


def test_a_touch_with_none_removes_its_field(store: Store) -> None:
    project = add_project(store, language="python")

    def body(db: Writer) -> None:
        found = db.get(Project, project, depends_on=())
        assert found is not None
        db.touch(found, language=None)

    mutate(store, body)
    assert reader(store).get_all(Project, [project])[project].language is None


def test_a_document_that_was_touched_can_be_deleted(store: Store) -> None:
    project = add_project(store)
    mutate(store, lambda db: db.delete(touch(db, project, 5).id))
    assert row(store, Project, project) == {}


def test_a_document_that_was_touched_can_be_replaced(store: Store) -> None:
    project = add_project(store)
    mutate(store, lambda db: db.replace(touch(db, project, 5).id, name="new", owner_id="ada", updated_at=7))
    assert row(store, Project, project)["updatedAt"] == 7
