"""What was counted, kept in `measured.json` so that a change of it is seen.

What functions take is in `tests/functions/costs.json`, which has a test of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from shared.agent.partial_text import PartialText
from shared.runtime.call_log import Call, CallLog
from tests.capacity.live_units import live_units
from tests.functions.test_costs import EXPECTED
from tests.sync.idle import idle_cost
from tests.workflows.costs import TYPICAL, cost

FILE: Final = Path(__file__).with_name("measured.json")
REQUEST_ID: Final = "0123456789abcdef" * 2

_PIECE_MS: Final = 50
"""How often a model says more."""

Measured = dict[str, Any]


def measure() -> Measured:
    """Count everything."""
    with contextlib.redirect_stdout(io.StringIO()):
        idle = {family: asdict(idle_cost(family, minutes=60)) for family in ("js", "other")}
        nobody = asdict(idle_cost("js", connections=0, minutes=10))
        jobs = {name: cost(name)._asdict() for name in TYPICAL}
        live = live_units()
    return {
        "call line bytes": len(_line()),
        "live": live,
        "streamed kb": streamed_kb(),
        "idle minute of 1,000 connections": idle,
        "idle minute of nobody": nobody,
        "jobs": jobs,
    }


def streamed_kb(seconds: float = 15, kb: float = 3) -> list[float]:
    """Return how long a message is each time that it is shown while a text is written at a steady speed."""
    shown: list[str] = []
    clock = {"ms": 1e12}
    partial = PartialText(shown.append, lambda: clock["ms"], "", 0)
    pieces = int(seconds * 1000 / _PIECE_MS)
    for piece in range(1, pieces + 1):
        clock["ms"] += _PIECE_MS
        partial.now("x" * int(kb * 1000 * piece / pieces))
    return [round(len(text) / 1000, 2) for text in shown]


def _line() -> str:
    """Return the log's line of a typical call."""
    with contextlib.redirect_stdout(io.StringIO()) as written:
        CallLog().write(Call("files:getFolderContents", "query", REQUEST_ID, 12.345))
    return written.getvalue()


def read_measured(path: Path = FILE) -> Measured:
    """Read what was counted, and what functions take."""
    measured: Measured = json.loads(path.read_text())
    return measured | {"functions": json.loads(EXPECTED.read_text())}


def write_measured(measured: Measured, path: Path = FILE) -> None:
    """Keep what was counted."""
    path.write_text(json.dumps(measured, indent=2) + "\n")
