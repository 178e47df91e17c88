"""The questions one can ask of an index range."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.engine import Page, Query
from shared.db.page import MAX_PAGE, PaginationOptions
from shared.db.query import RangeQuery
from shared.db.store import Store
from shared.errors import InvalidCursor, NotUnique
from shared.schema.document import Id
from shared.schema.tables import File, GenerationEvent, Project
from tests.db.sample import add_project, mutate, new_file, reader
from tests.support.memory_engine import MemoryEngine
from tests.support.stores import make_store


def project_with(store: Store, names: str) -> Id[Project]:
    project = add_project(store)
    mutate(store, lambda db: [new_file(db, project, name) for name in names])
    return project


def files_of(store: Store, project: Id[Project]) -> RangeQuery[File]:
    return reader(store).query(File.by_project, project_id=project)


def names(found: list[File]) -> str:
    return "".join(file.name for file in found)


def page(store: Store, project: Id[Project], **options: Any) -> Any:
    return files_of(store, project).paginate(PaginationOptions(**{"num_items": 2, "cursor": None} | options))


def test_a_range_is_ascending_by_creation(store: Store) -> None:
    assert names(files_of(store, project_with(store, "bca")).collect()) == "bca"


def test_a_range_can_be_read_from_its_end(store: Store) -> None:
    assert names(files_of(store, project_with(store, "bca")).order("desc").collect()) == "acb"


def test_the_last_order_counts(store: Store) -> None:
    query = files_of(store, project_with(store, "ab")).order("desc").order("asc")
    assert names(query.collect()) == "ab"


def test_take_returns_the_first_ones(store: Store) -> None:
    project = project_with(store, "abc")
    taken = [names(files_of(store, project).take(count)) for count in (0, 1, 2, 3, 9)]
    assert taken == ["", "a", "ab", "abc", "abc"]


def test_first_returns_the_first_or_none(store: Store) -> None:
    project = project_with(store, "ab")
    first = files_of(store, project).order("desc").first()
    assert first is not None
    assert first.name == "b"
    assert files_of(store, add_project(store)).first() is None


def test_unique_returns_the_only_one_or_none(store: Store) -> None:
    only = files_of(store, project_with(store, "a")).unique()
    assert only is not None
    assert files_of(store, add_project(store)).unique() is None


def test_unique_refuses_several_and_names_them(store: Store) -> None:
    project = project_with(store, "abc")
    first, second = files_of(store, project).take(2)
    with pytest.raises(NotUnique, match=rf"more than one result from table files: \[{first.id}, {second.id}\]"):
        files_of(store, project).unique()


def test_a_read_that_was_begun_is_collected(store: Store) -> None:
    assert names(files_of(store, project_with(store, "ab")).begin().collect()) == "ab"


def add_events(store: Store, *times: float) -> Id[Project]:
    project = add_project(store)
    event: dict[str, Any] = {"project_id": project, "type": "step", "message": ""}
    mutate(store, lambda db: [db.insert(GenerationEvent, **event, created_at=time) for time in times])
    return project


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (None, None, [1, 2, 2, 3]),
        (2, None, [2, 2, 3]),
        (None, 2, [1, 2, 2]),
        (2, 2, [2, 2]),
        (4, None, []),
        (0, 0, []),
    ],
)
def test_bounds_are_inclusive(store: Store, lower: float | None, upper: float | None, expected: list[float]) -> None:
    project = add_events(store, 3, 2, 1, 2)
    query = reader(store).query(GenerationEvent.by_project_created_at, project_id=project).between(lower, upper)
    assert [event.created_at for event in query.collect()] == expected


def test_bounds_hold_in_both_directions(store: Store) -> None:
    project = add_events(store, 1, 2, 3)
    query = reader(store).query(GenerationEvent.by_project_created_at, project_id=project).between(2, 3)
    assert [event.created_at for event in query.order("desc").collect()] == [3, 2]


def test_an_index_without_a_range_field_takes_no_bounds(store: Store) -> None:
    with pytest.raises(TypeError, match=r"files.by_project has no range field"):
        files_of(store, add_project(store)).between(1, 2)


def test_a_page_ends_where_its_cursor_goes_on(store: Store) -> None:
    project = project_with(store, "abcde")
    first = page(store, project)
    second = page(store, project, cursor=first.continue_cursor)
    third = page(store, project, cursor=second.continue_cursor)
    assert [names(p.page) for p in (first, second, third)] == ["ab", "cd", "e"]
    assert [p.is_done for p in (first, second, third)] == [False, False, True]


def test_the_cursor_of_the_last_page_names_the_end(store: Store) -> None:
    project = project_with(store, "a")
    done = page(store, project)
    after = page(store, project, cursor=done.continue_cursor)
    assert (after.page, after.is_done, after.continue_cursor) == ([], True, done.continue_cursor)


def test_an_empty_range_is_one_empty_page(store: Store) -> None:
    only = page(store, add_project(store))
    assert (only.page, only.is_done) == ([], True)


def test_the_same_page_has_the_same_cursor(store: Store) -> None:
    project = project_with(store, "abc")
    assert page(store, project).continue_cursor == page(store, project).continue_cursor


def test_a_page_read_up_to_its_end_takes_in_what_has_come_between(store: Store) -> None:
    project = add_events(store, 1, 3, 5)

    def read(**options: Any) -> Any:
        query = reader(store).query(GenerationEvent.by_project_created_at, project_id=project)
        return query.paginate(PaginationOptions(**{"num_items": 2, "cursor": None} | options))

    first = read()
    event: dict[str, Any] = {"project_id": project, "type": "step", "message": ""}
    mutate(store, lambda db: [db.insert(GenerationEvent, **event, created_at=time) for time in (2, 4)])
    again = read(end_cursor=first.continue_cursor)
    assert [found.created_at for found in again.page] == [1, 2, 3]
    assert (again.continue_cursor, again.is_done) == (first.continue_cursor, False)


def test_a_last_page_read_again_grows_with_the_range(store: Store) -> None:
    project = project_with(store, "a")
    last = page(store, project)
    mutate(store, lambda db: [new_file(db, project, name) for name in "bcd"])
    again = page(store, project, end_cursor=last.continue_cursor)
    assert (names(again.page), again.is_done) == ("abcd", True)


def test_a_page_can_be_split_at_its_middle(store: Store) -> None:
    project = project_with(store, "abcde")
    whole = page(store, project, num_items=4)
    left = page(store, project, end_cursor=whole.split_cursor)
    right = page(store, project, cursor=whole.split_cursor, end_cursor=whole.continue_cursor)
    assert (names(left.page), names(right.page)) == ("ab", "cd")


def test_a_page_of_one_cannot_be_split(store: Store) -> None:
    assert page(store, project_with(store, "ab"), num_items=1).split_cursor is None


@pytest.mark.parametrize("other", ["order", "range", "bounds"])
def test_a_cursor_of_another_query_is_refused(store: Store, other: str) -> None:
    project, elsewhere = add_events(store, 1, 2), add_events(store, 1, 2)

    def query(of: Id[Project]) -> RangeQuery[GenerationEvent]:
        return reader(store).query(GenerationEvent.by_project_created_at, project_id=of)

    cursor = query(project).paginate(PaginationOptions(num_items=1, cursor=None)).continue_cursor
    others = {
        "order": query(project).order("desc"),
        "range": query(elsewhere),
        "bounds": query(project).between(1, None),
    }
    with pytest.raises(InvalidCursor, match="for this query"):
        others[other].paginate(PaginationOptions(num_items=1, cursor=cursor))


def test_a_forged_end_cursor_is_refused(store: Store) -> None:
    with pytest.raises(InvalidCursor):
        page(store, add_project(store), end_cursor="forged")


def test_a_page_is_cut_down_to_a_thousand_documents() -> None:
    asked: list[int | None] = []

    class Noting(MemoryEngine):
        def query(self, query: Query) -> Page:
            if query.index is not None:
                asked.append(query.limit)
            return super().query(query)

    store = make_store(Noting())
    page(store, add_project(store), num_items=32_000)
    assert asked == [MAX_PAGE]


def test_bounds_that_nothing_can_be_within_find_nothing_and_ask_nothing() -> None:
    class Deaf(MemoryEngine):
        def query(self, query: Query) -> Page:
            raise AssertionError("the database was asked")

    project = Project.mint_id(bytes(16))
    asked = reader(make_store(Deaf())).query(GenerationEvent.by_project_created_at, project_id=project)
    assert asked.between(2, 1).collect() == []
