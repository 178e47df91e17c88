"""Rows of any table, as administrators see and change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from shared.db.merged_query import MergedQuery
from shared.db.page import PaginationResult
from shared.db.paged import Paged
from shared.db.table_query import TableQuery
from shared.domain.admin_actions import note_action
from shared.domain.deletion import delete_tree
from shared.domain.ownership import project_of
from shared.domain.project_deletion import delete_project
from shared.domain.row_fields import APP_ONLY, InvalidField, checked, references_of
from shared.domain.sweep import Sweep
from shared.domain.trees import file_of, require_folder, require_room_below
from shared.errors import InvalidArgument, NotFound
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.schema.document import DOCUMENTS, Document, Id
from shared.schema.ids import table_number_of
from shared.schema.index import BoundIndex
from shared.schema.spilled import Spilled
from shared.schema.tables import Conversation, File, Project
from shared.schema.wire import plain

PREVIEW_CHARACTERS: Final = 500
SHOWN_CHARACTERS: Final = 4000
"""The longest text that a listing shows whole."""

LARGE: Final = "_large"
"""Stands for a large text: {"_large": {"bytes": …, "preview": …}}. A name with a `$` is none of a Convex value."""

Row = dict[str, Any]
Order = Literal["asc", "desc"]


def table_called(name: str) -> type[Document]:
    """Return the documents of a table.

    Raises:
        InvalidArgument: there is no such table.
    """
    if name not in DOCUMENTS:
        raise InvalidArgument(f"There is no table {name}; there are {', '.join(sorted(DOCUMENTS))}")
    return DOCUMENTS[name]


def table_of_id(id: str) -> type[Document]:
    """Return the documents of the table that an id is of.

    Raises:
        InvalidArgument: it is no id.
    """
    number = table_number_of(id)
    found = next((document for document in DOCUMENTS.values() if document.number == number), None)
    if found is None:
        raise InvalidArgument(f"{id[:40]!r} is no id of a document")
    return found


def listed(
    ctx: QueryContext, document: type[Document], index: str | None, values: Mapping[str, Any], order: Order
) -> Paged[Any]:
    """Return the query of a table's rows: of a range of an index, or all of them in an order that means nothing.

    Raises:
        InvalidField: there is no such index, or the values are not those of its equality fields.
    """
    if index is None:
        return TableQuery(ctx.db, document)
    found = next((i for i in document.indexes if i.name == index and i.has_entries), None)
    if found is None:
        raise InvalidField("index", f"{document.table_name()} has no index {index}")
    return ctx.db.query(found, **_key(document, found, values)).order(order)


def merged(ctx: QueryContext, ranges: list[tuple[BoundIndex[Any], dict[str, str]]], order: Order) -> MergedQuery[Any]:
    """Return the query of several ranges of an index."""
    return MergedQuery(ctx.db, tuple(ctx.db.query(index, **fields) for index, fields in ranges)).order(order)


def shown_page(ctx: QueryContext, page: PaginationResult[Any]) -> Row:
    """Return a page as it is shown: of a large text only its size and what it begins with."""
    rows = [plain(document) for document in page.page]
    places = [(row, field, value) for row in rows for field, value in row.items() if isinstance(value, Spilled)]
    beginnings = ctx.db.store.content.beginnings([value for _, _, value in places], PREVIEW_CHARACTERS)
    for (row, field, value), preview in zip(places, beginnings, strict=True):
        row[field] = _large(value.size_bytes, preview)
    for row in rows:
        for field, value in row.items():
            if isinstance(value, str) and len(value) > SHOWN_CHARACTERS:
                row[field] = _large(len(value.encode()), value[:PREVIEW_CHARACTERS])
    return {**plain(page.model_copy(update={"page": []})), "page": rows}


def insert(ctx: MutationContext, table: str, fields: Mapping[str, Any]) -> str:
    """Add a row and return its id.

    Raises:
        InvalidArgument: the table, or the value of a field, is wrong; `InvalidField` names the field.
        Conflict: another row holds one of its unique keys.
    """
    document = table_called(table)
    _require_writable(document)
    values = checked(document, fields, is_new=True)
    _require_references(ctx, document, values)
    if document is File:
        project = project_of(ctx, values["project_id"])
        require_folder(ctx, project, values.get("parent_id"))
        if values["type"] == "folder":
            require_room_below(ctx, values.get("parent_id"))
    id_ = ctx.db.insert(document, **{name: value for name, value in values.items() if value is not None})
    note_action(ctx, "insertRow", id_, f"{table}: {', '.join(sorted(fields))}")
    return id_


def patch(ctx: MutationContext, id: str, fields: Mapping[str, Any]) -> None:
    """Change fields of a row; null removes an optional one (errors as `insert`).

    Raises:
        NotFound: there is no such row.
    """
    document = table_of_id(id)
    _require_writable(document)
    values = checked(document, fields, is_new=False)
    if ctx.db.get(document, Id(id)) is None:
        raise NotFound(f"There is no {id} in {document.table_name()}")
    _require_references(ctx, document, values)
    ctx.db.patch(Id(id), **values)
    note_action(ctx, "patchRow", id, f"{document.table_name()}: {', '.join(sorted(fields))}")


def delete(ctx: BulkContext, id: str) -> None:
    """Delete a row as the app does: with all that is in a project, a folder or a conversation.

    Raises:
        InvalidArgument: only the app deletes rows of this table.
        NotFound: there is no such row.
    """
    document = table_of_id(id)
    _require_writable(document)
    if document is File:
        delete_tree(ctx, lambda step: _noted(step, file_of(step, Id(id))))
        return
    project_id = ctx.step(lambda step: _delete(step, document, id))
    if document is Conversation and project_id is not None:
        sweep = Sweep(ctx, Id(project_id))
        sweep.run(lambda: sweep.clear_messages(id))


def _delete(ctx: MutationContext, document: type[Document], id: str) -> str | None:
    """Delete a row that is no file, and return the project that a conversation is of."""
    found = ctx.db.get(document, Id(id))
    if found is None:
        raise NotFound(f"There is no {id} in {document.table_name()}")
    _noted(ctx, found)
    if isinstance(found, Project):
        delete_project(ctx, found)
        return None
    ctx.db.delete(found.id)
    return found.project_id if isinstance(found, Conversation) else None


def _noted(ctx: MutationContext, document: Any) -> Any:
    note_action(ctx, "deleteRow", document.id, document.table_name())
    return document


def _require_writable(document: type[Document]) -> None:
    if document in APP_ONLY:
        raise InvalidArgument(f"Only the app writes {document.table_name()}: {APP_ONLY[document]}")


def _require_references(ctx: MutationContext, document: type[Document], values: Mapping[str, Any]) -> None:
    for field, other, id in references_of(document, values):
        if ctx.db.get(other, id, depends_on=()) is None:
            raise InvalidField(field, f"`{field}`: there is no {id} in {other.table_name()}")


def _key(document: type[Document], index: BoundIndex[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an index's equality fields by their Python names; a field left out may be absent."""
    names = {document.stored_name(name): name for name in index.fields}
    for alias in values:
        if alias not in names:
            raise InvalidField(alias, f"{index.label} is looked up by {', '.join(names)}, not by `{alias}`")
    key = {name: values.get(alias) for alias, name in names.items()}
    for alias, name in names.items():
        if key[name] is None and name in index.found_absent:
            continue
        if not isinstance(key[name], str):
            raise InvalidField(alias, f"{index.label} is looked up by `{alias}`, a text")
    return key


def _large(size_bytes: int, preview: str) -> Row:
    return {LARGE: {"bytes": size_bytes, "preview": preview}}
