"""Where commands write: what was asked for to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_FILES: Final = 160
"""Of tables that are written to a file or a pipe, where nothing says how wide a line is."""


def console(*, errors: bool = False) -> Console:
    """Return the terminal; without one, tables are wide and without colours."""
    from rich.console import Console

    stream = sys.stderr if errors else sys.stdout
    is_wide = not stream.isatty() and "COLUMNS" not in os.environ
    return Console(file=stream, width=_WIDTH_OF_FILES if is_wide else None, highlight=False)


def write(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Write a line to standard error: what the operator may want to know and no program does."""
    sys.stderr.write(f"{text}\n")


def to_json(value: Any, *, indent: int | None = 2) -> str:
    """Return JSON as people read it."""
    return json.dumps(value, indent=indent, ensure_ascii=False)


def write_json(value: Any) -> None:
    """Write a JSON value to standard output, coloured if that is a terminal."""
    if sys.stdout.isatty():
        console().print_json(to_json(value), ensure_ascii=False)
    else:
        write(to_json(value))
