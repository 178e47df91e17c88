"""One line of a call's log, and which lines are wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
"""From what matters least to what matters most."""

OF_ADMINISTRATORS: Final = "admin:"
"""What the names of administrators' calls begin with."""

CARRIER: Final = "session"
"""The name of the calls that carry live queries; the functions that they run have lines of their own."""

WELL: Final = "OK"
"""How calls end that end well."""

_CALL: Final = "call"


@dataclass(frozen=True)
class LogLine:
    """A structured line.

    Attributes:
        at_ms: when it was written, in ms since the epoch.
        level: how much it matters.
        fields: all that it says.
    """

    at_ms: float
    level: str
    fields: Mapping[str, Any]

    @property
    def function(self) -> str:
        """What was called, or empty."""
        return str(self.fields.get("function", ""))

    @property
    def request_id(self) -> str:
        """What the caller was told, or empty."""
        return str(self.fields.get("requestId", ""))

    @property
    def duration_ms(self) -> float:
        """How long the call took."""
        return _first(self.fields.get("durationMs"))

    @property
    def pushes(self) -> float:
        """How many messages it sent to clients that watch something."""
        return _first(self.fields.get("pushes"))

    @property
    def failed(self) -> bool:
        """Whether the call failed by no fault of the caller's."""
        return _first(self.fields.get("errors")) > 0

    @property
    def is_internal(self) -> bool:
        """Whether it tells of administrators' calls, or that what carries live queries is well: there are many."""
        is_carrier = self.function == CARRIER and self.fields.get("outcome") == WELL
        return self.is_call and (self.function.startswith(OF_ADMINISTRATORS) or is_carrier)

    @property
    def is_call(self) -> bool:
        """Whether it tells of a call."""
        return self.fields.get("message") == _CALL

    def told(self) -> dict[str, Any]:
        """Return it as administrators are told it."""
        names = ("kind", "outcome", "stack", "actor", "target")
        more = {name: str(self.fields[name]) for name in names if self.fields.get(name)}
        if not self.is_call:
            more["message"] = str(self.fields.get("message", ""))
        about = {"function": self.function, "durationMs": self.duration_ms, "requestId": self.request_id}
        return {"at": self.at_ms, "level": self.level, "kind": "", "outcome": "", **about, **more}


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted.

    Attributes:
        since_ms: the earliest time, in ms since the epoch.
        function: what was called, such as `projects:create` or `projects:*`, or empty: anything.
        level: the least level.
        request_id: what the request's id begins with.
        internals: whether lines are wanted that tell of no call of the app's.
    """

    since_ms: float = 0.0
    function: str = ""
    level: str = LEVELS[0]
    request_id: str = ""
    internals: bool = True

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for calls, so that lines which are none are of no interest."""
        return bool(self.function or self.request_id)

    def admits(self, line: LogLine) -> bool:
        """Tell whether a line is among them."""
        return (
            line.at_ms >= self.since_ms
            and (not self.function or fnmatchcase(line.function, self.function))
            and line.request_id.startswith(self.request_id)
            and (self.internals or not line.is_internal)
            and LEVELS.index(line.level) >= LEVELS.index(self.level)
        )


def read_line(text: str) -> LogLine | None:
    """Return the line that `text` is, or None: it is no structured one."""
    fields = fields_of(text)
    at_ms, level = time_ms(fields), str(fields.get("level", ""))
    return LogLine(at_ms, level, fields) if at_ms is not None and level in LEVELS else None


def fields_of(text: str) -> Mapping[str, Any]:
    """Return what a structured line says, or nothing."""
    try:
        return dict(json.loads(text)) if text.startswith("{") else {}
    except ValueError:
        return {}


def time_ms(fields: Mapping[str, Any]) -> float | None:
    """Return when a line says that it was written, in ms since the epoch; Lambda itself calls the field `time`."""
    try:
        written = str(fields.get("timestamp") or fields.get("time") or "")
        return datetime.fromisoformat(written).timestamp() * 1000
    except ValueError:
        return None


def _first(values: Any) -> float:
    return float(values[0]) if isinstance(values, list) and values else 0.0
