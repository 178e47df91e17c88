"""`polaris data`: what is in the tables."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.failures import Failure, Misused
from infra.cli.options import LOCAL, Prod, Stage, opened
from infra.cli.output import console, note, to_json, write, write_json

if TYPE_CHECKING:
    from infra.cli.deployment import Deployment


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


class Order(StrEnum):
    """The direction of an index."""

    ASC = "asc"
    DESC = "desc"


def complete_tables(incomplete: str) -> list[tuple[str, str]]:
    """Return the tables whose name begins like this, with what they hold."""
    from shared.schema.platform import all_tables

    return [(table.name, table.description) for table in all_tables() if table.name.startswith(incomplete)]


def complete_indexes(incomplete: str) -> list[tuple[str, str]]:
    """Return the indexes whose name begins like this, with the tables that have one."""
    from infra.cli.rows import indexes
    from shared.schema.document import DOCUMENTS

    tables: dict[str, list[str]] = {}
    for table in DOCUMENTS:
        for name in indexes(table):
            tables.setdefault(name, []).append(table)
    return [(name, ", ".join(having)) for name, having in tables.items() if name.startswith(incomplete)]


def data(
    context: typer.Context,
    table: Annotated[
        str | None, typer.Argument(help="A table; without one all are listed.", autocompletion=complete_tables)
    ] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Show this document alone, as JSON.")] = None,
    index: Annotated[
        str | None, typer.Option(help="Read a range of this index, in its order.", autocompletion=complete_indexes)
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="A field of the index, such as `ownerId=ada`; `parentId=null` finds root entries."),
    ] = None,
    order: Annotated[Order, typer.Option(help="The direction of the index.")] = Order.ASC,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many rows at most.")] = 20,
    form: Annotated[Format, typer.Option("--format", help="How rows are written.")] = Format.TABLE,
    full: Annotated[
        bool, typer.Option("--full", help="Write long text whole, also what is kept outside rows.")
    ] = False,
    count: Annotated[
        bool, typer.Option("--count", help="Count the documents of tables one by one instead of asking DynamoDB.")
    ] = False,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """List the tables, or show rows of one.

    Without --index, rows come in no particular order. Long text is shortened unless you say --full.

    Example: `polaris data projects --index by_owner --where ownerId=ada --order desc`
    """
    if table is None:
        if id_ or index or where:
            raise Misused("--id, --index and --where are about one table; name it first")
        _write_tables(opened(context, stage, prod=prod), exact=count)
        return
    from infra.cli.rows import Rows, table_named

    described = table_named(table)
    rows = Rows(opened(context, stage, prod=prod).store, described, full=full)
    if id_ is not None:
        found = rows.get(id_)
        if found is None:
            raise Failure(f"{table} has no row {id_}")
        write_json(found)
        return
    if index is not None:
        shown = rows.of_index(index, where or [], descending=order is Order.DESC, limit=limit)
    elif where or order is Order.DESC:
        names = ", ".join(rows.indexes) or "none"
        raise Misused(f"--where and --order need an --index; those of {table} are: {names}")
    else:
        shown = rows.some(limit)
    _write_rows(shown, form, rows.columns)
    if form is Format.TABLE and len(shown) == limit:
        note(f"The first {limit}; --limit shows more")


def _write_rows(rows: list[dict[str, Any]], form: Format, columns: list[str]) -> None:
    if form is Format.JSON:
        write_json(rows)
    elif form is Format.JSONL:
        for row in rows:
            write(to_json(row, indent=None))
    elif not rows:
        note("No rows")
    else:
        from infra.cli.tables import table_of

        terminal = console()
        terminal.print(table_of(rows, columns, terminal.width))


def _write_tables(deployment: Deployment, *, exact: bool) -> None:
    from infra.cli.rows import counted, described_count
    from infra.cli.tables import list_of
    from shared.schema.platform import all_tables

    tables = all_tables()
    counts = [counted(deployment.store, table) if exact else described_count(deployment, table) for table in tables]
    title = "Documents (counted)" if exact else "Documents (about)"
    lines = [
        (table.name, f"{count:,}" if count is not None else "no such table yet", table.description)
        for table, count in zip(tables, counts, strict=True)
    ]
    console().print(list_of(("Table", title, "What it holds"), lines, right=(1,)))
    if not exact:
        note("DynamoDB brings its counts up to date every six hours; --count counts")
