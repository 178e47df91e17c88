"""The work that a change causes: it grows with the subscriptions that it affects, and not with all others."""

from __future__ import annotations

import pytest

from shared.db.marshal import from_item
from shared.push.subscriptions import Subscriptions
from shared.sync.commits import announce
from tests.support.counting_engine import Cost, CountingEngine
from tests.sync.live import Live, add, authenticate, connect, modify, told_over_http

EXPIRES_AT_S = 2**33


def cost_of_a_change(*, affected: int = 1, unrelated: int = 10) -> Cost:
    """Return what it costs to tell everybody of one change, and to bring those up to date whom it affects."""
    engine = CountingEngine()
    live = Live(engine)
    subscriptions = Subscriptions(live.store)
    for number in range(unrelated):
        subscriptions.put(f"unrelated-{number}", [f'projects.by_owner/["somebody-{number}"]'], EXPIRES_AT_S, gen=1)
    sockets = [live.socket() for _ in range(affected)]
    for socket in sockets:
        socket.send(connect(session=socket.id), authenticate("ada"), modify(0, add(0, "projects:get")))
    caller = told_over_http(live, "ada")
    caller.call("projects:create", name="Apollo")
    live.run()
    live.store.clock.sleep(600)
    engine.reset()
    caller.call("projects:create", name="Gemini")
    newest = max(engine.inner.tables["commits"].values(), key=lambda row: row["commit"])
    announce({"Records": [{"eventName": "INSERT", "dynamodb": {"NewImage": from_item(newest)}}]}, live.environment)
    live.run()
    for socket in sockets:
        socket.receive()
        assert {project["name"] for project in socket.results[0]} == {"Apollo", "Gemini"}
    return engine.cost


@pytest.mark.parametrize("unrelated", [1_000, 10_000])
def test_unrelated_subscriptions_cost_a_change_nothing(unrelated: int) -> None:
    assert cost_of_a_change(unrelated=unrelated) == cost_of_a_change(unrelated=10)


def test_each_affected_subscription_costs_the_same() -> None:
    calls = [cost_of_a_change(affected=affected).calls for affected in (1, 11, 21)]
    assert calls[2] - calls[1] == calls[1] - calls[0] > 0
