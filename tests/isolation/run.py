"""One run: recorded, judged, and what is wrong made short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.faults.presets import PRESETS
from tests.isolation.anomalies import check
from tests.isolation.minimise import minimal
from tests.isolation.recorder import Recording, Stage
from tests.isolation.workloads import WORKLOADS

_MOST_TOLD = 5


@dataclass
class Verdict:
    """What is known of a run.

    Attributes:
        acknowledged: how many mutations were answered by a value or a refusal.
        failed: how many were told to have failed.
        unknown: how many were not answered.
        looks: how many queries were answered.
        struck: how often each fault happened.
        violations: what is wrong, each with a short history that shows it.
    """

    acknowledged: int = 0
    failed: int = 0
    unknown: int = 0
    looks: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"{self.acknowledged} acknowledged, {self.failed} failed, {self.unknown} unknown, {self.looks} looks,"
            f" {sum(self.struck.values())} faults, {len(self.violations)} violations"
        )


def run(stage: Stage, workload: str, faults: str, seed: int, seconds: float, without: str = "") -> Verdict:
    """Run a workload under some faults, and judge what was recorded; the arguments are those of `Stage.record`."""
    recording = stage.record(workload, PRESETS[faults], seed, seconds, without)
    mutations = [operation for operation in recording.history if operation.mutates]
    outcomes = Counter(operation.outcome for operation in mutations)
    looks = len(recording.history) - len(mutations)
    violations = [*_violations(recording, workload)]
    return Verdict(outcomes["ok"], outcomes["fail"], outcomes["unknown"], looks, recording.struck, violations)


def _violations(recording: Recording, workload: str) -> Iterator[str]:
    history, plan, judge = recording.history, recording.plan, WORKLOADS[workload]
    yield from recording.oddities
    yield from judge.wrong_in_the_end(history, plan)
    for operation in history:
        told = judge.wrong(operation, plan) if operation.has_happened else None
        if told:
            yield f"{told}\n    {operation}"
    for number, anomaly in enumerate(check(history)):
        shown = minimal(history, anomaly) if number < _MOST_TOLD else []
        yield "\n    ".join([f"{anomaly.kind}: {anomaly.why}", *map(str, shown)])
    yield from recording.audit
