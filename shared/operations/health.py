"""How functions fare: from CloudWatch's metrics, or counted from the lines of a log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shared.operations.log_lines import LogLine

Json = dict[str, Any]

GB_SECOND_USD: Final = 0.0000133334
CALL_USD: Final = 0.0000002
MEMORY_GB: Final = 0.5
"""List prices of Lambda on arm64 in us-east-1, and the memory that functions have unless they say otherwise."""

PRICES: Final = "Costs are of Lambda alone, at list prices of us-east-1: no database, no storage, no data sent."

_SERVICE: Final = "polaris"
_PERCENTILES: Final = ("p50", "p99")


@dataclass(frozen=True)
class Metrics:
    """The metrics of a stage's functions in CloudWatch, a minute or two late.

    Attributes:
        client: a botocore client of CloudWatch.
        namespace: of the stage's metrics.
        now_ms: returns the time in ms since the epoch.
    """

    client: Any
    namespace: str
    now_ms: Callable[[], float]

    def health(self, minutes: int) -> Json:
        """Return what became of all calls of the last minutes."""
        window_s = minutes * 60
        wanted = {"calls": "Sum", "errors": "Sum", "p50Ms": "p50", "p99Ms": "p99", "totalMs": "Sum"}
        names = {name: name if name in ("calls", "errors") else "durationMs" for name in wanted}
        queries = [
            self._search(name, "function", names[name], statistic, window_s) for name, statistic in wanted.items()
        ]
        queries += [
            self._of_all(f"all{name}", names[name], statistic, 60)
            for name, statistic in wanted.items()
            if name != "totalMs"
        ]
        by_function: dict[str, Json] = defaultdict(dict)
        series = []
        for found in self._ask(queries, window_s):
            if found["Id"].startswith("all"):
                name = found["Id"].removeprefix("all")
                points = [[at.timestamp() * 1000, value] for at, value in _pairs(found)]
                series.append({"name": name, "unit": "ms" if name.endswith("Ms") else "count", "points": points})
            else:
                by_function[found["Label"]][found["Id"]] = combined(found["Id"], found["Values"])
        functions = [_of_function(path, **told) for path, told in sorted(by_function.items()) if told.get("calls")]
        return {"functions": functions, "series": series, "notes": [PRICES, "CloudWatch is a minute or two late."]}

    def _search(self, id_: str, dimension: str, metric: str, statistic: str, period_s: int) -> Json:
        found = f'{{"{self.namespace}",{dimension}}} MetricName="{metric}"'
        expression = f"SEARCH('{found}', '{statistic}', {period_s})"
        return {"Id": id_, "Expression": expression, "Label": f"${{PROP('Dim.{dimension}')}}"}

    def _of_all(self, id_: str, metric: str, statistic: str, period_s: int) -> Json:
        dimensions = [{"Name": "service", "Value": _SERVICE}]
        named = {"Namespace": self.namespace, "MetricName": metric, "Dimensions": dimensions}
        return {"Id": id_, "MetricStat": {"Metric": named, "Period": period_s, "Stat": statistic}}

    def _ask(self, queries: list[Json], window_s: int) -> list[Json]:
        until_s = self.now_ms() / 1000
        request = {
            "MetricDataQueries": queries,
            "StartTime": datetime.fromtimestamp(until_s - window_s, UTC),
            "EndTime": datetime.fromtimestamp(until_s, UTC),
            "ScanBy": "TimestampAscending",
        }
        found: list[Json] = []
        start: dict[str, str] = {}
        while True:
            answer = self.client.get_metric_data(**request, **start)
            found += answer["MetricDataResults"]
            if not answer.get("NextToken"):
                return found
            start = {"NextToken": answer["NextToken"]}


def combined(name: str, values: list[float]) -> float:
    """Return one number for a time that CloudWatch has cut in two: of percentiles the larger, else the sum."""
    return max(values, default=0.0) if name in {f"{percentile}Ms" for percentile in _PERCENTILES} else sum(values)


def health_of(lines: Iterable[LogLine], minutes: int, until_ms: float) -> Json:
    """Return what became of the calls of the last minutes that a log tells of."""
    since_ms = until_ms - minutes * 60_000
    calls = [line for line in lines if line.is_call and line.at_ms >= since_ms]
    by_function, by_minute = defaultdict(list), defaultdict(list)
    for line in calls:
        by_function[line.function].append(line)
        by_minute[line.at_ms // 60_000 * 60_000].append(line)
    functions = [
        _of_function(path, **_numbers(found), totalMs=sum(line.duration_ms for line in found))
        for path, found in sorted(by_function.items())
    ]
    numbers = {at_ms: _numbers(found) for at_ms, found in sorted(by_minute.items())}
    series = [
        {
            "name": name,
            "unit": "ms" if name.endswith("Ms") else "count",
            "points": [[at_ms, told[name]] for at_ms, told in numbers.items()],
        }
        for name in ("calls", "errors", "p50Ms", "p99Ms")
    ]
    notes = [PRICES, "This is the local cloud: counted from the log of this run, and nothing of it is charged."]
    return {"functions": functions, "series": series, "notes": notes}


def _numbers(lines: list[LogLine]) -> dict[str, float]:
    durations = sorted(line.duration_ms for line in lines)

    def at(percentile: int) -> float:
        return durations[min(len(durations) - 1, len(durations) * percentile // 100)]

    errors = sum(line.failed for line in lines)
    return {"calls": len(lines), "errors": errors, "p50Ms": at(50), "p99Ms": at(99)}


def _of_function(path: str, *, calls: float, totalMs: float = 0.0, **told: float) -> Json:  # noqa: N803 - a name on the wire
    cost_usd = calls * CALL_USD + totalMs / 1000 * MEMORY_GB * GB_SECOND_USD
    return {"path": path, "calls": calls, "errors": 0, "p50Ms": 0, "p99Ms": 0, **told, "costUsd": cost_usd}


def _pairs(found: Json) -> Iterable[tuple[datetime, float]]:
    return zip(found["Timestamps"], found["Values"], strict=True)
