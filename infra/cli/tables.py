"""Tables in a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich import box
from rich.table import Table
from rich.text import Text

from infra.cli.output import to_json

_WIDEST: Final = 60
"""Of a cell; JSON shows what is cut."""

_NARROWEST: Final = (19, 8)
"""What columns keep: a time; if that does not fit, less."""

_BETWEEN: Final = 3
"""The characters between two columns."""

_LONG: Final = 35
"""Longer than ids."""

_TIMES: Final = ("_creationTime", "At", "By")
"""What names of fields that hold times, in ms since the epoch, end with."""

_LATER_THAN_MS: Final = 10**11
"""Numbers below are durations or counts whatever the field is called."""


def list_of(headings: Sequence[str], lines: Iterable[Sequence[str]], right: Collection[int] = ()) -> Table:
    """Return a table of texts.

    Args:
        headings: of the columns.
        lines: the rows.
        right: the columns that are aligned to the right.
    """
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place in right else "left", overflow="fold")
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def table_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], width: int) -> Table:
    """Return a table of JSON objects: the columns that any of them has, in the given order, then others.

    Long text comes last, and makes room for the rest first.

    Args:
        rows: the objects.
        columns: names in the order in which they are shown.
        width: of the terminal, in characters.
    """
    known = [name for name in columns if any(name in row for row in rows)]
    others = dict.fromkeys(name for row in rows for name in row if name not in columns)
    cells = {name: [_cell(name, row.get(name)) for row in rows] for name in (*known, *others)}
    longest = {name: max(len(name), *map(len, below)) for name, below in cells.items()}
    shown = sorted(cells, key=lambda name: longest[name] > _LONG)
    widths = _fitting({name: min(longest[name], _WIDEST) for name in shown}, width)
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in shown:
        is_number = all(isinstance(row.get(name, 0.0), float) for row in rows) and not name.endswith(_TIMES)
        table.add_column(name, justify="right" if is_number else "left", no_wrap=True, width=widths[name])
    for place in range(len(rows)):
        table.add_row(*(cells[name][place] for name in shown))
    return table


def _fitting(widths: dict[str, int], width: int) -> dict[str, int]:
    """Return narrower columns, if they do not fit: the last ones first, and never the ids, which one copies."""
    widths = dict(widths)
    excess = sum(widths.values()) + _BETWEEN * len(widths) - width
    for least in _NARROWEST:
        for name in reversed([*widths]):
            saved = max(0, min(excess, widths[name] - least)) if name != "_id" else 0
            widths[name] -= saved
            excess -= saved
    return widths


def _cell(name: str, value: Any) -> Text:
    match value:
        case None:
            return Text("")
        case bool():
            return Text("yes" if value else "no")
        case float() | int() if name.endswith(_TIMES) and value > _LATER_THAN_MS:
            return Text(datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S"))
        case float():
            return Text(f"{value:,.0f}" if value.is_integer() else f"{value:,}")
        case str():
            return Text(value.replace("\n", "⏎"))
    return Text(to_json(value, indent=None))
