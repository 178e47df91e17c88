"""The table of recent changes."""

from __future__ import annotations

from shared.db.changes import KEPT_S, WINDOW_NS, change_row, recently_changed
from shared.db.store import Store
from tests.db.sample import add_file, add_project, changes, mutate, new_file
from tests.support.stores import START_NS


def put(store: Store, range_name: str, at_ns: int, *ids: str) -> None:
    store.engine.write(change_row(range_name, store.clock.commit_id(at_ns), [*ids]))


def test_a_change_names_its_documents_and_expires_after_an_hour(store: Store) -> None:
    commit = store.clock.commit_id(START_NS)
    row = change_row("r", commit, ["a", "b"]).item
    expires_at_s = START_NS // 10**9 + KEPT_S
    assert row == {"range": "r", "commit": commit, "ids": ["a", "b"], "expiresAt": expires_at_s}


def test_the_changes_of_the_window_are_found_and_no_older_ones(store: Store) -> None:
    put(store, "r", START_NS - WINDOW_NS, "oldest")
    put(store, "r", START_NS - WINDOW_NS - 1, "too old")
    put(store, "r", START_NS, "newest")
    assert recently_changed(store.engine, "r", START_NS) == {"oldest", "newest"}


def test_changes_from_a_clock_that_is_ahead_are_found(store: Store) -> None:
    put(store, "r", START_NS + 10**12, "ahead")
    assert recently_changed(store.engine, "r", START_NS) == {"ahead"}


def test_changes_of_another_range_are_not_found(store: Store) -> None:
    put(store, "r", START_NS, "a")
    assert recently_changed(store.engine, "s", START_NS) == set()


def test_an_insert_leaves_a_row_for_each_index_that_has_an_entry(store: Store) -> None:
    project = add_project(store)
    before = len(changes(store))
    file = add_file(store, project)
    assert {(row["range"], *row["ids"]) for row in changes(store)[before:]} == {
        (f'files.by_project/["{project}"]', file),
        (f'files.by_project_parent/["{project}","-"]', file),
    }


def test_a_move_leaves_rows_for_the_old_and_the_new_range(store: Store) -> None:
    project = add_project(store)
    folder, file = add_file(store, project, "src", type="folder"), add_file(store, project)
    before = len(changes(store))
    mutate(store, lambda db: db.patch(file, parent_id=folder))
    assert {row["range"] for row in changes(store)[before:]} == {
        f'files.by_project_parent/["{project}","-"]',
        f'files.by_project_parent/["{project}","{folder}"]',
        f'files.by_parent/["{folder}"]',
    }


def test_one_commit_leaves_one_row_for_a_range_with_all_its_documents(store: Store) -> None:
    project = add_project(store)
    files = mutate(store, lambda db: [new_file(db, project, name) for name in "abc"])
    (row,) = [row for row in changes(store) if row["range"].startswith("files.by_project/")]
    assert row["ids"] == sorted(files)
