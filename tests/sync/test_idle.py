"""What idle connections cost, per 1,000 and minute; `docs/realtime.md` states these numbers."""

from __future__ import annotations

import pytest

from shared.sync.ordering import Family
from tests.sync.idle import IdleCost, idle_cost


@pytest.mark.parametrize(("family", "pings", "read_units"), [("js", 1500, 124), ("other", 3000, 142)])
def test_a_thousand_idle_connections_cost_what_is_documented(family: Family, pings: int, read_units: int) -> None:
    cost = idle_cost(family, minutes=10)
    assert (cost.pings, cost.reads, cost.read_units, cost.writes) == (pings, 39, read_units, 0)
    assert cost.delayed == 3
    assert cost.told == pytest.approx(1000 / 60, rel=0.1)
    assert cost.invocations == 4 + cost.told


def test_nobody_at_all_costs_a_few_empty_queries() -> None:
    assert idle_cost("js", connections=0, minutes=10) == IdleCost(
        pings=0, reads=36, read_units=18, writes=0, delayed=3, told=0, invocations=4
    )
