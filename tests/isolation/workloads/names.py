"""Unique names: of the entries of a folder no two share one, while they are made, renamed, swapped and deleted."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

from shared.errors import Conflict
from shared.schema.document import Id
from shared.schema.tables import File, Project
from tests.isolation.history import Operation, Read, Write
from tests.isolation.trace import Trace
from tests.isolation.workloads.workload import Body, Plan, Workload

_NAMES = ("a", "b", "c", "d", "e")


class Names(Workload):
    """A file's content is the token of who gave it its name, so a token never comes back."""

    name = "unique names"

    def prepare(self, trace: Trace) -> Plan:
        return {"project": str(trace.db.insert(Project, name="names", owner_id="names", updated_at=0))}

    def step(self, dice: random.Random, plan: Plan) -> Body:
        one, other = dice.sample(_NAMES, 2)
        project: Id[Project] = Id(plan["project"])
        steps: list[Callable[[Trace], None]] = [
            partial(_create, project=project, name=one, looks=dice.random() < 0.5),
            partial(_delete, project=project, name=one),
            partial(_rename, project=project, name=one, new=other),
            partial(_swap, project=project, one=one, other=other),
            partial(_list, project=project),
        ]
        return dice.choices(steps, (4, 2, 2, 2, 1))[0]

    def look(self, dice: random.Random, plan: Plan) -> Body:
        name, project = dice.choice(_NAMES), Id[Project](plan["project"])
        return dice.choice([partial(_look, project=project, name=name), partial(_list, project=project)])

    def last_looks(self, plan: Plan) -> Iterator[Body]:
        project: Id[Project] = Id(plan["project"])
        yield partial(_list, project=project)
        for name in _NAMES:
            yield partial(_look, project=project, name=name)

    def wrong(self, operation: Operation, plan: Plan) -> str | None:
        names = operation.facts.get("names", [])
        if len(names) != len({*names}):
            return f"{operation.id} listed a name twice: {names}"
        taken = [a for a in operation.actions if isinstance(a, Read) and a.key.startswith("name ") and a.value]
        if any(len(read.value or ()) > 1 for read in taken):
            return f"{operation.id} found a name that is held twice"
        return None


def _named(trace: Trace, project: Id[Project], name: str) -> File | None:
    file = trace.reader.lookup(File.sibling_name, project_id=project, parent_id=None, name=name)
    trace.read(f"name {name}", frozenset() if file is None else frozenset({_token_of(trace, file)}))
    return file


def _token_of(trace: Trace, file: File) -> str:
    return trace.reader.load(file.content or "")


def _take(trace: Trace, name: str, token: str) -> None:
    trace.wrote(Write(f"name {name}", token, "add"))
    trace.wrote(Write("folder", token, "add"))


def _leave(trace: Trace, name: str, token: str) -> None:
    trace.wrote(Write(f"name {name}", token, "remove"))
    trace.wrote(Write("folder", token, "remove"))


def _create(trace: Trace, project: Id[Project], name: str, looks: bool) -> None:
    if looks and _named(trace, project, name) is not None:
        trace.refuse()
    token = trace.token()
    try:
        trace.db.insert(File, project_id=project, name=name, type="file", content=token, updated_at=0)
    except Conflict:
        _named(trace, project, name)
        trace.refuse()
    if not looks:
        trace.read(f"name {name}", frozenset())
    _take(trace, name, token)


def _delete(trace: Trace, project: Id[Project], name: str) -> None:
    file = _named(trace, project, name)
    if file is None:
        trace.refuse()
    trace.db.delete(Id(file.id))
    _leave(trace, name, _token_of(trace, file))


def _rename(trace: Trace, project: Id[Project], name: str, new: str) -> None:
    file = _named(trace, project, name)
    if file is None:
        trace.refuse()
    token = trace.token()
    try:
        trace.db.patch(Id(file.id), name=new, content=token)
    except Conflict:
        _named(trace, project, new)
        trace.refuse()
    trace.read(f"name {new}", frozenset())
    _leave(trace, name, _token_of(trace, file))
    _take(trace, new, token)


def _swap(trace: Trace, project: Id[Project], one: str, other: str) -> None:
    first, second = _named(trace, project, one), _named(trace, project, other)
    if first is None or second is None:
        trace.refuse()
    trace.db.delete(Id(first.id))
    _leave(trace, one, _token_of(trace, first))
    moved, made = trace.token(), trace.token()
    trace.db.patch(Id(second.id), name=one, content=moved)
    _leave(trace, other, _token_of(trace, second))
    _take(trace, one, moved)
    trace.db.insert(File, project_id=project, name=other, type="file", content=made, updated_at=0)
    _take(trace, other, made)


def _list(trace: Trace, project: Id[Project]) -> None:
    files = trace.reader.query(File.by_project_parent, project_id=project, parent_id=None).collect()
    trace.facts["names"] = [file.name for file in files]
    trace.read("folder", frozenset(_token_of(trace, file) for file in files))


def _look(trace: Trace, project: Id[Project], name: str) -> None:
    _named(trace, project, name)
