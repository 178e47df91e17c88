"""`dataModel.d.ts`: the types of documents and their ids (protocol section 10.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.codegen.description import description_of_model
from shared.codegen.typescript import ANSWERS, comment, header, key_text, type_text
from shared.schema.document import DOCUMENTS, Document
from shared.schema.index import BoundIndex
from shared.schema.tables import AdminAction

_BEFORE = """import type { DocumentByName, SystemTableNames, TableNamesInDataModel } from "convex/server";
import type { GenericId } from "convex/values";

/**
 * The names of all tables.
 */
export type TableNames = TableNamesInDataModel<DataModel>;

/**
 * The type of a document.
 *
 * @typeParam TableName - A string literal type of the table name (like "users").
 */
export type Doc<TableName extends TableNames> = DocumentByName<DataModel, TableName>;

/**
 * The id of a document, which is in its field `_id`.
 *
 * Ids are just strings at run time; this type tells those of different tables apart.
 *
 * @typeParam TableName - A string literal type of the table name (like "users").
 */
export type Id<TableName extends TableNames | SystemTableNames> = GenericId<TableName>;

/**
 * The tables, the documents in them, and their indexes.
 */"""


def data_model_types() -> str:
    """Return the text of `dataModel.d.ts`; system tables, such as `_storage`, have ids but no documents here.

    The administrators' audit log is left out: no function of the app's tells of it.
    """
    named = sorted(DOCUMENTS.items())
    tables = {name: it for name, it in named if not name.startswith("_") and it is not AdminAction}
    return "\n".join([header("Generated data model types."), _BEFORE, *_data_model(tables), ""])


def _data_model(tables: Mapping[str, type[Document]]) -> Iterator[str]:
    yield "export type DataModel = {"
    for name, document in tables.items():
        shape = ANSWERS.of_model(document)
        yield comment(description_of_model(document), "  ")
        yield f"  {key_text(name)}: {{"
        yield f"    document: {type_text(shape, '    ')};"
        yield f"    fieldPaths: {' | '.join(sorted(_field_paths(shape)))};"
        yield "    indexes: {"
        yield '      by_id: ["_id"];'
        yield '      by_creation_time: ["_creationTime"];'
        yield from (f"      {key_text(index.name)}: {_fields(index)};" for index in _read(document))
        yield "    };"
        yield "    searchIndexes: {};"
        yield "    vectorIndexes: {};"
        yield "  };"
    yield "};"


def _read(document: type[Document]) -> list[BoundIndex[Any]]:
    return [index for index in document.indexes if index.has_entries]


def _field_paths(shape: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, field in shape["value"].items():
        yield f'"{prefix}{name}"'
        if field["fieldType"]["type"] == "object":
            yield from _field_paths(field["fieldType"], f"{prefix}{name}.")


def _fields(index: BoundIndex[Any]) -> str:
    names = [index.document.stored_name(field) for field in [*index.fields, *filter(None, [index.range])]]
    quoted = ", ".join(f'"{name}"' for name in [*names, "_creationTime"])
    return f"[{quoted}]"
