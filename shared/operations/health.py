"""How functions fare, counted from the lines of a log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from shared.operations.log_lines import LogLine

Json = dict[str, Any]

GB_SECOND_USD: Final = 0.0000133334
CALL_USD: Final = 0.0000002
MEMORY_GB: Final = 0.5
"""List prices of Lambda on arm64 in us-east-1, and the memory that functions have unless they say otherwise."""

PRICES: Final = "Costs are of Lambda alone, at list prices of us-east-1: no database, no storage, no data sent."


def pushes_of(lines: Iterable[LogLine], until_ms: float) -> float:
    """Return how many messages a log tells of that were sent in the last minute to clients that watch something."""
    return sum(line.pushes for line in lines if line.at_ms >= until_ms - 60_000)


def health_of(lines: Iterable[LogLine], minutes: int, until_ms: float) -> Json:
    """Return what became of the calls of the last minutes that a log tells of."""
    since_ms = until_ms - minutes * 60_000
    calls = [line for line in lines if line.is_call and line.at_ms >= since_ms]
    by_function, by_minute = defaultdict(list), defaultdict(list)
    for line in calls:
        by_function[line.function].append(line)
        by_minute[line.at_ms // 60_000 * 60_000].append(line)
    functions = [
        of_function(path, **_numbers(found), totalMs=sum(line.duration_ms for line in found))
        for path, found in sorted(by_function.items())
    ]
    numbers = {at_ms: _numbers(found) for at_ms, found in sorted(by_minute.items())}
    series = [
        {
            "name": name,
            "unit": "ms" if name.endswith("Ms") else "count",
            "points": [[at_ms, told[name]] for at_ms, told in numbers.items()],
        }
        for name in ("calls", "errors", "p50Ms", "p99Ms", "throttles")
    ]
    notes = [
        PRICES,
        "This is the local cloud: counted from the log of this run; nothing is throttled, and nothing charged.",
    ]
    return {"functions": functions, "series": series, "notes": notes}


def _numbers(lines: list[LogLine]) -> dict[str, float]:
    durations = sorted(line.duration_ms for line in lines)

    def at(percentile: int) -> float:
        return durations[min(len(durations) - 1, len(durations) * percentile // 100)]

    errors = sum(line.failed for line in lines)
    return {"calls": len(lines), "errors": errors, "throttles": 0, "p50Ms": at(50), "p99Ms": at(99)}


def of_function(path: str, *, calls: float, totalMs: float = 0.0, **told: float) -> Json:  # noqa: N803 - a wire name
    """Return what is told of a function that was called so often and took so long."""
    cost_usd = calls * CALL_USD + totalMs / 1000 * MEMORY_GB * GB_SECOND_USD
    nothing = {"errors": 0, "throttles": 0, "p50Ms": 0, "p99Ms": 0}
    return {"path": path, "calls": calls, **nothing, **told, "costUsd": cost_usd}
