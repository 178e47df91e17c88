"""What a page holds, where it ends, and when it has to be split."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pydantic import ValidationError

from shared.db.engine import Page, Query
from shared.db.page import MAX_PAGE_BYTES, PageLimits, PaginationOptions, text_bytes
from shared.db.reader import Reader
from shared.db.store import Store
from shared.errors import InvalidCursor, MultiplePaginatedDatabaseQueries
from shared.schema.document import Id
from shared.schema.tables import File, GenerationEvent, Project
from shared.schema.wire import plain
from tests.db.sample import EVERYTHING, add_file, add_project, mutate, new_file
from tests.support.memory_engine import MemoryEngine
from tests.support.stores import make_store

Turned = tuple[Any, str | None]
"""A page and the journal."""


def project_with(store: Store, names: str, **fields: Any) -> Id[Project]:
    project = add_project(store)
    for name in names:
        add_file(store, project, name, **fields)
    return project


def turn(store: Store, project: Id[Project], journal: str | None = None, **options: Any) -> Turned:
    """Read a page of a project's files as a live query does; return it, and the journal."""
    reader = Reader(store, EVERYTHING, page_end=journal)
    asked = PaginationOptions(**{"num_items": 3, "cursor": None} | options)
    return reader.query(File.by_project, project_id=project).paginate(asked), reader.journal


def names(page: Any) -> str:
    return "".join(file.name for file in page.page)


@pytest.mark.parametrize("count", [0, -1, 1.5, 32_001, 1e9, float("nan")])
def test_a_page_of_no_or_too_many_documents_is_refused_by_name(count: float) -> None:
    with pytest.raises(ValidationError, match="numItems"):
        PaginationOptions.model_validate({"numItems": count, "cursor": None})


@pytest.mark.parametrize("name", ["maximumRowsRead", "maximumBytesRead"])
def test_a_limit_of_nothing_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        PaginationOptions.model_validate({"numItems": 1, "cursor": None, name: 0})


def test_numbers_may_be_written_as_floats() -> None:
    given = {"numItems": 3.0, "cursor": None, "id": -1.0, "maximumRowsRead": 2.0, "maximumBytesRead": 1e6}
    options = PaginationOptions.model_validate(given, strict=True)
    assert (options.num_items, options.maximum_rows_read, options.maximum_bytes_read) == (3, 2, 1_000_000)


def test_the_place_to_start_at_is_required() -> None:
    with pytest.raises(ValidationError, match="cursor"):
        PaginationOptions.model_validate({"numItems": 1})


def test_a_page_is_told_with_every_field(store: Store) -> None:
    page, _ = turn(store, project_with(store, "a"))
    told = plain(page)
    assert set(told) == {"page", "isDone", "continueCursor", "splitCursor", "pageStatus"}
    assert (told["splitCursor"], told["pageStatus"]) == (None, None)


def test_the_journal_is_where_the_page_ends(store: Store) -> None:
    page, journal = turn(store, project_with(store, "abcde"))
    assert journal == page.continue_cursor


@pytest.mark.parametrize("options", [{}, {"num_items": 9}, {"maximum_rows_read": 2}, {"maximum_bytes_read": 300}])
def test_a_page_and_its_journal_are_the_same_with_the_journal(store: Store, options: dict[str, int]) -> None:
    project = project_with(store, "abcde")
    for cursor in (None, turn(store, project, num_items=1)[1]):
        asked: dict[str, Any] = {"cursor": cursor} | options
        first = turn(store, project, **asked)
        assert turn(store, project, first[1], **asked) == first


def test_an_end_that_is_asked_for_comes_before_the_journal(store: Store) -> None:
    project = project_with(store, "abcde")
    journal, end = (turn(store, project, num_items=count)[1] for count in (4, 2))
    page, journal = turn(store, project, journal, end_cursor=end)
    assert (names(page), page.continue_cursor, journal) == ("ab", end, end)


def test_the_journal_comes_before_the_number_of_items(store: Store) -> None:
    project = project_with(store, "abcde")
    _, journal = turn(store, project, num_items=4)
    page, again = turn(store, project, journal, num_items=1)
    assert (names(page), again) == ("abcd", journal)


def test_a_page_that_ended_with_the_range_takes_in_all_that_is_added(store: Store) -> None:
    project = project_with(store, "ab")
    first, journal = turn(store, project)
    mutate(store, lambda db: [new_file(db, project, name) for name in "cdefg"])
    page, again = turn(store, project, journal)
    assert (names(first), first.is_done) == ("ab", True)
    assert (names(page), page.is_done, again) == ("abcdefg", True, journal)


def test_a_page_may_become_empty_and_keeps_its_end(store: Store) -> None:
    project = add_project(store)
    files = [add_file(store, project, name) for name in "abcde"]
    _, journal = turn(store, project)
    for file in files[:3]:
        mutate(store, lambda db, file=file: db.delete(file))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    page, again = turn(store, project, journal)
    assert (page.page, page.is_done, page.split_cursor, again) == ([], False, None, journal)
    assert names(turn(store, project, cursor=journal)[0]) == "de"


