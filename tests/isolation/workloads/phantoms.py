"""Phantoms: what is decided on a listing holds although others insert, move and remove entries of its range."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from shared.schema.document import Id
from shared.schema.tables import File, Project
from tests.isolation.history import Operation, Write
from tests.isolation.trace import Trace
from tests.isolation.workloads.workload import Body, Plan, Workload

_FOLDERS = ("f0", "f1", "f2")
_MOST = 6


class Phantoms(Workload):
    """An entry is inserted only where a listing of another folder said that this one is longer, and so on."""

    name = "phantoms"

    def prepare(self, trace: Trace) -> Plan:
        project = trace.db.insert(Project, name="phantoms", owner_id="phantoms", updated_at=0)
        folders = {key: trace.db.insert(File, project_id=project, **_row(key, "folder")) for key in _FOLDERS}
        return {"project": str(project)} | {key: str(id_) for key, id_ in folders.items()}

    def step(self, dice: random.Random, plan: Plan) -> Body:
        one, other = dice.sample(_FOLDERS, 2)
        steps: list[Body] = [
            partial(_insert, plan=plan, looked_at=one, into=other),
            partial(_insert, plan=plan, looked_at=one, into=one),
            partial(_move, plan=plan, out_of=one, into=other),
            partial(_remove, plan=plan, looked_at=one, out_of=other),
            partial(_look, plan=plan, keys=(one, other)),
        ]
        return dice.choices(steps, (3, 3, 3, 3, 1))[0]

    def look(self, dice: random.Random, plan: Plan) -> Body:
        return partial(_look, plan=plan, keys=(dice.choice(_FOLDERS),))

    def last_looks(self, plan: Plan) -> Iterator[Body]:
        for key in _FOLDERS:
            yield partial(_look, plan=plan, keys=(key,))

    def wrong(self, operation: Operation, plan: Plan) -> str | None:
        if operation.mutates and any(number > _MOST for number in operation.facts.values()):
            return f"{operation.id} found a folder longer than anybody makes it: {operation.facts}"
        return None


def _row(name: str, type_: str) -> dict[str, object]:
    return {"name": name, "type": type_, "updated_at": 0}


def _listed(trace: Trace, plan: Plan, key: str) -> list[File]:
    ids = {"project_id": plan["project"], "parent_id": plan[key]}
    files = trace.reader.query(File.by_project_parent, **ids).collect()
    trace.read(key, frozenset(file.name for file in files))
    trace.facts[key] = len(files)
    return files


def _look(trace: Trace, plan: Plan, keys: tuple[str, ...]) -> None:
    for key in keys:
        _listed(trace, plan, key)


def _insert(trace: Trace, plan: Plan, looked_at: str, into: str) -> None:
    seen = _listed(trace, plan, looked_at)
    count = trace.db.count(File.by_project_parent, project_id=Id(plan["project"]), parent_id=Id(plan[into]))
    if len(seen) >= _MOST or count >= _MOST:
        trace.refuse()
    token = trace.token()
    parts = {"project_id": Id[Project](plan["project"]), "parent_id": Id[File](plan[into])}
    trace.db.insert(File, **parts, **_row(token, "file"))
    trace.wrote(Write(into, token, "add"))


def _move(trace: Trace, plan: Plan, out_of: str, into: str) -> None:
    files = _listed(trace, plan, out_of)
    if not files or len(_listed(trace, plan, into)) >= _MOST:
        trace.refuse()
    token = trace.token()
    trace.db.patch(Id(files[0].id), parent_id=Id(plan[into]), name=token)
    trace.wrote(Write(out_of, files[0].name, "remove"))
    trace.wrote(Write(into, token, "add"))


def _remove(trace: Trace, plan: Plan, looked_at: str, out_of: str) -> None:
    if _listed(trace, plan, looked_at):
        files = _listed(trace, plan, out_of)
        if files:
            trace.db.delete(Id(files[-1].id))
            trace.wrote(Write(out_of, files[-1].name, "remove"))
