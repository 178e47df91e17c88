"""What a client shows: checked against the contract at each Transition (protocol sections 3.2, 4 and 6)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.sync.protocol import timestamp_ns
from tests.sync.simulation.calls import Call, Row, unseen_effect

if TYPE_CHECKING:
    from tests.sync.simulation.world import World

_NEVER_SHOWN_TO_NOBODY = "sync:mine"


@dataclass
class Query:
    """A query that a client watches: where it is, and what it told last."""

    path: str
    args: Row
    journal: str | None = None

    @property
    def watched(self) -> tuple[str, str]:
        """What is watched."""
        return self.path, json.dumps(self.args, sort_keys=True)


@dataclass
class Result:
    """What a query told: notes and who asked, or a failure."""

    value: Row | None
    failure: str = ""

    @property
    def notes(self) -> dict[str, str]:
        """The notes that it shows."""
        return self.value["notes"] if self.value else {}


@dataclass
class View:
    """What one connection has been told.

    Attributes:
        world: the world.
        name: of the client and its connection.
        users: who was signed in, by version of the identity.
        sets: which queries were watched, by version of the query set.
        version: where the client stands.
        results: by query.
        is_frozen: whether a Transition did not fit, after which the released client shows nothing new.
    """

    world: World
    name: str
    users: list[str | None] = field(default_factory=lambda: [None])
    sets: list[frozenset[int]] = field(default_factory=lambda: [frozenset()])
    version: Row = field(default_factory=lambda: {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="})
    results: dict[int, Result] = field(default_factory=dict)
    is_frozen: bool = False

    @property
    def ts(self) -> int:
        """The time of what is shown, ns."""
        return timestamp_ns(self.version["ts"])

    def take(self, transition: Row, queries: dict[int, Query], seen: dict[Any, str]) -> bool:
        """Take in a Transition; False: it does not fit."""
        start, end = transition["startVersion"], transition["endVersion"]
        if self.is_frozen or start != self.version:
            self.is_frozen = True
            self.world.blame(f"{self.name} freezes: a Transition from {start} meets {self.version}")
            return False
        if timestamp_ns(end["ts"]) < self.ts:
            self._blame("time runs backwards")
        if not start["querySet"] <= end["querySet"] < len(self.sets):
            self._blame(f"a query set that was never sent: {end}")
        if not start["identity"] <= end["identity"] < len(self.users):
            self._blame(f"an identity that was never sent: {end}")
        self.version = end
        changed = [self._modify(modification, queries) for modification in transition["modifications"]]
        self._check_set()
        told = [number for number in changed if number in self.results]
        self._check_askers(queries, told if start["identity"] == end["identity"] else self.results)
        self._check_versions(queries, told, seen)
        return True

    def check_promises(self, done: Iterable[Call], waiting: Iterable[Call], queries: dict[int, Query]) -> None:
        """Check what is shown of the client's own mutations: those that are done, and those that seem not to be."""
        for number, result in self.results.items():
            query = queries.get(number)
            if query is None:
                continue
            for call in done:
                if result.value and (
                    what := unseen_effect(self.world, call, query.watched, query.args, result.notes)
                ):
                    self._blame(f"{call.tag} is done, and {query.watched} shows {what}")
            for call in waiting:
                if call.writes and any(call.tag in title.split() for title in result.notes.values()):
                    self._blame(f"{call.tag} shows in {query.watched} before it is answered, so it shows twice")

    def _modify(self, modification: Row, queries: dict[int, Query]) -> int:
        number: int = modification["queryId"]
        kind = modification["type"]
        if kind == "QueryRemoved":
            self.results.pop(number, None)
            return number
        if kind == "QueryUpdated":
            self.results[number] = Result(modification["value"])
        else:
            self.results[number] = Result(None, modification["errorMessage"])
        if number in queries:
            queries[number].journal = modification["journal"]
        return number

    def _check_set(self) -> None:
        wanted = self.sets[min(self.version["querySet"], len(self.sets) - 1)]
        if wanted != self.results.keys():
            self._blame(f"results of the queries {sorted(self.results)} instead of {sorted(wanted)}")

    def _check_askers(self, queries: dict[int, Query], numbers: Collection[int]) -> None:
        user = self.users[min(self.version["identity"], len(self.users) - 1)]
        for number in numbers:
            result = self.results[number]
            asker = result.value["asker"] if result.value else user
            if number in queries and queries[number].path == _NEVER_SHOWN_TO_NOBODY and result.failure:
                asker = None
            if asker != user:
                self._blame(f"a result for {asker} while {user} is signed in")

    def _check_versions(self, queries: dict[int, Query], told: list[int], seen: dict[Any, str]) -> None:
        together: dict[str, str] = {}
        for number in told:
            for note, title in self.results[number].notes.items():
                if together.setdefault(note, title) != title:
                    self._blame(f"one Transition shows two versions of a note: {title!r} and {together[note]!r}")
                if number not in queries:
                    continue
                before = seen.get((queries[number].watched, note), "")
                if not f"{title} ".startswith(f"{before} ".lstrip()):
                    self._blame(f"{queries[number].watched} goes back from {before!r} to {title!r}")
                seen[queries[number].watched, note] = title

    def _blame(self, what: str) -> None:
        self.world.blame(f"{self.name}: {what}")
