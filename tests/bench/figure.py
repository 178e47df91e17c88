"""One line of the table of benchmarks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.measure import Measurement


@dataclass(frozen=True)
class Figure:
    """A figure beside the least that it could be.

    Attributes:
        kind: what measured it: `warm`, `cold`, `push`, `growth` or `costs`.
        group: the heading under which it is shown.
        name: what was measured.
        measured: the measurement.
        more: what else there is to tell.
    """

    kind: str
    group: str
    name: str
    measured: Measurement
    more: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it with numbers rounded to what they mean."""
        return asdict(self) | {"measured": self.measured.as_json()}

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Figure:
        """Return the figure that `as_json` told of."""
        return cls(**{**told, "measured": Measurement(**told["measured"])})

    def line(self) -> str:
        """Return it for the terminal."""
        m = self.measured
        return (
            f"{self.kind:7}{self.name:44} {m.value:9.2f} {m.unit:6} floor {m.floor:9.2f}   "
            f"ratio {m.ratio:.2f} (spread {m.spread:.2f})   {self.more}"
        )
