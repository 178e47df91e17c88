"""What each function costs in DynamoDB beside the least that its promises cost, and why that is the least.

The costs are those that `tests/functions/test_costs.py` compares with every run of the tests; the least is stated in
`least.json`, and its reasons with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.bench.figure import Figure
from tests.bench.measure import exact
from tests.functions.test_costs import EXPECTED

LEAST: Final = Path(__file__).with_name("least.json")


def least() -> dict[str, dict[str, Any]]:
    """Return the least of each call in `costs.json`, by its name: `depth`, `reads`, `writes` and `why`."""
    return {call: group for group in json.loads(LEAST.read_text()) for call in group["calls"]}


def costs() -> dict[str, dict[str, float]]:
    """Return what each call costs, by its name."""
    told: dict[str, dict[str, float]] = json.loads(EXPECTED.read_text())
    return told


def units_of(cost: dict[str, float]) -> float:
    """Return the read and write units of a call together."""
    return sum(cost.get(kind, 0) for kind in ("readUnits", "writeUnits", "indexUnits"))


def costs_figures() -> Iterator[Figure]:
    """Compare the costs with the least."""
    known = least()
    for call, cost in costs().items():
        if call in known:
            group = known[call]
            units = exact(units_of(cost), "units", group["reads"] + group["writes"])
            yield Figure("costs", "Units of capacity", call, units, group["why"])
            trips = exact(cost.get("depth", 0), "trips", group["depth"])
            yield Figure("costs", "Round trips", call, trips, group["why"])
