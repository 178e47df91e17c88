"""What usages cost, of a model at some prices."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from tests.capacity.behaviour import scaled
from tests.capacity.month import Model
from tests.capacity.prices import Prices
from tests.capacity.usage import Usage, total

SIZES: Final = (100, 10_000, 1_000_000)
SHOWN: Final = 10_000
"""For how many users things are shown in detail."""
MILLION: Final = 1e6


class Bills:
    """The bills of a model at some prices."""

    def __init__(self, model: Model, prices: Prices) -> None:
        self.model, self.prices = model, prices

    def million(self, usage: Usage) -> float:
        """Return what a million of something costs, without traces: how many there are depends on how dense it is."""
        return self.prices.usd(self.model._replace(traced=()).charged(usage * MILLION))

    def whole(self, users: float) -> Usage:
        """Return all that so many users take in a month."""
        return total(self.model.month(users).values())

    def month(self, users: float) -> dict[str, float]:
        """Return what so many users cost in a month, by service; the model's tokens are left out."""
        return self.prices.bill(self.whole(users))

    @cached_property
    def shown(self) -> Usage:
        """All that `SHOWN` users take in a month."""
        return self.whole(SHOWN)

    def changed(self, section: str, name: str, factor: float) -> float:
        """Return how much more `SHOWN` users cost when an assumption is multiplied, as a share."""
        other = self.model._replace(behaviour=scaled(self.model.behaviour, section, name, factor))
        return self.prices.usd(Bills(other, self.prices).shown) / self.prices.usd(self.shown) - 1

    def of_unit(self, unit: str) -> float:
        """Return what a unit costs `SHOWN` users in a month."""
        return self.prices.usd(Usage({unit: self.shown[unit]}))
