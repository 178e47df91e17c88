"""Where functions log: CloudWatch Logs, or a file of the local cloud."""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from shared.errors import InvalidArgument, TransientError
from shared.operations.log_lines import CARRIER, OF_ADMINISTRATORS, WELL, LogLine, Wanted, read_line

FOLLOWED_LATE_MS: Final = 15_000.0
"""How long after it was written a line may appear in CloudWatch Logs; a follower looks so far back."""

_SHOWN_BYTES: Final = 4 * 2**20
"""How much of the end of a file is looked through at once."""

_PATIENCE_S: Final = 15.0
_LOOK_S: Final = 0.25
_MOST: Final = 10_000
_OVER: Final = frozenset({"Failed", "Cancelled", "Timeout"})


class LogPage(NamedTuple):
    """Lines in the order of time, and where to go on for those that come later."""

    lines: list[LogLine]
    cursor: str


class Logs(Protocol):
    """Gives lines."""

    def read(self, wanted: Wanted, limit: int, cursor: str | None) -> LogPage:
        """Return the newest wanted lines, at most `limit`; with a cursor, the oldest after it.

        Raises:
            InvalidArgument: the cursor was not given by this log.
        """


@dataclass(frozen=True)
class FileLogs:
    """A file to which functions log."""

    path: Path

    def read(self, wanted: Wanted, limit: int, cursor: str | None) -> LogPage:
        """Return lines; see `Logs`."""
        size = self.path.stat().st_size if self.path.exists() else 0
        start = max(0, size - _SHOWN_BYTES)
        if cursor is not None:
            place = _number(_opened(cursor), "byte")
            start = place if start <= place <= size else start  # a new run empties the file
        found: list[tuple[LogLine, int]] = []
        with self.path.open("rb") if size else _nothing() as file:
            file.seek(start)
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                start += len(raw)
                line = read_line(raw.decode(errors="replace").strip())
                if line is not None and wanted.admits(line):
                    found.append((line, start))
        if cursor is None or len(found) <= limit:
            return LogPage([line for line, _ in found[-limit:]], _sealed({"byte": start}))
        return LogPage([line for line, _ in found[:limit]], _sealed({"byte": found[limit - 1][1]}))


@dataclass(frozen=True)
class CloudWatchLogs:
    """The log groups of all functions of a stage, asked by Logs Insights.

    Attributes:
        client: a botocore client of CloudWatch Logs.
        groups: what the names of the groups begin with, such as `/aws/lambda/polaris-prod-`.
        now_ms: returns the time in ms since the epoch.
        sleep: waits.
    """

    client: Any
    groups: str
    now_ms: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep

    def read(self, wanted: Wanted, limit: int, cursor: str | None) -> LogPage:
        """Return lines; see `Logs`. A line is told once, though a follower looks back for late ones."""
        told = _opened(cursor) if cursor is not None else {}
        until_ms = self.now_ms()
        since_ms = wanted.since_ms
        if told:
            since_ms = max(since_ms, _number(told, "at") - FOLLOWED_LATE_MS)
        rows = self._ask(_query(wanted, limit if cursor is None else _MOST), since_ms, until_ms)
        known = {str(pointer) for pointer in told.get("told", ())}
        found = sorted(
            (
                (line, pointer)
                for row in rows
                if (line := read_line(row.get("@message", "").strip())) and (pointer := row.get("@ptr", "")[-24:])
                if pointer not in known and line.at_ms >= since_ms and wanted.admits(line)
            ),
            key=lambda entry: entry[0].at_ms,
        )
        shown = found[-limit:] if cursor is None else found[:limit]
        at_ms = max((line.at_ms for line, _ in shown), default=_number(told, "at") if told else until_ms)
        recent = [pointer for line, pointer in shown if line.at_ms >= at_ms - FOLLOWED_LATE_MS]
        return LogPage([line for line, _ in shown], _sealed({"at": at_ms, "told": [*known, *recent][-limit:]}))

    def _ask(self, query: str, since_ms: float, until_ms: float) -> list[dict[str, str]]:
        begun = self.client.start_query(
            startTime=int(since_ms // 1000),
            endTime=int(until_ms // 1000) + 1,
            queryString=f"SOURCE logGroups(namePrefix: [{json.dumps(self.groups)}]) | {query}",
        )
        for _ in range(int(_PATIENCE_S / _LOOK_S)):
            answer = self.client.get_query_results(queryId=begun["queryId"])
            if answer["status"] == "Complete":
                return [{field["field"]: field["value"] for field in row} for row in answer["results"]]
            if answer["status"] in _OVER:
                break
            self.sleep(_LOOK_S)
        raise TransientError(f"CloudWatch Logs did not answer within {_PATIENCE_S:.0f} s")


def _query(wanted: Wanted, limit: int) -> str:
    parts = ["fields @message, @ptr", "filter ispresent(level)"]
    if wanted.function and "*" not in wanted.function:
        parts.append(f"filter function = {json.dumps(wanted.function)}")
    if not wanted.internals:
        carried = f'(function = "{CARRIER}" and outcome = "{WELL}")'
        parts.append(f"filter not (function like /^{OF_ADMINISTRATORS}/ or {carried})")
    if wanted.request_id:
        parts.append(f"filter requestId like {json.dumps(wanted.request_id)}")
    return " | ".join([*parts, "sort @timestamp desc", f"limit {limit}"])


def _sealed(place: dict[str, Any]) -> str:
    return b64encode(json.dumps(place, separators=(",", ":")).encode()).decode()


def _opened(cursor: str) -> dict[str, Any]:
    try:
        place = json.loads(b64decode(cursor, validate=True))
    except ValueError:
        place = None
    if not isinstance(place, dict):
        raise InvalidArgument("The cursor was not given by this log; leave it out")
    return place


def _number(place: dict[str, Any], name: str) -> int:
    if not isinstance(place.get(name), int | float):
        raise InvalidArgument("The cursor was not given by this log; leave it out")
    return int(place[name])


def _nothing() -> Any:
    from io import BytesIO  # noqa: PLC0415 - a deployment without a log yet is rare

    return BytesIO()
