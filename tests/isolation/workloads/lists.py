"""Append lists in files, some of which are large enough to be kept in the bucket."""

from __future__ import annotations

import random
from collections.abc import Iterator

from shared.schema.document import Id
from shared.schema.tables import File, Project
from tests.isolation.history import Write
from tests.isolation.trace import Trace
from tests.isolation.workloads.workload import Body, Plan, Workload, found

_LISTS = 10
_BIG = "~" * 17_000 + " "
"""What the content of every fourth list begins with, so that it is stored outside of the row."""


class Lists(Workload):
    name = "append lists"

    def prepare(self, trace: Trace) -> Plan:
        project = trace.db.insert(Project, name="lists", owner_id="lists", updated_at=0)
        plan = {}
        for number in range(_LISTS):
            row = {"name": f"l{number}", "type": "file", "content": "" if number % 4 else _BIG, "updated_at": 0}
            plan[f"l{number}"] = str(trace.db.insert(File, project_id=project, **row))
        return plan

    def step(self, dice: random.Random, plan: Plan) -> Body:
        keys = dice.sample(sorted(plan), dice.randint(1, 4))
        appended = {key: dice.choice((1, 1, 1, 2)) for key in keys if dice.random() < 0.5}

        def body(trace: Trace) -> None:
            for key in keys:
                text = _see(trace, key, plan[key])
                for _ in range(appended.get(key, 0)):
                    token = trace.token()
                    text = f"{text}{token} "
                    trace.db.patch(Id(plan[key]), content=text)
                    trace.wrote(Write(key, token, "append"))

        return body

    def look(self, dice: random.Random, plan: Plan) -> Body:
        key = dice.choice(sorted(plan))
        return lambda trace: _look(trace, key, plan[key])

    def last_looks(self, plan: Plan) -> Iterator[Body]:
        for key, id_ in plan.items():
            yield lambda trace, key=key, id_=id_: _look(trace, key, id_)  # type: ignore[misc]  # mypy and defaults


def _look(trace: Trace, key: str, id_: str) -> None:
    _see(trace, key, id_)


def _see(trace: Trace, key: str, id_: str) -> str:
    row = found(trace.reader, File, id_)
    text = trace.reader.load(row.content)
    trace.read(key, tuple(text.removeprefix(_BIG).split()), row.version)
    return text
