"""Queries, taken apart into single things seen. A query is no snapshot: each of them has a moment of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from shared.db.page import PaginationOptions
from shared.db.reader import Reader
from shared.errors import NotFound, TransientError
from shared.schema.document import Document
from shared.schema.index import BoundIndex
from shared.schema.spilled import Spilled
from shared.schema.tables import File, Message, Project, User
from tests.db.model.history import History, Observation, Stretch
from tests.db.model.specification import Row, State
from tests.db.model.steps import squeeze
from tests.db.model.world import EVERYTHING, World

Question = tuple[BoundIndex[Any], dict[str, Any]]


class Observer:
    """Asks one question and notes what it sees."""

    def __init__(self, world: World, history: History) -> None:
        self._world = world
        self._history = history
        self._choose = world.random.choice
        self._id = world.names.id
        self._started_ns = 0

    def look(self) -> None:
        """Run a query; to be run as a green thread."""
        self._started_ns = self._world.scheduler.now_ns
        lists = (self._list, self._turn_pages) if self._world.weather.shows_indexes else ()
        ask = self._choose((self._get, self._look_up, self._count, *lists))
        try:
            if ask == self._turn_pages:
                self._turn_pages()
            else:
                self._query(ask)
        except TransientError:
            return
        except Exception as error:  # noqa: BLE001 - none may come out of the data layer
            self._history.violations.append(f"a query raised {error!r}")

    def _query(self, body: Callable[[Reader], Any]) -> Any:
        return self._choose(self._world.processes).query(EVERYTHING, body)

    def _get(self, db: Reader) -> None:
        document: type[Document]
        document, tag = self._choose(((Project, "p1"), (Project, "p2"), (File, "f1"), (File, "f2")))
        found = db.get(document, self._id(tag))  # type: ignore[arg-type]  # it has an id
        if found is None:
            self._note(f"no {tag}", lambda state: (document.table_name(), tag) not in state)
        else:
            self._saw(db, found)

    def _look_up(self, db: Reader) -> None:
        file = {"project_id": self._id("p1"), "parent_id": self._id(self._choose((None, "d1")))}
        question: Question = self._choose(
            (
                (File.sibling_name, {**file, "name": self._choose(("a", "b", "c"))}),
                (Message.one_processing, {"project_id": self._id("p1")}),
                (User.by_stack_user, {"stack_user_id": self._choose(("ada", "eve"))}),
            )
        )
        index, fields = question
        found: Document | None = db.lookup(index, **fields)
        wanted = self._wanted(index, fields)
        if found is None:
            self._note(f"no {index.label} {wanted}", lambda state: not _found(state, index, wanted))
        else:
            self._saw(db, found, wanted)

    def _count(self, db: Reader) -> None:
        index, fields = self._choose(self._ranges()[:2])
        count, wanted = db.count(index, **fields), self._wanted(index, fields)
        self._note(f"{count} in {index.label} {wanted}", lambda state: len(_found(state, index, wanted)) == count)

    def _list(self, db: Reader) -> None:
        index, fields = self._choose(self._ranges())
        backwards, limit = self._choose((False, True)), self._choose((None, 1, 2))
        query = db.query(index, **fields).order("desc" if backwards else "asc")
        found = query.collect() if limit is None else query.take(limit)
        is_end = limit is None or len(found) < limit
        self._saw_stretch(db, found, Stretch(index, self._wanted(index, fields), backwards, is_end))

    def _turn_pages(self) -> None:
        index, fields = self._choose(self._ranges())
        backwards, after, cursor, is_done = self._choose((False, True)), None, None, False
        while not is_done:
            stretch = Stretch(index, self._wanted(index, fields), backwards, False, after)
            options = PaginationOptions(num_items=self._choose((1, 2)), cursor=cursor)
            cursor, is_done = self._query(partial(self._turn_page, index, fields, options, stretch))
            after = stretch.until

    def _turn_page(
        self, index: BoundIndex[Any], fields: dict[str, Any], options: PaginationOptions, stretch: Stretch, db: Reader
    ) -> tuple[str, bool]:
        """Read one page and return where it ends, and whether it is the last."""
        query = db.query(index, **fields).order("desc" if stretch.backwards else "asc")
        page = query.paginate(options)
        stretch.is_end = page.is_done
        self._saw_stretch(db, page.page, stretch)
        return page.continue_cursor, page.is_done

    def _ranges(self) -> tuple[Question, ...]:
        folder = self._choose((None, "d1"))
        return (
            (Project.by_owner, {"owner_id": self._choose(("ada", "bob"))}),
            (File.by_project_parent, {"project_id": self._id("p1"), "parent_id": self._id(folder)}),
            (File.by_project, {"project_id": self._id("p1")}),
            (File.by_parent, {"parent_id": self._id("d1")}),
            (Message.by_project_status, {"project_id": self._id("p1"), "status": "processing"}),
            (Message.by_conversation, {"conversation_id": self._id("c1")}),
        )

    def _wanted(self, index: BoundIndex[Any], fields: dict[str, Any]) -> Row:
        tags = {index.document.stored_name(n): self._world.names.tags.get(v, v) for n, v in fields.items()}
        return tags | dict(index.where)

    def _saw_stretch(self, db: Reader, found: list[Any], stretch: Stretch) -> None:
        positions = [(document.creation_time, document.id) for document in found]
        if positions != sorted(set(positions), reverse=stretch.backwards):
            self._history.violations.append(f"{stretch.index.label} was listed out of order or twice: {positions}")
        if not all(stretch.is_after_its_beginning(position) for position in positions):
            self._history.violations.append(f"{stretch.index.label}: a page repeats what came before it")
        stretch.until = None if stretch.is_end else positions[-1]
        stretch.listed = {self._world.names.tags[document.id] for document in found}
        stretch.started_ns, stretch.ended_ns = self._started_ns, self._world.scheduler.now_ns
        self._history.stretches.append(stretch)
        for document in found:
            self._saw(db, document, stretch.wanted)

    def _saw(self, db: Reader, document: Document, wanted: Row | None = None) -> None:
        """Note the row of a document, and its large content apart: that may be newer."""
        row, key = self._row(document), (document.table_name(), self._world.names.tags[document.id])
        if not _has(row, wanted or {}):
            self._history.violations.append(f"{key} was found by {wanted}, but is {row}")
        self._note(f"{key} is {row}", lambda state: _has(state.get(key), row))
        content = getattr(document, "content", None)
        if isinstance(content, Spilled):
            try:
                text = squeeze(db.load(content))
            except NotFound:
                self._note(f"{key} is gone", lambda state: key not in state)
            else:
                self._note(f"{key} holds {text}", lambda state: _has(state.get(key), {"content": text}))

    def _row(self, document: Document) -> Row:
        fields = {document.stored_name(name): getattr(document, name) for name in type(document).model_fields}
        kept = {n: v for n, v in fields.items() if not n.startswith("_") and v is not None}
        return {n: self._world.names.tags.get(v, v) for n, v in kept.items() if not isinstance(v, Spilled)}

    def _note(self, text: str, holds: Callable[[State], bool]) -> None:
        now_ns = self._world.scheduler.now_ns
        self._history.observations.append(Observation(text, self._started_ns, now_ns, holds))


def note_what_was_not_listed(world: World, history: History) -> None:
    """Note for each stretch that was listed which documents it did not show, now that all are known."""
    for stretch in history.stretches:
        table = stretch.index.document.table_name()
        for id_, (name, creation_time) in world.engine.born.items():
            tag = world.names.tags[id_]
            if name == table and tag not in stretch.listed and stretch.covers((creation_time, id_)):
                text = f"{tag} not in {stretch.index.label} {stretch.wanted}"
                history.observations.append(
                    Observation(text, stretch.started_ns, stretch.ended_ns, _elsewhere((table, tag), stretch.wanted))
                )


def _elsewhere(key: tuple[str, str], wanted: Row) -> Callable[[State], bool]:
    return lambda state: not _has(state.get(key), wanted)


def _found(state: State, index: BoundIndex[Any], wanted: Row) -> list[Row]:
    return [row for key, row in state.items() if key[0] == index.document.table_name() and _has(row, wanted)]


def _has(row: Row | None, wanted: Row) -> bool:
    return row is not None and all(row.get(name) == value for name, value in wanted.items())
