"""Rows of tables, read through the data layer, as plain JSON values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.cli.deployment import Deployment
from infra.cli.failures import Misused
from shared import values
from shared.db.access import Access
from shared.db.codec import decode
from shared.db.engine import Key
from shared.db.reader import Reader
from shared.db.store import Store
from shared.db.survey import items
from shared.schema.document import DOCUMENTS, Document
from shared.schema.index import BoundIndex
from shared.schema.platform import all_tables
from shared.schema.spilled import Spilled
from shared.schema.table import Table
from shared.schema.wire import plain

SHORT_CHARACTERS: Final = 200
"""How much of a text is shown unless all of it is asked for."""


def table_named(name: str) -> Table:
    """Return the table that is called this.

    Raises:
        Misused: there is none.
    """
    found = next((table for table in all_tables() if table.name == name), None)
    if found is None:
        raise Misused(f"There is no table {name}; there are {', '.join(table.name for table in all_tables())}")
    return found


def indexes(table: str) -> dict[str, BoundIndex[Any]]:
    """Return the indexes and unique keys of a table of the schema by their names."""
    document = DOCUMENTS.get(table)
    return {index.name: index for index in document.indexes} if document else {}


@dataclass(frozen=True)
class Rows:
    """The rows of a table.

    Attributes:
        store: the stage's data.
        table: one of the schema's or of the platform's.
        full: whether long text is shown whole.
    """

    store: Store
    table: Table
    full: bool

    @property
    def indexes(self) -> dict[str, BoundIndex[Any]]:
        """Its indexes and unique keys."""
        return indexes(self.table.name)

    @property
    def columns(self) -> list[str]:
        """The wire names of its fields in the order of the schema, or nothing: it is a platform table."""
        document = self._document
        if document is None:
            return []
        return [field.alias for name, field in document.model_fields.items() if not field.exclude]

    def get(self, id: str) -> dict[str, Any] | None:
        """Return the row with this id, or None.

        Raises:
            Misused: the table's rows have no single id.
        """
        if self.table.sort_key:
            raise Misused(f"Rows of {self.table.name} have no id of their own")
        item = self.store.engine.get(Key(self.table, id))
        return None if item is None else self._shown(item)

    def some(self, limit: int) -> list[dict[str, Any]]:
        """Return the first rows in DynamoDB's own order."""
        return [self._shown(item) for item in islice(items(self.store.engine, self.table), limit)]

    def of_index(self, name: str, where: list[str], *, descending: bool, limit: int) -> list[dict[str, Any]]:
        """Return the first rows of a range of an index.

        Args:
            name: the index's.
            where: its equality fields, as `field=value`.
            descending: whether the last ones come first.
            limit: how many at most.

        Raises:
            Misused: there is no such index, or it is not told all of its fields.
        """
        index, document = self.indexes.get(name), self._document
        if index is None or document is None:
            raise Misused(f"{self.table.name} has no index {name}; it has {', '.join(self.indexes) or 'none'}")
        fields = _fields(index, where)
        reader = Reader(self.store, Access(reads=frozenset({document})))
        if index.has_entries:
            found = reader.query(index, **fields).order("desc" if descending else "asc").take(limit)
        else:
            held = reader.lookup(index, **fields)
            found = [] if held is None else [held]
        return [self._plain(document) for document in found]

    @property
    def _document(self) -> type[Document] | None:
        return DOCUMENTS.get(self.table.name)

    def _shown(self, item: dict[str, Any]) -> dict[str, Any]:
        document = self._document
        return self._json(item) if document is None else self._plain(decode(document, item))

    def _plain(self, document: Document) -> dict[str, Any]:
        return self._json(plain(document))

    def _json(self, row: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = self._short(values.encode(self._loaded(row)))
        return shown

    def _loaded(self, value: Any) -> Any:
        match value:
            case Spilled() if self.full:
                return self.store.content.load(value)
            case Spilled():
                return f"({value.size_bytes:,} bytes outside the row; --full shows them)"
            case dict():
                return {name: self._loaded(part) for name, part in value.items()}
            case list():
                return [self._loaded(part) for part in value]
        return value

    def _short(self, value: Any) -> Any:
        match value:
            case str() if len(value) > SHORT_CHARACTERS and not self.full:
                return f"{value[:SHORT_CHARACTERS]}… ({len(value):,} characters; --full shows all)"
            case dict():
                return {name: self._short(part) for name, part in value.items()}
            case list():
                return [self._short(part) for part in value]
        return value


def counted(store: Store, table: Table) -> int | None:
    """Return how many rows a table has, counting them, or None: the stage does not have it yet."""
    try:
        return sum(1 for _ in items(store.engine, table))
    except ClientError as error:
        if _is_of_no_table(error):
            return None
        raise


def described_count(deployment: Deployment, table: Table) -> int | None:
    """Return how many rows a table had when DynamoDB last counted, or None: the stage does not have it yet."""
    name = deployment.settings.table_name(table.name)
    try:
        return int(deployment.client("dynamodb").describe_table(TableName=name)["Table"]["ItemCount"])
    except ClientError as error:
        if _is_of_no_table(error):
            return None
        raise


def _is_of_no_table(error: ClientError) -> bool:
    return bool(error.response["Error"]["Code"] == "ResourceNotFoundException")


def _fields(index: BoundIndex[Any], where: list[str]) -> dict[str, Any]:
    """Return the values of the equality fields by their Python names."""
    names = {index.document.stored_name(field): field for field in index.fields}
    given = dict(_equation(text) for text in where)
    if given.keys() != names.keys():
        wanted = " ".join(f"--where {name}=…" for name in names)
        raise Misused(f"The index {index.name} needs each of its fields and no others: {wanted}")
    return {
        field: None if field in index.found_absent and given[name] == "null" else given[name]
        for name, field in names.items()
    }


def _equation(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Misused(f"--where {text}: write it as field=value")
    return name, value
