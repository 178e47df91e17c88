"""Registers: transactions that read some documents and write some, a few in two steps, a few by touch alone."""

from __future__ import annotations

import random
from collections.abc import Iterator

from shared.schema.document import Id
from shared.schema.tables import Conversation, Project
from tests.isolation.trace import Trace
from tests.isolation.workloads.workload import (
    Body,
    Plan,
    Workload,
    add_register,
    found,
    see_register,
    set_register,
)

_REGISTERS = 8


class Registers(Workload):
    name = "registers"

    def prepare(self, trace: Trace) -> Plan:
        project = trace.db.insert(Project, name="registers", owner_id="registers", updated_at=0)
        return {f"r{number}": add_register(trace, f"r{number}", project) for number in range(_REGISTERS)}

    def step(self, dice: random.Random, plan: Plan) -> Body:
        keys = dice.sample(sorted(plan), dice.randint(1, 4))
        written = [key for key in keys if dice.random() < 0.5]
        twice = dice.random() < 0.1
        touched = dice.choice(sorted(plan)) if dice.random() < 0.2 else None

        def body(trace: Trace) -> None:
            for key in keys:
                see_register(trace, key, plan[key])
                if key in written:
                    set_register(trace, key, plan[key])
                    if twice:
                        set_register(trace, key, plan[key])
                        see_register_again(trace, key, plan[key])
            if touched is not None and touched not in keys:
                row = trace.db.get(Conversation, Id(plan[touched]), depends_on=("project_id",))
                assert row is not None
                trace.db.touch(row, updated_at=dice.random())

        return body

    def look(self, dice: random.Random, plan: Plan) -> Body:
        key = dice.choice(sorted(plan))
        return lambda trace: see_register(trace, key, plan[key])

    def last_looks(self, plan: Plan) -> Iterator[Body]:
        for key, id_ in plan.items():
            yield lambda trace, key=key, id_=id_: see_register(trace, key, id_)  # type: ignore[misc]  # mypy and defaults


def see_register_again(trace: Trace, key: str, id_: str) -> None:
    """Read a register that this transaction has written; its version is not its own yet."""
    trace.read(key, found(trace.db, Conversation, id_).title)