def test_a_second_page_in_one_function_is_refused_by_name(store: Store) -> None:
    project = project_with(store, "a")
    files = Reader(store, EVERYTHING).query(File.by_project, project_id=project)
    files.paginate(PaginationOptions(num_items=1, cursor=None))
    with pytest.raises(MultiplePaginatedDatabaseQueries, match=r"multiple paginated queries.*files\.by_project"):
        files.paginate(PaginationOptions(num_items=1, cursor=None))


@pytest.mark.parametrize("place", ["cursor", "end_cursor", "journal"])
@pytest.mark.parametrize("text", ["", "forged", "foreign"])
def test_a_place_that_is_not_of_this_query_is_refused_wherever_it_stands(store: Store, place: str, text: str) -> None:
    project = project_with(store, "ab")
    foreign = turn(store, project_with(store, "ab"), num_items=1)[1]
    end = turn(store, project, num_items=9)[1]
    given = {"cursor": end} if place == "end_cursor" else {}
    with pytest.raises(InvalidCursor):
        turn(store, project, **given | {place: foreign if text == "foreign" else text})


def test_a_page_that_ends_before_it_begins_is_empty_and_asks_nothing() -> None:
    class Deaf(MemoryEngine):
        deaf = False

        def query(self, query: Query) -> Page:
            assert not self.deaf, "DynamoDB would refuse the question"
            return super().query(query)

    engine = Deaf()
    store = make_store(engine)
    project = project_with(store, "abcd")
    ends = [turn(store, project, num_items=count)[1] for count in (1, 3)]
    engine.deaf = True
    for start, end in ((ends[1], ends[0]), (ends[0], ends[0])):
        page, _ = turn(store, project, cursor=start, end_cursor=end)
        assert (page.page, page.continue_cursor, page.is_done) == ([], end, False)


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_reading_a_page_again_does_not_read_what_comes_after_it(order: Any) -> None:
    seen: list[int] = []

    class Noting(MemoryEngine):
        def query(self, query: Query) -> Page:
            page = super().query(query)
            if query.index is not None:
                seen.append(len(page.items))
            return page

    store = make_store(Noting())
    project = project_with(store, "abcdefghij")
    event: dict[str, Any] = {"project_id": project, "type": "step", "message": ""}
    mutate(store, lambda db: [db.insert(GenerationEvent, **event, created_at=n) for n in range(10)])
    indexes: tuple[Any, ...] = (File.by_project, GenerationEvent.by_project_created_at)
    for index in indexes:
        end = Reader(store, EVERYTHING).query(index, project_id=project).order(order).paginate(options(3))
        seen.clear()
        again = Reader(store, EVERYTHING, page_end=end.continue_cursor).query(index, project_id=project).order(order)
        assert (len(again.paginate(options(3)).page), seen) == (3, [3])


def options(count: int) -> PaginationOptions:
    return PaginationOptions(num_items=count, cursor=None)


def test_a_page_reads_no_more_rows_than_the_client_allows(store: Store) -> None:
    project = project_with(store, "abcde")
    first, journal = turn(store, project, num_items=4, maximum_rows_read=2)
    second, _ = turn(store, project, num_items=4, maximum_rows_read=2, cursor=journal)
    assert (names(first), names(second), first.is_done) == ("ab", "cd", False)


def test_a_page_that_outgrew_its_limit_has_to_be_split_and_nothing_is_lost(store: Store) -> None:
    project = add_project(store)
    event: dict[str, Any] = {"project_id": project, "type": "step", "message": ""}

    def insert(*times: float) -> None:
        mutate(store, lambda db: [db.insert(GenerationEvent, **event, created_at=time) for time in times])

    def read(journal: str | None = None, **more: Any) -> tuple[Any, str | None]:
        reader = Reader(store, EVERYTHING, page_end=journal)
        asked = PaginationOptions(**{"num_items": 4, "cursor": None, "maximum_rows_read": 4} | more)
        return reader.query(GenerationEvent.by_project_created_at, project_id=project).paginate(asked), reader.journal

    def times(*pages: Any) -> list[float]:
        return [found.created_at for page in pages for found in page.page]

    insert(0, 10, 20, 30, 40)
    first, journal = read()
    assert (times(first), first.page_status) == ([0, 10, 20, 30], "SplitRecommended")
    insert(1, 2, 3)
    grown, again = read(journal)
    assert (grown.page_status, grown.continue_cursor, again) == ("SplitRequired", journal, journal)
    left, _ = read(end_cursor=grown.split_cursor)
    right, _ = read(cursor=grown.split_cursor, end_cursor=grown.continue_cursor)
    assert right.page_status == "SplitRequired"
    middle, _ = read(cursor=grown.split_cursor, end_cursor=right.split_cursor)
    last, _ = read(cursor=right.split_cursor, end_cursor=right.continue_cursor)
    assert times(left, middle, last) == [0, 1, 2, 3, 10, 20, 30]
    assert {page.page_status for page in (left, middle, last)} <= {None, "SplitRecommended"}


