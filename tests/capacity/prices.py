"""AWS's prices, read from `prices.toml`, and what a usage costs by them."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import date
from math import inf
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.capacity.usage import Usage

FILE: Final = Path(__file__).with_name("prices.toml")


class Price(NamedTuple):
    """What a unit costs.

    Attributes:
        service: as the bill calls it.
        unit: what it is one of.
        tiers: (USD for one, up to so many a month), from the first unit to infinity.
        checked: how it was looked up.
        source: where it can be looked up.
    """

    service: str
    unit: str
    tiers: tuple[tuple[float, float], ...]
    checked: str
    source: str

    def usd(self, amount: float) -> float:
        """Return what an amount costs in a month."""
        cost, from_ = 0.0, 0.0
        for usd, up_to in self.tiers:
            cost += usd * max(0.0, min(amount, up_to) - from_)
            from_ = up_to
        return cost


class Prices(NamedTuple):
    """The prices of a region on a day, by unit."""

    region: str
    date: date
    of: dict[str, Price]

    def usd(self, usage: Usage) -> float:
        """Return what a month's usage costs."""
        return sum(self.bill(usage).values())

    def bill(self, usage: Usage) -> dict[str, float]:
        """Return what a month's usage costs, by service.

        Raises:
            KeyError: a unit has no price.
        """
        lines: dict[str, float] = defaultdict(float)
        for unit in usage:
            price = self.of[unit]
            lines[price.service] += price.usd(usage[unit])
        return dict(lines)


def read_prices(path: Path = FILE) -> Prices:
    """Read the prices."""
    told = tomllib.loads(path.read_text())
    region, day = told.pop("region"), told.pop("date")
    return Prices(region, day, {unit: _price(entry) for unit, entry in told.items()})


def _price(entry: dict[str, Any]) -> Price:
    usd = entry["usd"] if isinstance(entry["usd"], list) else [[entry["usd"], inf]]
    tiers = tuple((float(each), float(up_to)) for each, up_to in usd)
    return Price(entry["service"], entry["unit"], tiers, entry["checked"], entry["source"])
