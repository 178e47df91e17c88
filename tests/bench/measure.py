"""Fair timing: a subject and its floor in turn, so that both meet the same machine; medians and quartiles."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measurement:
    """One figure.

    Attributes:
        value: median of the subject, in `unit`.
        unit: of value and floor.
        floor: median of the least that could do the same.
        ratio: median of the pairwise ratios.
        spread: distance of the ratios' quartiles.
    """

    value: float
    unit: str
    floor: float
    ratio: float
    spread: float

    def as_json(self) -> dict[str, float | str]:
        """Return it with figures rounded to what they mean."""
        return {name: round(v, 4) if isinstance(v, float) else v for name, v in asdict(self).items()}


def compare(subject: Callable[[], object], floor: Callable[[], object], *, rounds: int, warm_up: int) -> Measurement:
    """Time both `rounds` times in turn, after `warm_up` rounds that do not count; in milliseconds."""
    pairs = [(_timed_ms(subject), _timed_ms(floor)) for _ in range(warm_up + rounds)][warm_up:]
    return of_pairs(pairs, "ms")


def of_pairs(pairs: Sequence[tuple[float, float]], unit: str) -> Measurement:
    """Return the figure of a subject and its floor that were measured in turn."""
    ratios = [one / other for one, other in pairs]
    quartiles = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
    return Measurement(
        value=statistics.median(one for one, _ in pairs),
        unit=unit,
        floor=statistics.median(other for _, other in pairs),
        ratio=statistics.median(ratios),
        spread=quartiles[2] - quartiles[0],
    )


def exact(value: float, unit: str, floor: float) -> Measurement:
    """Return a figure that was counted; nothing beside nothing is as little as can be."""
    ratio = value / floor if floor else 1.0 if value == floor else float("inf")
    return Measurement(float(value), unit, float(floor), ratio, 0.0)


def _timed_ms(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000
