"""A small load with live connections: everything happens exactly once, and everybody is told."""

from __future__ import annotations

import asyncio

from tests.e2e.dev_server import DevServer
from tests.load.options import Options
from tests.load.running import loaded

SMALL = Options(connections=8, seconds=8, rates_per_s=(3,), drivers=1, seed=65)
"""Some two dozen operations of all kinds."""


def test_under_a_small_load_everything_happens_once_and_all_views_agree_in_the_end(
    dev_server: DevServer,
) -> None:
    print(f"seed {SMALL.seed}")
    load = asyncio.run(loaded(dev_server, SMALL))
    assert load.faults == []
    assert {one.outcome for one in load.records.operations} <= {"ok", "replaced"}
    assert len(load.records.opened) == SMALL.connections
    assert {one.kind for one in load.records.operations} >= {"list", "open", "save", "create", "send"}
