"""How calls grow with what there is: documents, folders, histories, ranges that change.

Counted on an engine in memory that counts as DynamoDB does, so that nothing here depends on the machine, and timed
there too: the backend's own work, without network. What should not grow is beside the smallest case; what has to grow
is beside that case times the size, so that a ratio above 1 is more than in proportion.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final

from shared.limit_settings import Limits
from shared.limits.usage import Usage
from tests.bench.figure import Figure
from tests.bench.measure import exact, of_pairs
from tests.functions.callers import Client, identity
from tests.runtime.backend import make_environment
from tests.support.counting_engine import CountingEngine
from tests.support.stores import make_store

KB: Final = 1024
DOCUMENT_BYTES: Final = (1 * KB, 4 * KB, 16 * KB, 64 * KB, 256 * KB, 1024 * KB)
FOLDER_FILES: Final = (10, 100, 1_000, 10_000)
LISTED_FILES: Final = (10, 100, 1_000, 8_000)
"""Convex's arrays have at most 8,192 elements: a larger folder can be worked in, but not listed as a whole."""

MESSAGES: Final = (20, 200, 2_000)
CHANGES: Final = (0, 10, 100)
SETTLED_S: Final = 600
_BATCH: Final = 50


class World:
    """A deployment in memory with one project, whose owner calls."""

    def __init__(self) -> None:
        self.engine = CountingEngine()
        store = make_store(self.engine)
        there = make_environment(store)
        unlimited = replace(there, usage=Usage(store, Limits(files=0, messages=0), there.allowances))
        self.client = Client(unlimited, identity("ada", "ada@example.com"), internal=True)
        self.project: str = self.client.call("projects:create", name="Growth")

    def add_files(self, count: int, parent: str | None = None) -> None:
        """Add files in one folder."""
        where = {"projectId": self.project} | ({"parentId": parent} if parent else {})
        for start in range(0, count, _BATCH):
            files = [
                {"name": f"{start + number:06}.py", "content": "x = 1\n"}
                for number in range(min(_BATCH, count - start))
            ]
            self.client.call("system:createFiles", **where, files=files)

    def add_messages(self, count: int) -> str:
        """Add a conversation of short messages and return its id."""
        conversation = self.client.call("conversations:create", projectId=self.project)
        for number in range(count):
            said = {"role": "user", "content": f"Say {number}"}
            self.client.call("system:createMessage", conversationId=conversation, projectId=self.project, **said)
        return str(conversation)

    def settle(self) -> None:
        """Let what has just changed become old."""
        self.client.wait(SETTLED_S)


def growth_figures(*, largest: int = 10_000, rounds: int = 5) -> Iterator[Figure]:
    """Measure, with sizes up to `largest`."""
    yield from _grown(
        "files:updateFile of a text of {} KB", _saved, [n // KB for n in DOCUMENT_BYTES], largest, rounds
    )
    yield from _grown("files:getFile of a text of {} KB", _read, [n // KB for n in DOCUMENT_BYTES], largest, rounds)
    yield from _grown("files:getFolderContents of {} files", _listed, LISTED_FILES, largest, rounds)
    yield from _grown("files:createFile beside {} files", _created, FOLDER_FILES, largest, rounds)
    yield from _grown("files:updateFile beside {} files", _saved_beside, FOLDER_FILES, largest, rounds)
    yield from _grown("conversations:getMessages of {} messages", _talked, MESSAGES, largest, rounds)
    yield from _grown("conversations:getMessagesPaginated, 20 of {}", _paged, MESSAGES, largest, rounds)
    yield from _grown("files:getFolderContents after {} changes of a minute", _changed, CHANGES, largest, rounds)


Case = Callable[[int], tuple[World, Callable[[], Any], bool]]
"""From a size to the world of that size, a call in it, and whether the call has to grow with the size."""


def _grown(title: str, case: Case, sizes: tuple[int, ...] | list[int], largest: int, rounds: int) -> Iterator[Figure]:
    cases = {size: case(size) for size in sizes if size <= largest}
    first = next(iter(cases))
    costs: dict[int, tuple[int, float]] = {}
    for size, (world, call, _) in cases.items():
        call()  # what a process looks up now and then, such as how much a project holds, is no part of it
        world.engine.reset()
        call()
        costs[size] = (world.engine.cost.depth, world.engine.cost.read_units + world.engine.cost.write_units)
    for size, (_, call, grows) in cases.items():
        factor = max(size, 1) / max(first, 1) if grows else 1.0
        pairs = [(_ms(call), _ms(cases[first][1]) * factor) for _ in range(rounds)]
        depth, units = costs[size]
        told = f"{depth} round trips, {units:g} units; beside the first {'times the size' if grows else 'case'}"
        yield Figure("growth", "Growth", title.format(f"{size:,}"), of_pairs(pairs, "ms CPU"), told)
        yield Figure(
            "growth",
            "Growth, counted",
            title.format(f"{size:,}"),
            exact(units, "units", costs[first][1] * factor),
            told,
        )


def _ms(call: Callable[[], Any]) -> float:
    began = time.process_time()
    call()
    return (time.process_time() - began) * 1000


def _file(world: World, size_kb: int) -> str:
    new = {"projectId": world.project, "name": "main.py", "content": "x" * (size_kb * KB)}
    file = world.client.call("files:createFile", **new)
    world.settle()
    return str(file)


def _saved(size_kb: int) -> tuple[World, Callable[[], Any], bool]:
    world = World()
    file = _file(world, size_kb)
    return world, lambda: world.client.call("files:updateFile", id=file, content="y" * (size_kb * KB)), True


def _read(size_kb: int) -> tuple[World, Callable[[], Any], bool]:
    world = World()
    file = _file(world, size_kb)
    return world, lambda: world.client.call("files:getFile", id=file), True


@cache
def _folder(files: int) -> World:
    world = World()
    world.add_files(files)
    world.settle()
    return world


def _listed(files: int) -> tuple[World, Callable[[], Any], bool]:
    world = _folder(files)
    return world, lambda: world.client.call("files:getFolderContents", projectId=world.project), True


def _created(files: int) -> tuple[World, Callable[[], Any], bool]:
    world = _folder(files)
    names = iter(range(10**6))

    def create() -> Any:
        new = {"projectId": world.project, "name": f"new{next(names)}.py", "content": ""}
        return world.client.call("files:createFile", **new)

    return world, create, False


def _saved_beside(files: int) -> tuple[World, Callable[[], Any], bool]:
    world = _folder(files)
    file = _file(world, 1)
    return world, lambda: world.client.call("files:updateFile", id=file, content="y"), False


def _talked(messages: int) -> tuple[World, Callable[[], Any], bool]:
    world = World()
    conversation = world.add_messages(messages)
    world.settle()
    return world, lambda: world.client.call("conversations:getMessages", conversationId=conversation), True


def _paged(messages: int) -> tuple[World, Callable[[], Any], bool]:
    world = World()
    conversation = world.add_messages(messages)
    world.settle()
    page = {"numItems": 20, "cursor": None}

    def call() -> Any:
        asked = {"conversationId": conversation, "paginationOpts": page}
        return world.client.call("conversations:getMessagesPaginated", **asked)

    return world, call, False


def _changed(changes: int) -> tuple[World, Callable[[], Any], bool]:
    world = World()
    world.add_files(100)
    world.settle()
    for _ in range(changes // 2):
        new = {"projectId": world.project, "name": "short-lived.py", "content": ""}
        world.client.call("files:deleteFile", id=world.client.call("files:createFile", **new))
    return world, lambda: world.client.call("files:getFolderContents", projectId=world.project), False
