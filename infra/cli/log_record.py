"""One line of a function's log, which may be none of the backend's own: whether it is wanted, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final

from rich.text import Text

from shared.operations.log_lines import LEVELS, LogLine, Wanted, fields_of, time_ms

_OF_LAMBDA: Final = "platform."
_WELL: Final = frozenset({"success", None})
_COLOURS: Final = {"DEBUG": "dim", "INFO": "green", "WARNING": "yellow", "ERROR": "bold red", "CRITICAL": "bold red"}


@dataclass(frozen=True)
class Record:
    """A line.

    Attributes:
        text: all of it.
        at_ms: when it was written, in ms since the epoch, or None: nobody knows.
        fields: what a structured line says, or nothing.
    """

    text: str
    at_ms: float | None
    fields: Mapping[str, Any]

    @property
    def line(self) -> LogLine:
        """What it says."""
        return LogLine(inf if self.at_ms is None else self.at_ms, self.level, self.fields)

    def is_wanted(self, wanted: Wanted) -> bool:
        """Tell whether it is among the lines that are wanted."""
        return wanted.admits(self.line) and (self.is_structured or not wanted.is_narrow)

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
    def _time(self) -> str:
        if self.at_ms is None:
            return ""
        return datetime.fromtimestamp(self.at_ms / 1000).astimezone().strftime("%H:%M:%S.%f")[:-3]

    def shown(self) -> Text:
        """Return the line for people: time, level, function, outcome, duration, request id, and what went wrong."""
        if not self.is_structured:
            return Text(f"{'':13}{self.text}", style="dim")
        line = Text.assemble((f"{self._time:12}", "dim"), " ", (f"{self.level:8}", _COLOURS[self.level]))
        call = self.line
        if not call.is_call:
            return line.append(str(self.fields.get("message") or self.text))
        outcome = str(self.fields.get("outcome", ""))
        style = "green" if outcome == "OK" else "red" if self.level == "ERROR" else "yellow"
        line.append(f" {call.function:36} ").append(f"{outcome:20}", style=style)
        line.append(f" {call.duration_ms:>8,.0f} ms  ").append(call.request_id, style="dim")
        if stack := self.fields.get("stack"):
            line.append(f"  {str(stack).strip().splitlines()[-1]}", style="red")
        return line


def record_of(text: str, at_ms: float | None = None) -> Record:
    """Read a line.

    Args:
        text: the line.
        at_ms: when it was written, as far as its source knows; what the line says itself comes first.
    """
    fields = fields_of(text)
    return Record(text, time_ms(fields) or at_ms, fields)
