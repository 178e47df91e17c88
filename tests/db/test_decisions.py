"""What a mutation was decided on still holds when it commits; what it was not decided on may change."""

from __future__ import annotations

from typing import Any

from shared.db.engine import Key, Put, Update
from shared.db.store import Store
from shared.db.writer import Writer
from shared.schema.platform import RANGES
from shared.schema.tables import File, Project
from tests.db.interleaved import overlap
from tests.db.sample import NO_ID, add_file, add_project, mutate, new_file, new_project, row


def name_of(db: Writer, project: Any) -> Any:
    found = db.get(Project, project)
    return found and found.name


def test_a_document_that_changed_makes_its_reader_run_again(store: Store) -> None:
    project = add_project(store)
    outer = overlap(store, lambda db: name_of(db, project), lambda db: db.patch(project, name="new"))
    assert outer == ("new", 2)


def test_a_document_that_was_deleted_makes_its_reader_run_again(store: Store) -> None:
    project = add_project(store)
    assert overlap(store, lambda db: name_of(db, project), lambda db: db.delete(project)) == (None, 2)


def test_a_document_that_was_read_among_several_is_confirmed(store: Store) -> None:
    project = add_project(store)
    outer = overlap(
        store,
        lambda db: [found.name for found in db.get_all(Project, [project]).values()],
        lambda db: db.patch(project, name="new"),
    )
    assert outer == (["new"], 2)


def test_an_unrelated_change_makes_nobody_run_again(store: Store) -> None:
    project = add_project(store)
    assert overlap(store, lambda db: name_of(db, project), new_project) == ("x", 1)


def test_two_patches_of_one_document_both_last(store: Store) -> None:
    project = add_project(store)
    overlap(store, lambda db: db.patch(project, name="new"), lambda db: db.patch(project, language="python"))
    assert (row(store, Project, project)["name"], row(store, Project, project)["language"]) == ("new", "python")


def owner_of(db: Writer, project: Any) -> Any:
    found = db.get(Project, project, depends_on=("owner_id", "language"))
    return found and found.owner_id


def test_a_field_that_is_not_depended_on_may_change(store: Store) -> None:
    project = add_project(store)
    assert overlap(store, lambda db: owner_of(db, project), lambda db: db.patch(project, name="new")) == ("ada", 1)


def test_a_field_that_is_depended_on_may_not_change(store: Store) -> None:
    project = add_project(store)
    outer = overlap(store, lambda db: owner_of(db, project), lambda db: db.patch(project, owner_id="bob"))
    assert outer == ("bob", 2)


def test_an_absent_field_that_is_depended_on_may_not_appear(store: Store) -> None:
    project = add_project(store)
    outer = overlap(store, lambda db: owner_of(db, project), lambda db: db.patch(project, language="python"))
    assert outer.runs == 2


def test_a_document_that_is_partly_depended_on_may_not_vanish(store: Store) -> None:
    project = add_project(store)
    assert overlap(store, lambda db: owner_of(db, project), lambda db: db.delete(project)) == (None, 2)


def test_reading_a_document_partly_and_then_wholly_depends_on_all_of_it(store: Store) -> None:
    project = add_project(store)
    outer = overlap(
        store,
        lambda db: [owner_of(db, project), name_of(db, project)],
        lambda db: db.patch(project, name="new"),
    )
    assert outer == (["ada", "new"], 2)


def test_a_count_is_confirmed(store: Store) -> None:
    assert overlap(store, lambda db: db.count(Project.by_owner, owner_id="ada"), new_project) == (1, 2)


def test_a_count_does_not_depend_on_another_range(store: Store) -> None:
    outer = overlap(store, lambda db: db.count(Project.by_owner, owner_id="ada"), lambda db: new_project(db, "bob"))
    assert outer == (0, 1)


def test_a_count_does_not_depend_on_what_its_documents_hold(store: Store) -> None:
    project = add_project(store)
    outer = overlap(
        store,
        lambda db: db.count(Project.by_owner, owner_id="ada"),
        lambda db: db.patch(project, name="new"),
    )
    assert outer == (1, 1)


def test_a_limit_holds_for_mutations_that_overlap(store: Store) -> None:
    def create_if_none(db: Writer) -> Any:
        return None if db.count(Project.by_owner, owner_id="ada") else new_project(db)

    assert overlap(store, create_if_none, create_if_none) == (None, 2)


def test_a_listing_is_confirmed(store: Store) -> None:
    project = add_project(store)

    def listing(db: Writer) -> Any:
        return len(db.query(File.by_project_parent, project_id=project, parent_id=None).collect())

    assert overlap(store, listing, lambda db: new_file(db, project)) == (1, 2)


def test_an_error_is_confirmed_before_it_is_told(store: Store) -> None:
    project = add_project(store)

    runs: list[int] = []

    def body(db: Writer) -> Any:
        runs.append(1)
        name = name_of(db, project)
        if len(runs) == 1:
            mutate(store, lambda other: other.patch(project, name="new"))
        if name == "x":
            raise ValueError("decided on a name that is gone")
        return name

    assert mutate(store, body) == "new"


def test_a_listing_that_does_not_match_its_record_is_read_again(store: Store) -> None:
    project = add_project(store)
    add_file(store, project)
    range_name = f'files.by_project_parent/["{project}","-"]'
    store.engine.write(Update(Key(RANGES, range_name), {}, {"count": 1}))
    runs: list[int] = []

    def body(db: Writer) -> Any:
        runs.append(1)
        if len(runs) == 3:
            store.engine.write(Update(Key(RANGES, range_name), {}, {"count": -1}))
        return len(db.query(File.by_project_parent, project_id=project, parent_id=None).collect())

    assert (mutate(store, body), len(runs)) == (1, 3)


def test_an_absent_document_is_still_absent_when_its_reader_commits(store: Store) -> None:
    id_ = Project.mint_id(NO_ID)
    appeared = {
        "_id": id_,
        "_creationTime": 1,
        "_version": store.unique(),
        "name": "x",
        "ownerId": "ada",
        "updatedAt": 1,
    }
    outer = overlap(
        store,
        lambda db: name_of(db, id_),
        lambda _: store.engine.write(Put(Project.table(), appeared)),
    )
    assert outer == ("x", 2)
