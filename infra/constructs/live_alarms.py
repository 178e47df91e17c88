"""What to watch of live queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms import Watched, metric, most, sum_of
from infra.constructs.service_function import Service
from infra.constructs.stream_alarms import stream_alarms
from infra.names import Names

LEAST_SWEEPS: Final = 12
"""Of the 15 slots of five minutes."""


def live_alarms(names: Names, api_id: str, doors: Iterable[Service]) -> Iterator[Watched]:
    """Yield the alarms of the WebSocket API and of the doors that are fed by other sources than HTTP."""
    yield Watched(
        "websocket-errors",
        sum_of(
            metric("AWS/ApiGateway", name, ApiId=api_id, Stage=names.websocket_stage)
            for name in ("IntegrationError", "ExecutionError")
        ),
        5,
        "Messages of clients are not passed on; the logs of the functions behind the WebSocket API say why.",
    )
    missed = metric(names.prefix, "errors", function="audit")
    yield Watched(
        "audit-errors", missed, 1, "A client was not told of a change; the log of session says by which query."
    )
    for door in doors:
        errors = metric("AWS/Lambda", "Errors", FunctionName=names.function(door.name))
        yield Watched(f"{door.name}-errors", errors, 1, f"{door.name} crashed or timed out; its log says where.")
        for source in door.sources:
            kind, _, name = source.partition(":")
            if kind == "queue":
                yield from _of_queue(names, name)
            elif kind == "delay":
                yield from _of_delay_queue(names, name, door)
            elif kind == "stream":
                yield from stream_alarms(names, name, door)


def _of_queue(names: Names, name: str) -> Iterator[Watched]:
    ages = [_of(queue, "ApproximateAgeOfOldestMessage") for queue in names.queues(name)]
    yield Watched(f"{name}-age", most(ages), 60, f"A message waits in {name} for a minute (s) or more.")
    failed = _of(names.failed_messages(name), "ApproximateNumberOfMessagesVisible")
    yield Watched(f"{name}-failed", failed, 1, f"A message of {name} failed every time; the queue has it.")


def _of_delay_queue(names: Names, name: str, door: Service) -> Iterator[Watched]:
    failed = _of(names.failed_delayed(name), "ApproximateNumberOfMessagesVisible")
    yield Watched(f"{name}-failed", failed, 1, f"A message of {name} failed every time; the queue has it.")
    handled = metric("AWS/Lambda", "Invocations", FunctionName=names.function(door.name))
    least = LEAST_SWEEPS * names.stage.sweep_segments
    told = f"{door.name} is not invoked three times a minute, so clients lose their connections; see the clock's log."
    yield Watched(f"{name}-missing", handled, least, told, periods=2, is_least=True)


def _of(queue: str, name: str) -> cloudwatch.Metric:
    return metric("AWS/SQS", name, "Maximum", QueueName=queue)
