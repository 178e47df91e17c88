"""All workloads beside each other in one database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.isolation.history import History, Operation
from tests.isolation.trace import Trace
from tests.isolation.workloads.workload import Body, Plan, Workload

_PART = "part"


class Mixed(Workload):
    """Draws each call from one of some workloads.

    Args:
        parts: the workloads; no key is in two of them.
    """

    name = "all at once"

    def __init__(self, parts: dict[str, Workload]) -> None:
        self._parts = parts

    def prepare(self, trace: Trace) -> Plan:
        return {name: part.prepare(trace) for name, part in self._parts.items()}

    def step(self, dice: random.Random, plan: Plan) -> Body:
        name = dice.choice(sorted(self._parts))
        return _of(name, self._parts[name].step(dice, plan[name]))

    def look(self, dice: random.Random, plan: Plan) -> Body:
        name = dice.choice(sorted(self._parts))
        return _of(name, self._parts[name].look(dice, plan[name]))

    def last_looks(self, plan: Plan) -> Iterator[Body]:
        for name, part in self._parts.items():
            yield from (_of(name, look) for look in part.last_looks(plan[name]))

    def wrong(self, operation: Operation, plan: Plan) -> str | None:
        name = operation.facts.get(_PART)
        return self._parts[name].wrong(_plain(operation), plan[name]) if name else None

    def wrong_in_the_end(self, history: History, plan: Plan) -> Iterator[str]:
        plain = [_plain(operation) for operation in history]
        for name, part in self._parts.items():
            yield from part.wrong_in_the_end(plain, plan[name])


def _of(name: str, body: Body) -> Body:
    def marked(trace: Trace) -> None:
        trace.facts[_PART] = name
        body(trace)

    return marked


def _plain(operation: Operation) -> Operation:
    """Return an operation with the facts of its workload alone."""
    facts = {name: fact for name, fact in operation.facts.items() if name != _PART}
    return replace(operation, facts=facts)
