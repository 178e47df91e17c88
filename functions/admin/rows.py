"""The rows of all tables, for administrators."""

from __future__ import annotations

from typing import Any, Literal

from shared.db.page import PaginationOptions
from shared.domain import rows
from shared.domain.rows import Row
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.runtime.function import admin_bulk_mutation, admin_mutation, admin_query
from shared.schema.document import DOCUMENTS, Id


@admin_query(reads=DOCUMENTS.values())
def list_rows(
    ctx: QueryContext,
    *,
    table: str,
    index: str | None = None,
    values: dict[str, Any] | None = None,
    order: Literal["asc", "desc"] = "asc",
    pagination_opts: PaginationOptions,
) -> Row:
    """Return a page of a table's rows: those of one range of an `index`, or all, in an order that means nothing.

    `values` are those of the index's equality fields. Of a large text only its size and beginning are told.

    Raises:
        InvalidArgument: there is no such table or index, or the values are not those of the index.
    """
    found = rows.listed(ctx, rows.table_called(table), index, values or {}, order)
    return rows.shown_page(ctx, found.paginate(pagination_opts))


@admin_query(reads=DOCUMENTS.values())
def get_row(ctx: QueryContext, *, id: str) -> Row | None:
    """Return the table and the whole document of an id, or null: there is no such row.

    Raises:
        InvalidArgument: it is no id.
    """
    document = rows.table_of_id(id)
    found = ctx.db.get(document, Id(id))
    return None if found is None else {"table": document.table_name(), "document": found}


@admin_mutation(writes=DOCUMENTS.values())
def insert_row(ctx: MutationContext, *, table: str, fields: dict[str, Any]) -> str:
    """Add a row to a table and return its id.

    Raises:
        InvalidArgument: the table, or the value of the `field` that is named, is wrong.
        Conflict: another row holds one of its unique keys.
    """
    return rows.insert(ctx, table, fields)


@admin_mutation(writes=DOCUMENTS.values())
def patch_row(ctx: MutationContext, *, id: str, fields: dict[str, Any]) -> None:
    """Change fields of a row; null removes an optional one.

    Raises:
        InvalidArgument: the value of the `field` that is named is wrong.
        NotFound: there is no such row.
        Conflict: another row holds one of its new unique keys.
    """
    rows.patch(ctx, id, fields)


@admin_bulk_mutation(writes=DOCUMENTS.values(), binary=True)
def delete_row(ctx: BulkContext, *, id: str) -> None:
    """Delete a row, and what is in it if it is a project, a folder or a conversation.

    Raises:
        InvalidArgument: only the app deletes rows of this table.
        NotFound: there is no such row.
    """
    rows.delete(ctx, id)
