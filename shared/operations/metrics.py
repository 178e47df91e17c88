"""What CloudWatch has counted of a stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shared.operations.health import PRICES, of_function

Json = dict[str, Any]
Point = tuple[float, float]
"""A time in ms since the epoch, and a value."""

_LATELY_S: Final = 300
_LATE_S: Final = 120
"""How late metrics are that are taken from a log."""

_MOST_POINTS: Final = 60
"""Of what is asked for every single function, in the time that is looked at."""

_SERVICE: Final = "polaris"
_PERCENTILES: Final = ("p50", "p99")

_WANTED: Final = {
    "calls": ("durationMs", "SampleCount"),
    "errors": ("errors", "Sum"),
    "p50Ms": ("durationMs", "p50"),
    "p99Ms": ("durationMs", "p99"),
    "totalMs": ("durationMs", "Sum"),
}
"""What is told of calls: metric and statistic. Each metric is charged for, so there is none for what another says."""

_OVER_TIME: Final = ("calls", "errors", "p50Ms", "p99Ms")


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
        queries = [self._search(name, "function", *wanted, window_s) for name, wanted in _WANTED.items()]
        queries += [self._of_all(f"all{name}", *_WANTED[name], 60) for name in _OVER_TIME]
        by_function: dict[str, Json] = defaultdict(dict)
        over_time: dict[str, list[Point]] = defaultdict(list)
        until_s = self.now_ms() / 1000
        for found in self._ask(queries, until_s - window_s, until_s):
            if found["Id"].startswith("all"):
                over_time[found["Id"].removeprefix("all")] += _points(found)
            else:
                by_function[found["Label"]][found["Id"]] = combined(found["Id"], found["Values"])
        throttles = self._throttles(until_s - window_s, until_s)
        for name, points in throttles.items():
            path = name.replace("-", ":", 1)
            by_function[path if path in by_function else name]["throttles"] = sum(value for _, value in points)
        over_time["errors"] = with_zeros(over_time["errors"], over_time["calls"])
        over_time["throttles"] = _per_minute(throttles, _period_s(window_s))
        series = [
            {"name": name, "unit": "ms" if name.endswith("Ms") else "count", "points": points}
            for name, points in over_time.items()
        ]
        functions = [
            of_function(path, **{"calls": 0, **told})
            for path, told in sorted(by_function.items())
            if told.get("calls") or told.get("throttles")
        ]
        return {"functions": functions, "series": series, "notes": [PRICES, "CloudWatch is a minute or two late."]}

    def pushes_per_minute(self) -> float:
        """Return how many messages were sent to clients that watch something: lately, as far as CloudWatch knows."""
        until_s = self.now_ms() / 1000 - _LATE_S
        found = self._ask([self._of_all("pushes", "pushes", "Sum", 60)], until_s - _LATELY_S, until_s)
        return sum(sum(part["Values"]) for part in found) / (_LATELY_S / 60)

    def ages_s(self, queues: list[str]) -> dict[str, float]:
        """Return for how long the oldest message has been in each of the queues that CloudWatch knows of lately."""
        if not queues:
            return {}
        stat = {"Period": 60, "Stat": "Maximum"}
        queries = [
            {"Id": f"q{number}", "MetricStat": {"Metric": _age_of(queue), **stat}}
            for number, queue in enumerate(queues)
        ]
        until_s = self.now_ms() / 1000
        found = self._ask(queries, until_s - _LATELY_S, until_s)
        return {queues[int(part["Id"][1:])]: part["Values"][-1] for part in found if part["Values"]}

    def _throttles(self, since_s: float, until_s: float) -> dict[str, list[Point]]:
        """Return how often each Lambda could not be called, by its name and over time."""
        found = f'{{AWS/Lambda,FunctionName}} MetricName="Throttles" {self.namespace.replace("-", " ")}'
        expression = f"SEARCH('{found}', 'Sum', {_period_s(until_s - since_s)})"
        query = {"Id": "throttles", "Expression": expression, "Label": "${PROP('Dim.FunctionName')}"}
        told: dict[str, list[Point]] = defaultdict(list)
        for part in self._ask([query], since_s, until_s):
            name = part["Label"].removeprefix(f"{self.namespace}-")
            if name != part["Label"]:  # the search also finds functions of other stages
                told[name] += _points(part)
        return told

    def _search(self, id_: str, dimension: str, metric: str, statistic: str, period_s: int) -> Json:
        found = f'{{"{self.namespace}",{dimension}}} MetricName="{metric}"'
        expression = f"SEARCH('{found}', '{statistic}', {period_s})"
        return {"Id": id_, "Expression": expression, "Label": f"${{PROP('Dim.{dimension}')}}"}

    def _of_all(self, id_: str, metric: str, statistic: str, period_s: int) -> Json:
        dimensions = [{"Name": "service", "Value": _SERVICE}]
        named = {"Namespace": self.namespace, "MetricName": metric, "Dimensions": dimensions}
        return {"Id": id_, "MetricStat": {"Metric": named, "Period": period_s, "Stat": statistic}}

    def _ask(self, queries: list[Json], since_s: float, until_s: float) -> list[Json]:
        request = {
            "MetricDataQueries": queries,
            "StartTime": datetime.fromtimestamp(since_s, UTC),
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


def with_zeros(points: list[Point], others: list[Point]) -> list[Point]:
    """Return points, and 0 for the times of others at which there are none: what does not happen is not written."""
    return sorted((dict.fromkeys((at_ms for at_ms, _ in others), 0.0) | dict(points)).items())


def combined(name: str, values: list[float]) -> float:
    """Return one number for a time that CloudWatch has cut in two: of percentiles the larger, else the sum."""
    return max(values, default=0.0) if name in {f"{percentile}Ms" for percentile in _PERCENTILES} else sum(values)


def _age_of(queue: str) -> Json:
    dimensions = [{"Name": "QueueName", "Value": queue}]
    return {"Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage", "Dimensions": dimensions}


def _points(found: Json) -> list[Point]:
    times = (at.timestamp() * 1000 for at in found["Timestamps"])
    return list(zip(times, found["Values"], strict=True))


def _period_s(window_s: float) -> int:
    return max(60, int(window_s / _MOST_POINTS / 60) * 60)


def _per_minute(by_name: dict[str, list[Point]], period_s: int) -> list[Point]:
    """Add up what has been counted by name."""
    at: dict[float, float] = defaultdict(float)
    for points in by_name.values():
        for at_ms, value in points:
            at[at_ms] += value * 60 / period_s
    return sorted(at.items())
