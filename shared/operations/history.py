"""How an execution has gone through its states, and through those inside of maps and parallel branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

_ENTERED: Final = "StateEntered"
_EXITED: Final = "StateExited"
_FAILED: Final = ("Failed", "TimedOut", "Aborted")
_OF_PARTS: Final = ("MapState", "ParallelState")
"""What the events begin with that tell how the parts of a state went together."""


@dataclass(eq=False)
class _Entry:
    """One time that a state was entered.

    Attributes:
        name: the state's.
        kind: its type.
        before: what was entered before it on the same way.
        at_ms: when something last happened to it.
        status: how it stands.
        attempts: how often it was tried.
        may_be_tried: whether what is scheduled next is a further attempt.
    """

    name: str
    kind: str
    before: _Entry | None
    at_ms: float
    status: str = "entered"
    attempts: int = 1
    may_be_tried: bool = False

    def way_back(self) -> Iterator[_Entry]:
        """Yield it and what was entered before it, the latest first."""
        entry: _Entry | None = self
        while entry is not None:
            yield entry
            entry = entry.before

    def becomes(self, status: str, at_ms: float) -> None:
        """Take note of what has happened to it."""
        self.may_be_tried = status == "failed"
        self.status, self.at_ms = status, at_ms


def states_of(events: list[Json]) -> list[Json]:
    """Return the states that an execution has come to, in the order in which it first did.

    Each has how it stands (`entered`, `succeeded`, `failed`), when that was, how often it was entered, and how often
    tried. One that was entered several times stands as the worst of them, but runs if one of them does.
    """
    entries: list[_Entry] = []
    by_event: dict[int, _Entry | None] = {}
    entry: _Entry | None
    for event in events:
        previous = by_event.get(event.get("previousEventId", 0))
        kind, at_ms = event["type"], event["timestamp"].timestamp() * 1000
        if kind.endswith(_ENTERED):
            name = event["stateEnteredEventDetails"]["name"]
            entry = _Entry(name, kind.removesuffix(_ENTERED), previous, at_ms)
            entries.append(entry)
        elif kind.startswith("Execution"):
            entry = None
            if kind.endswith(_FAILED):
                _give_up(entries, at_ms)
        else:
            entry = _concerned(event, previous)
            if entry is not None:
                _happen(entry, kind, at_ms)
                if kind.startswith(_OF_PARTS) and kind.endswith(_FAILED):
                    _give_up([one for one in entries if entry in one.way_back()], at_ms)
        by_event[event["id"]] = entry
    return _by_name(entries)


def _concerned(event: Json, previous: _Entry | None) -> _Entry | None:
    """Return the entry that an event is about, which came after one about `previous`."""
    kind = event["type"]
    way = list(previous.way_back()) if previous else []
    if kind.endswith(_EXITED):
        name = event["stateExitedEventDetails"]["name"]
        return next((entry for entry in way if entry.name == name), previous)
    if kind.startswith(_OF_PARTS):
        of = kind[: kind.index("State")]
        return next((entry for entry in way if entry.kind == of and entry.status == "entered"), previous)
    return previous


def _happen(entry: _Entry, kind: str, at_ms: float) -> None:
    if kind.endswith(_EXITED):
        # A failure that was caught ends with an exit too.
        entry.becomes("failed" if entry.status == "failed" else "succeeded", at_ms)
    elif kind.endswith(_FAILED) and entry.status == "entered":
        entry.becomes("failed", at_ms)
    elif kind.endswith("Scheduled") and entry.may_be_tried:
        entry.attempts += 1
        entry.becomes("entered", at_ms)


def _give_up(entries: list[_Entry], at_ms: float) -> None:
    for entry in entries:
        if entry.status == "entered":
            entry.becomes("failed", at_ms)


def _by_name(entries: list[_Entry]) -> list[Json]:
    by_name: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    return [
        {
            "name": name,
            "status": min((entry.status for entry in found), key=("entered", "failed", "succeeded").index),
            "at": max(entry.at_ms for entry in found),
            "entries": len(found),
            "attempts": sum(entry.attempts for entry in found),
        }
        for name, found in by_name.items()
    ]
