"""One line of a function's log: what it says, whether it is wanted, and how it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from rich.text import Text

from shared.operations.log_lines import LEVELS

_OF_LAMBDA: Final = "platform."
_WELL: Final = frozenset({"success", None})
_COLOURS: Final = {"DEBUG": "dim", "INFO": "green", "WARNING": "yellow", "ERROR": "bold red", "CRITICAL": "bold red"}


@dataclass(frozen=True)
class Wanted:
    """Which records are shown.

    Attributes:
        function: a path such as `projects:create`, or a pattern such as `projects:*`; empty: all.
        level: the least level.
        request_id: what the request's id begins with.
        since_ms: the earliest time, in ms since the epoch.
    """

    function: str = ""
    level: str = "DEBUG"
    request_id: str = ""
    since_ms: float = 0.0

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for calls, so that lines which are none are of no interest."""
        return bool(self.function or self.request_id)

    def admits(self, record: Record) -> bool:
        """Tell whether a record is among them."""
        return (
            (not self.is_narrow or record.is_structured)
            and (not self.function or fnmatchcase(record.function, self.function))
            and record.request_id.startswith(self.request_id)
            and LEVELS.index(record.level) >= LEVELS.index(self.level)
            and (record.at_ms is None or record.at_ms >= self.since_ms)
        )


@dataclass(frozen=True)
class Record:
    """A line.

    Attributes:
        text: all of it.
        fields: what a structured line says, or nothing.
        at_ms: when it was written, in ms since the epoch, or None: nobody knows.
    """

    text: str
    fields: Mapping[str, Any]
    at_ms: float | None

    @property
    def is_structured(self) -> bool:
        """Whether the backend or Lambda wrote it as JSON."""
        return bool(self.fields)

    @property
    def is_noise(self) -> bool:
        """Whether it is Lambda saying that all went well, or within a traceback, whose end says what matters."""
        return self.text.startswith(" ") or (
            self._is_of_lambda and self.fields.get("record", {}).get("status") in _WELL
        )

    @property
    def _is_of_lambda(self) -> bool:
        return str(self.fields.get("type", "")).startswith(_OF_LAMBDA)

    @property
    def level(self) -> str:
        """How much it matters; a line that is not structured is Python's own complaint or a print."""
        level = str(self.fields.get("level", "")).upper()
        if self._is_of_lambda:
            return "INFO" if self.is_noise else "ERROR"
        return level if level in LEVELS else "WARNING"

    @property
    def function(self) -> str:
        """The function's path, or what stands for it."""
        return str(self.fields.get("function", ""))

    @property
    def request_id(self) -> str:
        """The id that the caller was told."""
        return str(self.fields.get("requestId", ""))

    @property
    def _time(self) -> str:
        if self.at_ms is None:
            return ""
        return datetime.fromtimestamp(self.at_ms / 1000).astimezone().strftime("%H:%M:%S.%f")[:-3]

    def shown(self) -> Text:
        """Return the line for people: time, level, function, outcome, duration, request id, and what went wrong."""
        if not self.is_structured:
            return Text(f"{'':13}{self.text}", style="dim")
        line = Text.assemble((f"{self._time:12}", "dim"), " ", (f"{self.level:8}", _COLOURS[self.level]))
        if self.fields.get("message") != "call":
            return line.append(str(self.fields.get("message") or self.text))
        outcome = str(self.fields.get("outcome", ""))
        style = "green" if outcome == "OK" else "red" if self.level == "ERROR" else "yellow"
        duration_ms = float((self.fields.get("durationMs") or [0.0])[0])
        line.append(f" {self.function:36} ").append(f"{outcome:16}", style=style)
        line.append(f" {duration_ms:>8,.0f} ms  ").append(self.request_id, style="dim")
        if stack := self.fields.get("stack"):
            line.append(f"  {str(stack).strip().splitlines()[-1]}", style="red")
        return line


def record_of(text: str, at_ms: float | None = None) -> Record:
    """Read a line.

    Args:
        text: the line.
        at_ms: when it was written, as far as its source knows; what the line says itself comes first.
    """
    try:
        fields = json.loads(text) if text.startswith("{") else {}
    except ValueError:
        fields = {}
    return Record(text, fields, _time_of(fields) or at_ms)


def _time_of(fields: Mapping[str, Any]) -> float | None:
    written = str(fields.get("timestamp") or fields.get("time") or "")
    try:
        # Powertools puts a comma before the milliseconds and no colon into the offset.
        return datetime.fromisoformat(written.replace(",", ".")).timestamp() * 1000
    except ValueError:
        return None
