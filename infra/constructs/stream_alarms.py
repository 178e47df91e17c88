"""What to watch of a door behind a table's stream."""

from __future__ import annotations

from collections.abc import Iterator

from infra.constructs.alarms import Watched, metric
from infra.constructs.service_function import Service
from infra.names import Names


def stream_alarms(names: Names, table: str, door: Service) -> Iterator[Watched]:
    """Yield the alarms of the stream of `table`, which feeds `door`."""
    age = metric("AWS/Lambda", "IteratorAge", "Maximum", FunctionName=names.function(door.name))
    yield Watched(f"{table}-stream-age", age, 60_000, f"{door.name} learns of changes in {table} a minute (ms) late.")
    queue = names.failed_changes(table)
    failed = metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName=queue)
    yield Watched(f"{table}-stream-failed", failed, 1, f"Changes in {table} were given up; the queue says which.")
