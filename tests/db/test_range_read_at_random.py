"""Reads of ranges against a sorted list, with random changes, lag, page sizes, limits and directions."""

from __future__ import annotations

import random
from typing import Any

import pytest

from shared.db.codec import decode
from shared.db.page import PaginationOptions
from shared.db.query import RangeQuery
from shared.db.store import Store
from shared.db.writer import Writer
from shared.schema.document import Document, Id
from shared.schema.tables import File, GenerationEvent, Project
from tests.db.lagging import Lagging, lagging
from tests.db.sample import add_project, mutate, new_file, reader, rows

SEEDS = range(12)
LONGEST_LAG_S = 100


class World:
    """A database that changes at random: files of two folders, and events that carry a time of their own."""

    def __init__(self, seed: int) -> None:
        print(f"seed {seed}")
        self.random = random.Random(seed)
        self.lagging: Lagging = lagging(seed, LONGEST_LAG_S)
        self.store: Store = self.lagging.store
        self.project: Id[Project] = add_project(self.store)
        self.folder: Id[File] = Id(mutate(self.store, lambda db: new_file(db, self.project, "src", type="folder")))
        self.files: list[Id[File]] = []
        self.events: list[Id[GenerationEvent]] = []
        self.names = 0

    def change(self) -> None:
        """Commit a random change, and let a random time pass."""
        mutate(self.store, self._change_rows)
        self.wait()

    def wait(self) -> None:
        self.lagging.time.sleep(self.random.choice([0, 1, 10, 40]) * self.random.random())
        self.lagging.engine.page_items = self.random.choice([None, 1, 2, 3, 7])

    def _change_rows(self, db: Writer) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.random.choice([self._add, self._add, self._move, self._remove])(db)

    def _add(self, db: Writer) -> None:
        self.names += 1
        self.files.append(new_file(db, self.project, f"file{self.names}", parent_id=self._parent()))
        event: dict[str, Any] = {"project_id": self.project, "type": "step", "message": ""}
        self.events.append(db.insert(GenerationEvent, **event, created_at=self._time()))

    def _move(self, db: Writer) -> None:
        if self.files:
            db.patch(self.random.choice(self.files), parent_id=self._parent())
        if self.events:
            db.patch(self.random.choice(self.events), created_at=self._time(), message="moved")

    def _remove(self, db: Writer) -> None:
        for ids in (self.files, self.events):
            if ids:
                db.delete(Id(ids.pop(self.random.randrange(len(ids)))))

    def _parent(self) -> Id[File] | None:
        return self.random.choice([None, self.folder])

    def _time(self) -> float:
        return float(self.random.randint(0, 9))

    def query(self) -> tuple[RangeQuery[Any], list[Document]]:
        """Return a random query, and what it must find."""
        ranges: list[RangeQuery[Any]] = [
            reader(self.store).query(File.by_project, project_id=self.project),
            reader(self.store).query(File.by_parent, parent_id=self.folder),
            reader(self.store).query(File.by_project_parent, project_id=self.project, parent_id=self._parent()),
            reader(self.store).query(GenerationEvent.by_project_created_at, project_id=self.project),
        ]
        query = self.random.choice(ranges)
        if query.range.index.range is not None:
            query = query.between(self.random.choice([None, self._time()]), self.random.choice([None, self._time()]))
        if self.random.random() < 0.5:
            query = query.order("desc")
        return query, self.expected(query)

    def expected(self, query: RangeQuery[Any]) -> list[Document]:
        self.lagging.engine.page_items, page_items = None, self.lagging.engine.page_items
        table = query.range.index.document
        documents = [decode(table, row) for row in rows(self.store, table.table())]
        self.lagging.engine.page_items = page_items
        field = query.range.index.range
        found = [
            document
            for document in documents
            if query.range.holds(document) and (field is None or query.bounds.hold(getattr(document, field)))
        ]
        return sorted(found, key=query.range.position, reverse=query.descending)


def pages_of(world: World, query: RangeQuery[Any]) -> list[Any]:
    """Read a query page by page while the index catches up, each page by a new reader."""
    found: list[Any] = []
    cursor = None
    while True:
        fresh: RangeQuery[Any] = RangeQuery(reader(world.store), query.range, query.bounds, query.descending)
        page = fresh.paginate(PaginationOptions(num_items=world.random.randint(1, 4), cursor=cursor))
        found += page.page
        cursor = page.continue_cursor
        if page.is_done:
            return found
        world.wait()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_complete_read_is_the_sorted_list(seed: int) -> None:
    world = World(seed)
    for _ in range(40):
        world.change()
        query, expected = world.query()
        assert query.collect() == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_a_limited_read_is_the_beginning_of_the_sorted_list(seed: int) -> None:
    world = World(seed)
    for _ in range(40):
        world.change()
        query, expected = world.query()
        limit = world.random.randint(1, 6)
        assert query.take(limit) == expected[:limit]


@pytest.mark.parametrize("seed", SEEDS)
def test_pages_cover_everything_exactly_once_while_the_rows_are_stable(seed: int) -> None:
    world = World(seed)
    for _ in range(20):
        world.change()
        query, expected = world.query()
        assert pages_of(world, query) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_that_was_read_again_up_to_its_end_holds_what_stands_there_now(seed: int) -> None:
    world = World(seed)
    for _ in range(20):
        world.change()
        query, before = world.query()
        page = query.paginate(PaginationOptions(num_items=3, cursor=None))
        world.change()
        query = RangeQuery(reader(world.store), query.range, query.bounds, query.descending)
        again = query.paginate(PaginationOptions(num_items=3, cursor=None, end_cursor=page.continue_cursor))
        now = world.expected(query)
        if not page.is_done:
            end = query.range.position(before[2])
            behind = query.range.position
            now = [d for d in now if (behind(d) >= end if query.descending else behind(d) <= end)]
        assert (again.page, again.is_done) == (now, page.is_done)
