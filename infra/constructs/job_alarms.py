"""What to watch of jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from infra.constructs.alarms import Watched, metric, sum_of
from infra.constructs.service_function import Service
from infra.constructs.stream_alarms import stream_alarms
from infra.names import Names

FAILED_JOBS: Final = 5
"""Some jobs fail for what their owners ask for, such as a repository that is not there."""


def job_alarms(names: Names, machines: Collection[str], doors: Iterable[Service]) -> Iterator[Watched]:
    """Yield the alarms of state machines, and of the doors that start and watch them."""
    for name, told, threshold in (
        ("ExecutionsFailed", "Jobs fail; the executions in Step Functions say where.", FAILED_JOBS),
        ("ExecutionsTimedOut", "A job took longer than it may; its execution says which state.", 1),
    ):
        metrics = [metric("AWS/States", name, StateMachineArn=names.machine_arn(machine)) for machine in machines]
        yield Watched(f"jobs-{name.removeprefix('Executions').lower()}", sum_of(metrics), threshold, told)
    for door in doors:
        for source in door.sources:
            kind, _, name = source.partition(":")
            if kind == "stream":
                yield from stream_alarms(names, name, door)
            if kind in {"schedule", "executions"}:
                errors = metric("AWS/Lambda", "Errors", FunctionName=names.function(door.name))
                yield Watched(
                    f"{door.name}-errors", errors, 1, f"{door.name} crashed or timed out; its log says where."
                )
