"""Where functions log: a file of the local cloud, or CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from infra.cli.log_record import Record, record_of
from shared.operations.log_lines import Wanted

_LOOK_S: Final = 0.2
_PACE_S: Final = 0.2
"""Between two calls: CloudWatch Logs lets an account ask five times a second."""

_LATE_MS: Final = 30_000.0
"""How long after it was written a line may appear."""

_RUN_ANY: Final = ("gateway-call", "realtime-session")
"""The doors that run functions in their own processes, and so log their calls."""


class Source(Protocol):
    """Gives lines."""

    def read(self, wanted: Wanted, /, *, follow: bool) -> Iterator[Record]:
        """Yield the lines there are, which may be more than what is wanted; then, with `follow`, those that come."""


@dataclass(frozen=True)
class LogFile:
    """The file that the functions of the local cloud write to.

    Attributes:
        path: the file; a new run empties it.
        sleep: waits.
    """

    path: Path
    sleep: Callable[[float], None]

    def read(self, _wanted: Wanted, /, *, follow: bool) -> Iterator[Record]:
        """Yield its lines; see `Source`."""
        at_ms: float | None = None
        for text in self._lines(follow=follow):
            record = record_of(text, at_ms)
            at_ms = record.at_ms
            yield record

    def _lines(self, *, follow: bool) -> Iterator[str]:
        rest = ""
        place = 0
        while True:
            if self.path.exists():
                size = self.path.stat().st_size
                place = 0 if size < place else place
                with self.path.open(encoding="utf-8", errors="replace") as file:
                    file.seek(place)
                    *lines, rest = (rest + file.read()).split("\n")
                    place = file.tell()
                yield from filter(None, lines)
            if not follow:
                return
            self.sleep(_LOOK_S)


@dataclass(frozen=True)
class CloudWatch:
    """The log groups of a stage's functions.

    Attributes:
        client: of CloudWatch Logs.
        prefix: what the names of the groups begin with, such as `/aws/lambda/polaris-prod-`.
        now_ms: returns the time in ms since the epoch.
        sleep: waits.
    """

    client: Any
    prefix: str
    now_ms: Callable[[], float]
    sleep: Callable[[float], None]
    _seen: dict[str, float] = field(default_factory=dict)

    def read(self, wanted: Wanted, /, *, follow: bool) -> Iterator[Record]:
        """Yield their lines in the order of time; lines that come while it follows are in order within a look."""
        groups = self._groups(wanted)
        since_ms = wanted.since_ms
        while True:
            began_ms = self.now_ms()
            found = [record for group in groups for record in self._events(group, wanted, since_ms)]
            yield from sorted(found, key=lambda record: record.at_ms or 0.0)
            if not follow:
                return
            since_ms = max(wanted.since_ms, began_ms - _LATE_MS)
            for id_ in [id_ for id_, at_ms in self._seen.items() if at_ms < since_ms]:
                del self._seen[id_]
            self.sleep(_PACE_S)

    def _groups(self, wanted: Wanted) -> list[str]:
        pages = self.client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=self.prefix)
        names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
        if not wanted.function or "*" in wanted.function:
            return names
        own = wanted.function.replace(":", "-")
        return [name for name in names if name.removeprefix(self.prefix) in (own, *_RUN_ANY)]

    def _events(self, group: str, wanted: Wanted, since_ms: float) -> Iterator[Record]:
        pages = self.client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=int(since_ms), **_pattern(wanted)
        )
        for page in pages:
            for event in page["events"]:
                if event["eventId"] not in self._seen:
                    self._seen[event["eventId"]] = event["timestamp"]
                    yield record_of(event["message"].rstrip("\n"), event["timestamp"])
            self.sleep(_PACE_S)


def _pattern(wanted: Wanted) -> dict[str, str]:
    """Return what CloudWatch Logs can leave out itself."""
    terms = [
        f'$.{name} = "{value}"'
        for name, value in (("function", wanted.function), ("requestId", f"{wanted.request_id}*"))
        if value not in ("", "*")
    ]
    return {"filterPattern": f"{{ {' && '.join(terms)} }}"} if terms else {}
