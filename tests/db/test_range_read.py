"""Reads of index ranges: nothing that was acknowledged is missed, nothing is seen that is not there."""

from __future__ import annotations

import pytest

from shared.db.engine import Delete, Item, Key, Page, Query
from shared.db.page import PaginationOptions
from shared.db.query import RangeQuery
from shared.db.store import Store
from shared.errors import TooManyDocuments
from shared.schema.document import Id
from shared.schema.tables import File, GenerationEvent, Project
from tests.db.lagging import lagging
from tests.db.sample import NO_ID, add_file, add_project, changes, mutate, new_file, reader
from tests.support.memory_engine import MemoryEngine
from tests.support.stores import make_store

NEVER_S = 100


def files_of(store: Store, project: Id[Project]) -> RangeQuery[File]:
    return reader(store).query(File.by_project, project_id=project)


def names(found: list[File]) -> str:
    return "".join(file.name for file in found)


def test_an_insert_is_seen_before_the_index_shows_it() -> None:
    store, _, _ = lagging(1, NEVER_S, NEVER_S)
    project = add_project(store)
    add_file(store, project)
    assert names(files_of(store, project).collect()) == "a"


def test_a_deleted_document_is_not_seen_though_the_index_still_shows_it() -> None:
    store, engine, _ = lagging(1, NEVER_S, NEVER_S)
    project = add_project(store)
    file = add_file(store, project)
    engine.catch_up()
    mutate(store, lambda db: db.delete(file))
    assert files_of(store, project).collect() == []


def test_a_moved_document_is_seen_where_it_is_now_and_not_where_it_was() -> None:
    store, engine, _ = lagging(1, NEVER_S, NEVER_S)
    project = add_project(store)
    folder = add_file(store, project, "src", type="folder")
    file = add_file(store, project)
    engine.catch_up()
    mutate(store, lambda db: db.patch(file, parent_id=folder))
    in_root = reader(store).query(File.by_project_parent, project_id=project, parent_id=None).collect()
    in_folder = reader(store).query(File.by_project_parent, project_id=project, parent_id=folder).collect()
    assert (names(in_root), names(in_folder)) == ("src", "a")


def test_a_document_that_is_gone_although_no_change_says_so_is_not_seen(store: Store) -> None:
    project = add_project(store)
    file = add_file(store, project)
    entries = dict(store.door.indexes["files", "by_project"])  # type: ignore[attr-defined]  # the engine in memory has them
    store.engine.write(Delete(Key(File.table(), file)))
    store.door.indexes["files", "by_project"] = entries  # type: ignore[attr-defined]  # as above
    assert files_of(store, project).collect() == []


def test_changes_older_than_the_window_are_not_read() -> None:
    store, engine, time = lagging(1, 1000, 1000)
    project = add_project(store)
    add_file(store, project)
    time.sleep(121)
    assert files_of(store, project).collect() == []
    engine.catch_up()
    assert names(files_of(store, project).collect()) == "a"


def test_a_recent_insert_beyond_the_page_waits_for_its_page() -> None:
    store, engine, _ = lagging(1, NEVER_S, NEVER_S)
    project = add_project(store)
    for name in "abcd":
        add_file(store, project, name)
    engine.catch_up()
    add_file(store, project, "e")
    first = files_of(store, project).paginate(PaginationOptions(num_items=2, cursor=None))
    assert names(first.page) == "ab"
    second = files_of(store, project).paginate(PaginationOptions(num_items=9, cursor=first.continue_cursor))
    assert (names(second.page), second.is_done) == ("cde", True)


def test_a_page_is_full_although_its_documents_were_just_deleted() -> None:
    store, engine, _ = lagging(1, NEVER_S, NEVER_S)
    project = add_project(store)
    files = [add_file(store, project, name) for name in "abcdef"]
    engine.catch_up()
    for file in files[:3]:
        mutate(store, lambda db, file=file: db.delete(file))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    assert names(files_of(store, project).take(2)) == "de"


def test_short_pages_of_the_database_are_put_together(store: Store) -> None:
    project = add_project(store)
    mutate(store, lambda db: [new_file(db, project, name) for name in "abcdefg"])
    store.door.page_items = 2  # type: ignore[attr-defined]  # the engine in memory has it
    assert names(files_of(store, project).collect()) == "abcdefg"


def test_all_pages_of_the_changes_are_read() -> None:
    store, engine, _ = lagging(1, NEVER_S, NEVER_S)
    project = add_project(store)
    for name in "abcdefg":
        add_file(store, project, name)
    engine.page_items = 2
    assert names(files_of(store, project).collect()) == "abcdefg"


def test_a_limit_is_sent_to_the_database() -> None:
    asked: list[int | None] = []

    class Noting(MemoryEngine):
        def query(self, query: Query) -> Page:
            if query.index is not None:
                asked.append(query.limit)
            return super().query(query)

    store = make_store(Noting())
    files_of(store, add_project(store)).take(3)
    assert asked == [3]


def test_listing_an_index_that_carries_documents_reads_no_document() -> None:
    read: list[Key] = []

    class Noting(MemoryEngine):
        def batch_get(self, keys):  # type: ignore[no-untyped-def]  # as in the base class
            read.extend(keys)
            return super().batch_get(keys)

    store = make_store(Noting())
    project = add_project(store)
    event = {"project_id": project, "type": "step", "message": "m", "created_at": 1}
    mutate(store, lambda db: db.insert(GenerationEvent, **event))
    store.clock.sleep(200)
    found = reader(store).query(GenerationEvent.by_project_created_at, project_id=project).collect()
    assert ([event.message for event in found], read) == (["m"], [])


def test_too_long_a_range_is_refused_by_name() -> None:
    class Endless(MemoryEngine):
        """Has one page after another of entries, and of their documents."""

        def query(self, query: Query) -> Page:
            if query.index is None:
                return Page([], None)
            start = 0 if query.start_key is None else int(query.start_key["_creationTime"])
            times = range(start + 1, start + 1001)
            entries = [{"projectId": query.partition[0], "_creationTime": n, "_id": f"{n:08}"} for n in times]
            return Page(entries, entries[-1])

        def batch_get(self, keys):  # type: ignore[no-untyped-def]  # as in the base class
            return [self.document(key.partition) for key in keys]

        def document(self, id_: str) -> Item:
            row = {"_id": id_, "_creationTime": int(id_), "projectId": Project.mint_id(NO_ID), "name": "x"}
            return row | {"type": "file", "updatedAt": 1}

    with pytest.raises(TooManyDocuments, match=r"limit: 8192.*Read files.by_project in pages"):
        files_of(make_store(Endless()), Project.mint_id(NO_ID)).collect()


def test_a_commit_that_changes_no_entry_leaves_no_row_for_readers(store: Store) -> None:
    project = add_project(store)
    file = add_file(store, project)
    before = changes(store)
    mutate(store, lambda db: db.patch(file, content="new", updated_at=2))
    assert changes(store) == before
