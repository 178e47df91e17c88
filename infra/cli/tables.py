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


def table_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> Table:
    """Return a table of JSON objects: the columns that any of them has, in the given order, then others."""
    known = [name for name in columns if any(name in row for row in rows)]
    others = dict.fromkeys(name for row in rows for name in row if name not in columns)
    shown = [*known, *others]
    numeric = {name for name in shown if all(isinstance(row.get(name, 0.0), float) for row in rows)}
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in shown:
        is_number = name in numeric and not name.endswith(_TIMES)
        # Ids are what one copies, so they are never cut.
        table.add_column(
            name,
            justify="right" if is_number else "left",
            no_wrap=True,
            overflow="fold" if name == "_id" else "ellipsis",
            min_width=32 if name == "_id" else None,
            max_width=_WIDEST,
        )
    for row in rows:
        table.add_row(*(_cell(name, row.get(name)) for name in shown))
    return table


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