@pytest.mark.parametrize("count", [7, 20])
def test_a_new_page_ends_before_it_is_too_large_for_a_result(store: Store, count: int) -> None:
    project = project_with(store, "abcdefg", content="x" * 700_000)
    first, journal = turn(store, project, num_items=count)
    assert (names(first), first.is_done, first.page_status) == ("abc", False, None)
    assert turn(store, project, journal, num_items=count) == (first, journal)
    assert names(turn(store, project, cursor=journal, num_items=count)[0]) == "def"


def test_a_page_that_became_too_large_for_a_result_has_to_be_split(store: Store) -> None:
    project = add_project(store)
    files = [add_file(store, project, name) for name in "abcdefg"]
    small, journal = turn(store, project, num_items=6)
    assert names(small) == "abcdef"
    for file in files:
        mutate(store, lambda db, file=file: db.patch(file, content="x" * 700_000))  # type: ignore[misc]  # as above
    large, again = turn(store, project, journal, num_items=6)
    assert (names(large), large.page_status, again) == ("abcd", "SplitRequired", journal)
    left, _ = turn(store, project, end_cursor=large.split_cursor)
    right, _ = turn(store, project, cursor=large.split_cursor, end_cursor=large.continue_cursor)
    assert (names(left), names(right)) == ("ab", "cdef")


def test_a_single_document_above_the_limit_is_a_page_and_is_split_from_what_follows(store: Store) -> None:
    project = project_with(store, "abc")
    _, journal = turn(store, project)
    page, _ = turn(store, project, journal, maximum_bytes_read=1)
    assert (names(page), page.page_status) == ("a", "SplitRequired")
    rest, _ = turn(store, project, cursor=page.split_cursor, end_cursor=journal, maximum_bytes_read=1)
    assert names(rest) == "b"
    only, _ = turn(store, project, num_items=1, maximum_bytes_read=1)
    assert (names(only), only.page_status, only.split_cursor) == ("a", None, None)


def test_a_page_is_recommended_to_be_split_above_three_quarters_of_a_limit() -> None:
    limits = PageLimits.of(options(1))
    assert limits == (8192, MAX_PAGE_BYTES)
    assert limits.comfortable == (6144, MAX_PAGE_BYTES * 3 // 4)


def test_the_size_of_a_document_counts_what_lives_outside_its_row(store: Store) -> None:
    project = project_with(store, "a", content="é" * 50_000)
    [file] = turn(store, project)[0].page
    assert not isinstance(file.content, str)
    assert 100_000 < text_bytes(file) < 100_300


@pytest.mark.parametrize("seed", range(12))
def test_pages_that_are_read_again_with_their_journals_hold_everything_once(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    store = make_store(seed=seed)
    project = add_project(store)
    event: dict[str, Any] = {"project_id": project, "type": "step", "message": ""}
    ids: list[Id[GenerationEvent]] = []

    def change() -> None:
        for _ in range(chance.randint(1, 6)):
            if ids and chance.random() < 0.4:
                mutate(store, lambda db: db.delete(ids.pop(chance.randrange(len(ids)))))
            else:
                time = chance.randint(0, 20)
                ids.append(mutate(store, lambda db, time=time: db.insert(GenerationEvent, **event, created_at=time)))  # type: ignore[misc]  # as above

    order: Any = chance.choice(["asc", "desc"])

    def read(cursor: str | None, journal: str | None, end: str | None) -> tuple[Any, str | None]:
        reader = Reader(store, EVERYTHING, page_end=journal)
        query = reader.query(GenerationEvent.by_project_created_at, project_id=project).order(order)
        asked = PaginationOptions(num_items=3, cursor=cursor, end_cursor=end, maximum_rows_read=6)
        return query.paginate(asked), reader.journal

    open_pages: list[tuple[str | None, str | None, str | None]] = [(None, None, None)]
    for _ in range(15):
        change()
        shown: list[Id[GenerationEvent]] = []
        place = 0
        while place < len(open_pages):
            cursor, journal, end = open_pages[place]
            page, journal = read(cursor, journal, end)
            assert read(cursor, journal, end) == (page, journal)
            open_pages[place] = (cursor, journal, end)
            if page.page_status == "SplitRequired":
                split = page.split_cursor
                open_pages[place : place + 1] = [(cursor, None, split), (split, None, page.continue_cursor)]
                continue
            shown += [found.id for found in page.page]
            place += 1
            if place == len(open_pages) and not page.is_done:
                open_pages.append((page.continue_cursor, None, None))
        query = Reader(store, EVERYTHING).query(GenerationEvent.by_project_created_at, project_id=project)
        assert shown == [found.id for found in query.order(order).collect()]
