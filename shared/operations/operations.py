"""All that a deployment tells of itself, made when it is first asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from shared import aws
from shared.operations.changes import Changes
from shared.operations.health import health_of, pushes_of
from shared.operations.log_lines import LogLine, Wanted
from shared.operations.logs import CloudWatchLogs, FileLogs, Logs
from shared.operations.machines import Machines
from shared.operations.metrics import Metrics
from shared.operations.queues import Queues
from shared.schema.document import DOCUMENTS
from shared.settings import Settings

Json = dict[str, Any]

LOG_VARIABLE: Final = "POLARIS_FUNCTIONS_LOG"
"""Where functions of the local cloud log; deployed ones log to CloudWatch."""

_MOST_LINES: Final = 1_000_000
_PATIENCE_S: Final = 20.0
_SPARE_MS: Final = 5_000.0
"""A redrive takes no further messages so long before its time is up."""


def _now_ms() -> float:
    return time.time() * 1000


class Operations:
    """The operators' side of a deployment.

    Args:
        settings: the deployment's.
        machines: ARN of its state machines without their names.
        log_file: where its functions log, if not to CloudWatch.
        client: returns a botocore client of a service.
        now_ms: returns the time in ms since the epoch.
    """

    def __init__(
        self,
        settings: Settings,
        machines: str,
        log_file: Path | None = None,
        client: Callable[..., Any] = aws.client,
        now_ms: Callable[[], float] = _now_ms,
    ) -> None:
        self._settings = settings
        self._machines = machines
        self._log_file = log_file
        self._client = client
        self._now_ms = now_ms

    @cached_property
    def logs(self) -> Logs:
        """What functions have logged."""
        if self._log_file is not None:
            return FileLogs(self._log_file)
        return CloudWatchLogs(self._client("logs"), f"/aws/lambda/{self._settings.table_prefix}", self._now_ms)

    @cached_property
    def machines(self) -> Machines:
        """The state machines."""
        return Machines(self._client("stepfunctions"), self._machines)

    @cached_property
    def queues(self) -> Queues:
        """The queues."""
        return Queues(self._client("sqs"), self._settings.table_prefix)

    def health(self, minutes: int) -> Json:
        """Return how functions fared in the last minutes."""
        lines = self._logged()
        return self._metrics.health(minutes) if lines is None else health_of(lines, minutes, self._now_ms())

    def pushes_per_minute(self) -> float:
        """Return how many messages were lately sent to clients that watch something."""
        lines = self._logged()
        return self._metrics.pushes_per_minute() if lines is None else pushes_of(lines, self._now_ms())

    def dead_letters(self) -> list[Json]:
        """Return the queues of what could not be handled: about how many messages there are, and how old."""
        queues = self.queues.failed()
        full = [name for name, messages in queues if messages]
        now_ms = self._now_ms()
        ages = self.queues.ages_s(full, now_ms) if self._log_file else self._metrics.ages_s(full)
        return [{"name": name, "messages": messages, "oldestSeconds": ages.get(name)} for name, messages in queues]

    def tables(self) -> list[Json]:
        """Return about how many rows each table of the schema has, and bytes; DynamoDB counts every six hours."""
        client = self._client("dynamodb")
        found = []
        for name in sorted(DOCUMENTS):
            table = client.describe_table(TableName=self._settings.table_name(name))["Table"]
            found.append({"name": name, "count": table.get("ItemCount", 0), "bytes": table.get("TableSizeBytes", 0)})
        return found

    def redrive(self, queue: str, deadline_ms: float) -> int:
        """Have what is in a queue of failed messages handled again; returns and errors as of `Queues.move_back`."""
        # What a function is told twice does no harm, but it takes its time.
        functions = self._client("lambda", repeats=False, patience_s=_PATIENCE_S)
        changes = Changes(self._client("dynamodbstreams"), functions)
        return self.queues.move_back(queue, changes.tell_again, lambda: self._now_ms() < deadline_ms - _SPARE_MS)

    def _logged(self) -> list[LogLine] | None:
        """Return what the functions of the local cloud have logged lately, or None: there are metrics to ask."""
        if self._log_file is None:
            return None
        return FileLogs(self._log_file).read(Wanted(), _MOST_LINES, None).lines

    @cached_property
    def _metrics(self) -> Metrics:
        return Metrics(self._client("cloudwatch"), self._settings.table_prefix.rstrip("-"), self._now_ms)


def open_operations(settings: Settings, machines: str) -> Operations:
    """Return the operators' side of the deployment on AWS, or in the local cloud, where a variable names the log."""
    log_file = os.environ.get(LOG_VARIABLE)
    return Operations(settings, machines, Path(log_file) if log_file else None)
