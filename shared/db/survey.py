"""What the records of an index should say, computed from the documents themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.db.codec import decode
from shared.db.engine import Engine, Item
from shared.db.ranges import Range, fingerprint
from shared.schema.document import DOCUMENTS, Document
from shared.schema.index import BoundIndex
from shared.schema.table import Table


@dataclass
class Census:
    """The entries of one range: how many, and the sum of their hashes."""

    range: Range
    count: int = 0
    fingerprint: int = 0


def kept_indexes() -> list[BoundIndex[Any]]:
    """Return every index that has records: guarded ranges, unique keys."""
    return [index for document in DOCUMENTS.values() for index in document.indexes if index.guarded or index.unique]


def items(engine: Engine, table: Table) -> Iterator[Item]:
    """Yield every item of a table."""
    start_key = None
    while True:
        page = engine.scan(table, start_key)
        yield from page.items
        start_key = page.next_key
        if start_key is None:
            return


def documents(engine: Engine, document: type[Document]) -> Iterator[Document]:
    """Yield every document of a table."""
    return (decode(document, item) for item in items(engine, document.table()))


def records(engine: Engine, table: Table, index: BoundIndex[Any]) -> dict[str, Item]:
    """Return the rows of `ranges` or `claims` that belong to an index, by their key."""
    key, prefix = table.partition_key, f"{index.label}/"
    return {item[key]: item for item in items(engine, table) if item[key].startswith(prefix)}


def census(engine: Engine, index: BoundIndex[Any]) -> dict[str, Census]:
    """Count the entries of every range of an index, from its documents."""
    counted: dict[str, Census] = {}
    for document in documents(engine, index.document):
        values = index.values_of(document)
        if values is not None:
            range_ = Range(index, values)
            entry = counted.setdefault(range_.name, Census(range_))
            entry.count += 1
            entry.fingerprint += fingerprint(range_.position(document))
    return counted
