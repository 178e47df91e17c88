"""Counters that lose no increment, and counted ranges that hold no more than their limit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from shared.schema.document import Id
from shared.schema.tables import Conversation, Project
from tests.isolation.history import History, Operation, Write
from tests.isolation.trace import Trace
from tests.isolation.workloads.workload import Body, Plan, Workload, add_register, found

_COUNTERS = ("c0", "c1", "c2")
_OWNERS = ("ada", "bob")
_LIMIT = 5


class Counters(Workload):
    """A counter is the `updated_at` of a conversation; a project's name is the token of who made it."""

    name = "counters"

    def prepare(self, trace: Trace) -> Plan:
        project = trace.db.insert(Project, name="counters", owner_id="counters", updated_at=0)
        return {key: add_register(trace, key, project) for key in _COUNTERS}

    def step(self, dice: random.Random, plan: Plan) -> Body:
        owner, key = dice.choice(_OWNERS), dice.choice(_COUNTERS)
        steps: list[Body] = [
            partial(_increment, key=key, id_=plan[key]),
            partial(_create, owner=owner),
            partial(_delete_oldest, owner=owner),
            partial(_list, owner=owner),
        ]
        return dice.choices(steps, (4, 4, 2, 1))[0]

    def look(self, dice: random.Random, plan: Plan) -> Body:
        owner, key = dice.choice(_OWNERS), dice.choice(_COUNTERS)
        return dice.choice(
            [partial(_see, key=key, id_=plan[key]), partial(_count, owner=owner), partial(_list, owner=owner)]
        )

    def last_looks(self, plan: Plan) -> Iterator[Body]:
        for key in _COUNTERS:
            yield partial(_see, key=key, id_=plan[key])
        for owner in _OWNERS:
            yield partial(_list, owner=owner)

    def wrong(self, operation: Operation, plan: Plan) -> str | None:
        if any(number > _LIMIT for name, number in operation.facts.items() if name in _OWNERS):
            return f"{operation.id} found more than {_LIMIT} of an owner: {operation.facts}"
        if operation.mutates and "listed" in operation.facts:
            owner = next(name for name in _OWNERS if name in operation.facts)
            if operation.facts["listed"] != operation.facts[owner]:
                return f"{operation.id} counted {operation.facts[owner]} and listed {operation.facts['listed']}"
        return None

    def wrong_in_the_end(self, history: History, plan: Plan) -> Iterator[str]:
        for key in _COUNTERS:
            made = [o for o in history if o.has_happened and o.writes(key)]
            number = max(o.facts.get(key, 0) for o in history)
            if number != len(made) - 1:  # one is the counter's own
                yield f"{key} is {number:g} after {len(made) - 1} increments"


def _see(trace: Trace, key: str, id_: str) -> None:
    row = found(trace.reader, Conversation, id_)
    trace.read(key, row.title, row.version)
    trace.facts[key] = row.updated_at


def _increment(trace: Trace, key: str, id_: str) -> None:
    _see(trace, key, id_)
    token = trace.token()
    trace.db.patch(Id(id_), title=token, updated_at=trace.facts[key] + 1)
    trace.wrote(Write(key, token))


def _count(trace: Trace, owner: str) -> None:
    trace.facts[owner] = trace.reader.count(Project.by_owner, owner_id=owner)


def _create(trace: Trace, owner: str) -> None:
    _count(trace, owner)
    if trace.facts[owner] >= _LIMIT:
        trace.refuse()
    token = trace.token()
    trace.db.insert(Project, name=token, owner_id=owner, updated_at=0)
    trace.wrote(Write(owner, token, "add"))


def _listed(trace: Trace, owner: str) -> list[Project]:
    projects = trace.reader.query(Project.by_owner, owner_id=owner).collect()
    trace.read(owner, frozenset(project.name for project in projects))
    trace.facts["listed"] = len(projects)
    return projects


def _delete_oldest(trace: Trace, owner: str) -> None:
    _count(trace, owner)
    projects = _listed(trace, owner)
    if not projects:
        trace.refuse()
    trace.db.delete(Id(projects[0].id))
    trace.wrote(Write(owner, projects[0].name, "remove"))


def _list(trace: Trace, owner: str) -> None:
    _count(trace, owner)
    _listed(trace, owner)
