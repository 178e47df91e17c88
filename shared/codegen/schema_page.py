"""`docs/schema.md`: the tables, from their declarations."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import NoneType

from shared.runtime.validator_text import validator_of, without
from shared.schema.document import DOCUMENTS, Document
from shared.schema.index import BoundIndex
from shared.schema.platform import PLATFORM_TABLES

HEADER = "<!-- Written by `make docs` from {source}; edit that instead. -->\n"


def schema_page() -> str:
    """Return the page."""
    lines = [
        HEADER.format(source="shared/schema/tables.py"),
        "# Schema\n",
        "Every document also has `_id` and `_creationTime` (ms since the epoch); names on the wire and in storage",
        "are camelCase. *private* fields never leave the backend. A *guarded* index keeps a count and a fingerprint",
        "of each of its ranges, for mutations to decide on; a *unique* key is held by at most one document.",
        "How both are kept is in [data.md](data.md).\n",
    ]
    for document in DOCUMENTS.values():
        lines += _document(document)
    lines += ["## The engine's own tables\n", "| table | key | expires | what for |", "| --- | --- | --- | --- |"]
    for table in PLATFORM_TABLES:
        key = ", ".join(f"`{name}`" for name in filter(None, [table.partition_key, table.sort_key]))
        lines.append(f"| `{table.name}` | {key} | {'yes' if table.ttl else 'no'} | {table.description} |")
    return "\n".join(lines) + "\n"


def _document(document: type[Document]) -> Iterator[str]:
    yield f"## {document.table_name()}\n"
    yield inspect.cleandoc(document.__doc__ or "") + "\n"
    yield "| field | type | optional |"
    yield "| --- | --- | --- |"
    for name, field in document.model_fields.items():
        if name not in Document.model_fields:
            validator = validator_of(without(field.annotation, NoneType)).text.replace("|", "\\|")
            optional = "no" if field.is_required() else "yes"
            yield f"| `{field.alias}` | `{validator}` | {optional}{', private' * bool(field.exclude)} |"
    yield ""
    if document.indexes:
        yield "| index | fields | kept |"
        yield "| --- | --- | --- |"
        yield from (_index(index) for index in document.indexes)
        yield ""


def _index(index: BoundIndex[Document]) -> str:
    fields = [*index.fields, *filter(None, [index.range])]
    names = ", ".join(f"`{index.document.stored_name(field)}`" for field in fields)
    if index.where:
        names += " where " + " and ".join(f"`{name}` is `{value}`" for name, value in index.where)
    kept = [
        "secondary index, whole documents" if index.projects_all else "secondary index, keys only",
        "guarded" if index.guarded else "",
        "unique" if index.unique else "",
    ]
    return f"| `{index.name}` | {names} | {', '.join(word for word in kept[not index.has_entries :] if word)} |"
