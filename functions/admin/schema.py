"""What there is to look at and to run, for administrators."""

from __future__ import annotations

from types import NoneType
from typing import Any, Final

from shared.domain.row_fields import APP_ONLY, fields_of
from shared.domain.rows import Row
from shared.runtime.context import QueryContext
from shared.runtime.function import Function, admin_query
from shared.runtime.validator_text import validator_of, without
from shared.schema.document import DOCUMENTS, Document

VERSION: Final = "0.1.0"


@admin_query()
def describe(ctx: QueryContext) -> Row:
    """Return the tables with their fields and indexes, and the functions with the schemas of their arguments."""
    from functions.admin.gateway import administration  # noqa: PLC0415 - which imports this module
    from functions.gateway import registry  # noqa: PLC0415 - only this function needs it

    functions = {**registry(), **administration()}
    return {
        "stage": ctx.settings.stage,
        "version": VERSION,
        "tables": [_table(document) for _, document in sorted(DOCUMENTS.items())],
        "functions": [_function(function) for _, function in sorted(functions.items())],
    }


def _table(document: type[Document]) -> Row:
    return {
        "name": document.table_name(),
        "description": " ".join((document.__doc__ or "").split()),
        "editable": document not in APP_ONLY,
        **({"why": APP_ONLY[document]} if document in APP_ONLY else {}),
        "fields": [
            {
                "name": document.stored_name(name),
                "type": validator_of(without(info.annotation, NoneType)).text,
                "optional": not info.is_required(),
                "large": document.can_spill(name),
            }
            for name, info in fields_of(document).items()
        ],
        "indexes": [
            {
                "name": index.name,
                "fields": [document.stored_name(field) for field in index.fields],
                **({"range": document.stored_name(index.range)} if index.range else {}),
                "unique": index.unique,
            }
            for index in document.indexes
            if index.has_entries
        ],
    }


def _function(function: Function[Any]) -> Row:
    from shared.codegen.json_schema import arguments_of  # noqa: PLC0415 - only this function needs it

    return {
        "path": function.path,
        "kind": function.kind,
        "visibility": function.visibility,
        "description": function.description,
        "arguments": arguments_of(function),
    }
