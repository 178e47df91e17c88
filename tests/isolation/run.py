"""One run: recorded, judged, and what is wrong made short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.faults.presets import PRESETS
from tests.isolation.anomalies import check
from tests.isolation.minimise import minimal
from tests.isolation.recorder import Recording, Stage
from tests.isolation.verdict import Verdict
from tests.isolation.workloads import WORKLOADS

_MOST_TOLD = 5


def run(stage: Stage, workload: str, faults: str, seed: int, seconds: float, without: str = "") -> Verdict:
    """Run a workload under some faults, and judge what was recorded; the arguments are those of `Stage.record`."""
    recording = stage.record(workload, PRESETS[faults], seed, seconds, without)
    mutations = [operation for operation in recording.history if operation.mutates]
    outcomes = Counter(operation.outcome for operation in mutations)
    looks = len(recording.history) - len(mutations)
    verdict = Verdict(outcomes["ok"], outcomes["fail"], outcomes["unknown"], looks, recording.struck)
    verdict.blame("I2", recording.oddities)
    verdict.blame("I8", recording.audit)
    verdict.blame("S", _broken_promises(recording, workload))
    for kind, told in _anomalies(recording):
        verdict.blame("I1" if kind == "stale listing" or kind.endswith("realtime") else "S", [told])
    return verdict


def _broken_promises(recording: Recording, workload: str) -> Iterator[str]:
    history, plan, judge = recording.history, recording.plan, WORKLOADS[workload]
    yield from judge.wrong_in_the_end(history, plan)
    for operation in history:
        told = judge.wrong(operation, plan) if operation.has_happened else None
        if told:
            yield f"{told}\n    {operation}"


def _anomalies(recording: Recording) -> Iterator[tuple[str, str]]:
    history = recording.history
    for number, anomaly in enumerate(check(history)):
        shown = minimal(history, anomaly) if number < _MOST_TOLD else []
        yield anomaly.kind, "\n    ".join([f"{anomaly.kind}: {anomaly.why}", *map(str, shown)])
