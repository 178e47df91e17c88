"""A bank: transfers between accounts, whose total stays what it was; nobody owes anything."""

from __future__ import annotations

import random
from collections.abc import Iterator

from shared.schema.document import Id
from shared.schema.tables import User
from tests.isolation.history import Operation, Write
from tests.isolation.trace import Trace
from tests.isolation.workloads.workload import Body, Plan, Workload

_ACCOUNTS = 6
_EACH = 10


class Bank(Workload):
    """An account is a user: the balance its limit, the last token its address."""

    name = "bank"

    def prepare(self, trace: Trace) -> Plan:
        plan = {}
        for number in range(_ACCOUNTS):
            key, token = f"a{number}", trace.token()
            row = {"stack_user_id": key, "email": token, "project_limit": _EACH, "created_at": 0, "updated_at": 0}
            plan[key] = str(trace.db.insert(User, **row))
            trace.wrote(Write(key, token))
        return plan

    def step(self, dice: random.Random, plan: Plan) -> Body:
        payer, payee = dice.sample(sorted(plan), 2)
        amount = dice.randint(1, 8)
        if dice.random() < 0.15:
            return lambda trace: _audit(trace, sorted(plan))

        def transfer(trace: Trace) -> None:
            has, gets = _see(trace, payer), _see(trace, payee)
            if has.project_limit < amount:
                trace.refuse()
            for account, change in ((has, -amount), (gets, amount)):
                token = trace.token()
                trace.db.patch(Id(account.id), project_limit=account.project_limit + change, email=token)
                trace.wrote(Write(account.stack_user_id, token))

        return transfer

    def look(self, dice: random.Random, plan: Plan) -> Body:
        key = dice.choice(sorted(plan))
        return lambda trace: _look(trace, key)

    def last_looks(self, plan: Plan) -> Iterator[Body]:
        for key in plan:
            yield lambda trace, key=key: _look(trace, key)  # type: ignore[misc]  # mypy and defaults

    def wrong(self, operation: Operation, plan: Plan) -> str | None:
        if operation.facts.get("total", _ACCOUNTS * _EACH) != _ACCOUNTS * _EACH:
            return f"{operation.id} counted {operation.facts['total']} in all, not {_ACCOUNTS * _EACH}"
        if any(balance < 0 for name, balance in operation.facts.items() if name != "total"):
            return f"{operation.id} saw a balance below zero: {operation.facts}"
        return None


def _see(trace: Trace, key: str) -> User:
    user = trace.reader.lookup(User.by_stack_user, stack_user_id=key)
    assert user is not None, f"{key} is gone"
    trace.read(key, user.email, user.version)
    trace.facts[key] = user.project_limit
    return user


def _look(trace: Trace, key: str) -> None:
    _see(trace, key)


def _audit(trace: Trace, keys: list[str]) -> None:
    trace.facts["total"] = sum(_see(trace, key).project_limit for key in keys)
