"""What is used of AWS, in the units that AWS charges for: `Usage.of(write_unit=6, lambda_call=1) * 30`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Usage:
    """Amounts by unit; the units' names are those of `prices.toml`."""

    amounts: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, **amounts: float) -> Usage:
        """Return these amounts."""
        return cls(amounts)

    def __getitem__(self, unit: str) -> float:
        """Return the amount of a unit."""
        return self.amounts.get(unit, 0.0)

    def __iter__(self) -> Iterator[str]:
        """Yield the units."""
        return iter(self.amounts)

    def __add__(self, other: Usage) -> Usage:
        """Return both together."""
        return Usage(
            {unit: self[unit] + other[unit] for unit in (*self, *(u for u in other if u not in self.amounts))}
        )

    def __mul__(self, times: float) -> Usage:
        """Return it so many times."""
        return Usage({unit: amount * times for unit, amount in self.amounts.items()})


def total(usages: Iterable[Usage]) -> Usage:
    """Return all together."""
    whole = Usage()
    for usage in usages:
        whole += usage
    return whole
