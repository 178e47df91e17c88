"""What happened: calls and what was told, and what observers saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.schema.index import BoundIndex
from tests.db.model.specification import Row, State
from tests.db.model.steps import Step

FOREVER_NS = 2**63
Position = tuple[float, str]
"""Where an entry stands in an index range: creation time, id."""


@dataclass(frozen=True)
class Answer:
    """What a caller was told: a value, an error (code, message), or that the mutation failed and will not apply."""

    kind: Literal["value", "error", "not applied"]
    content: Any = None


@dataclass
class Call:
    """A mutation that a client wants done once, however often it sends it.

    Attributes:
        tag: its name, and that of the document it makes.
        step: what it does.
        has_key: whether it is sent with an idempotency key, and so perhaps several times.
        started_ns: when it was first sent.
        answers: what its sendings were told, and when, earliest first.
    """

    tag: str
    step: Step
    has_key: bool
    started_ns: int = 0
    answers: list[tuple[int, Answer]] = field(default_factory=list)

    @property
    def answer(self) -> Answer | None:
        """What it was told first; None: nothing."""
        return self.answers[0][1] if self.answers else None

    @property
    def ended_ns(self) -> int:
        """When it was told."""
        return self.answers[0][0] if self.answers else FOREVER_NS


@dataclass(frozen=True)
class Observation:
    """Something seen in a query: it must have been so at some moment from `started_ns` to `ended_ns`."""

    text: str
    started_ns: int
    ended_ns: int
    holds: Callable[[State], bool]


@dataclass
class Stretch:
    """A part of an index range that was listed: strictly after `after`, up to and including `until`.

    Attributes:
        index: the index.
        wanted: what a row of the range holds.
        backwards: whether the latest came first.
        is_end: whether the range was said to end there.
        listed: the tags of what was listed.
    """

    index: BoundIndex[Any]
    wanted: Row
    backwards: bool
    is_end: bool
    after: Position | None = None
    until: Position | None = None
    listed: set[str] = field(default_factory=set)
    started_ns: int = 0
    ended_ns: int = 0

    def covers(self, position: Position) -> bool:
        """Tell whether an entry at `position` would have been listed."""
        return self.is_after_its_beginning(position) and (
            self.until is None or (position >= self.until if self.backwards else position <= self.until)
        )

    def is_after_its_beginning(self, position: Position) -> bool:
        """Tell whether `position` comes after where the stretch begins."""
        return self.after is None or (position < self.after if self.backwards else position > self.after)


@dataclass
class History:
    """One run of the model.

    Attributes:
        first: the state before.
        calls: every mutation.
        observations: everything queries saw.
        stretches: the lists that queries saw.
        last: the state after, read from the tables.
        violations: what callers and observers could tell to be wrong.
        corruption: what is wrong in the tables, the bucket or a transaction, seen by anybody yet or not.
    """

    first: State = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    last: State = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    corruption: list[str] = field(default_factory=list)
