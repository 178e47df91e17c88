"""Write skew: of two on call one may leave, if the other stays."""

from __future__ import annotations

import random
from collections.abc import Iterator

from shared.schema.document import Id
from shared.schema.tables import Conversation, Project
from tests.isolation.history import Operation, Write
from tests.isolation.trace import Trace
from tests.isolation.workloads.workload import Body, Plan, Workload, add_register, found

_PAIRS = 4


class Skew(Workload):
    """Somebody is on call while `updated_at` of their document is 0."""

    name = "write skew"

    def prepare(self, trace: Trace) -> Plan:
        project = trace.db.insert(Project, name="skew", owner_id="skew", updated_at=0)
        keys = [f"p{number}{side}" for number in range(_PAIRS) for side in "ab"]
        return {key: add_register(trace, key, project) for key in keys}

    def step(self, dice: random.Random, plan: Plan) -> Body:
        number, (mine, other) = dice.randrange(_PAIRS), dice.sample("ab", 2)
        own, their = f"p{number}{mine}", f"p{number}{other}"
        leaves = dice.random() < 0.6

        def body(trace: Trace) -> None:
            if leaves and _is_away(trace, their, plan):
                trace.facts["away"] = 1 + _is_away(trace, own, plan)
                trace.refuse()
            _is_away(trace, own, plan)
            token = trace.token()
            trace.db.patch(Id(plan[own]), title=token, updated_at=float(leaves))
            trace.wrote(Write(own, token))

        return body

    def look(self, dice: random.Random, plan: Plan) -> Body:
        key = dice.choice(sorted(plan))
        return lambda trace: _look(trace, key, plan)

    def last_looks(self, plan: Plan) -> Iterator[Body]:
        for key in plan:
            yield lambda trace, key=key: _look(trace, key, plan)  # type: ignore[misc]  # mypy and defaults

    def wrong(self, operation: Operation, plan: Plan) -> str | None:
        return f"{operation.id} found nobody on call" if operation.facts.get("away") == 2 else None


def _look(trace: Trace, key: str, plan: Plan) -> None:
    _is_away(trace, key, plan)


def _is_away(trace: Trace, key: str, plan: Plan) -> bool:
    row = found(trace.reader, Conversation, plan[key])
    trace.read(key, row.title, row.version)
    return bool(row.updated_at)
