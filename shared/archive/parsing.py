"""From the line of an archive to a document, with everything that is wrong with it alone.

A deployment of Convex numbers its tables itself, so its ids are no ids of this backend. They are mapped: the new id
is the table's tag and a hash of the old one, so the same id becomes the same one wherever and whenever it is met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from math import isfinite
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.archive.json_lines import from_line
from shared.archive.references import visit_fields
from shared.archive.stored_files import KNOWN, faults_of_stored, stored_fields
from shared.db.codec import encode
from shared.db.ranges import Range
from shared.domain.names import fault_of
from shared.errors import BadRequest, ValueTooLarge
from shared.schema.document import Document
from shared.schema.ids import RANDOM_BYTES, mint, table_number_of
from shared.schema.spilled import Spilled
from shared.schema.tables import File, StoredFile
from shared.storage import StoredObject

MAX_KEY_BYTES: Final = 2048
"""DynamoDB's limit of a partition key."""

_LARGE_FIELD = Spilled("", "", "", "", 0, False)


class Referred(NamedTuple):
    """An id that a document holds.

    Attributes:
        name: the field.
        target: the table that it should be of.
        id: the id as it is to be stored.
        told: the id as it is in the archive.
    """

    name: str
    target: type[Document]
    id: str
    told: str


class Parsed(NamedTuple):
    """What a line was found to be.

    Attributes:
        id: of the document, if it can be told.
        document: the document, if it is one.
        problems: what is wrong with it alone.
        references: the documents that it refers to.
    """

    id: str | None
    document: Document | None
    problems: list[str]
    references: list[Referred]


@dataclass
class Parser:
    """Reads the lines of one archive.

    Attributes:
        numbers: which number the archive gives each table in its ids; None: its ids are this backend's.
        leave_out: names of tables and `table.field`s that are not wanted.
        objects: what the stored objects of the archive are, by their ids in it.
        unknown: the tables and fields that this backend does not have, as they are met.
    """

    numbers: Mapping[str, int] | None
    leave_out: frozenset[str]
    objects: Mapping[str, StoredObject]
    unknown: set[str] = field(default_factory=set)

    def parse(self, document: type[Document], line: bytes, *, is_uniform: bool) -> Parsed:
        """Return what a line of a table holds."""
        try:
            fields = from_line(line, is_uniform=is_uniform)
        except BadRequest as error:
            return Parsed(None, None, [error.message], [])
        fields = self._wanted(document, fields)
        id = fields.get("_id")
        if not isinstance(id, str) or not id:
            return Parsed(None, None, ["`_id` must be an id"], [])
        fault = self._id_fault(document, id)
        if fault is not None:
            return Parsed(None, None, [fault], [])
        references: list[Referred] = []

        def visit(name: str, target: type[Document], old: str) -> str:
            references.append(Referred(name, target, self.mapped(target, old), old))
            return references[-1].id

        fields = visit_fields(document, fields, visit) | {"_id": self.mapped(document, id)}
        found, problems = (
            self._stored(fields, id) if document is StoredFile else _validated(document, fields, self.unknown)
        )
        return Parsed(fields["_id"], found, problems, references if found else [])

    def mapped(self, document: type[Document], id: str) -> str:
        """Return the id that stands for an id of the archive."""
        if self.numbers is None or table_number_of(id) == document.number:
            return id
        hashed = blake2b(f"{document.table_name()}/{id}".encode(), digest_size=RANDOM_BYTES)
        return mint(document.number, hashed.digest())

    def _stored(self, fields: dict[str, Any], id: str) -> tuple[Document | None, list[str]]:
        sealed = self.objects.get(id)
        if sealed is None:
            return None, [f"there is no entry _storage/{id} with its bytes"]
        found, problems = _validated(StoredFile, stored_fields(fields, id, sealed), self.unknown)
        if isinstance(found, StoredFile):
            problems += faults_of_stored(found, sealed)
        return found, problems

    def _wanted(self, document: type[Document], fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields that the table has, noting those that it does not have and nobody left out."""
        table = document.table_name()
        for name in self.leave_out:
            owner, _, path = name.partition(".")
            if owner == table and path:
                fields = _without(fields, path.split("."))
        infos = document.model_fields
        known = KNOWN if document is StoredFile else {info.alias for name, info in infos.items() if not info.exclude}
        self.unknown.update(f"{table}.{name}" for name in fields.keys() - known)
        return {name: value for name, value in fields.items() if name in known}

    def _id_fault(self, document: type[Document], id: str) -> str | None:
        found = table_number_of(id)
        if self.numbers is None:
            return None if found == document.number else f"`_id` {id} is no id of this table"
        expected = self.numbers.get(document.table_name())
        if expected is not None and found is not None and found not in (expected, document.number):
            return f"`_id` {id} is an id of another table"
        return None


def _without(value: Any, path: list[str]) -> Any:
    """Return a value without the field at a path, in every element where there are arrays on the way."""
    if isinstance(value, list):
        return [_without(element, path) for element in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) == 1:
        return {name: part for name, part in value.items() if name != path[0]}
    return value | {path[0]: _without(value[path[0]], path[1:])}


def _validated(
    document: type[Document], fields: dict[str, Any], unknown: set[str]
) -> tuple[Document | None, list[str]]:
    try:
        found = document.model_validate(fields, strict=True)
    except ValidationError as error:
        told = [detail for detail in error.errors(include_url=False) if "Spilled" not in detail["loc"]]
        extra = [detail for detail in told if detail["type"] == "extra_forbidden"]
        unknown.update(f"{document.table_name()}.{'.'.join(_path(detail, numbers=False))}" for detail in extra)
        return None, [f"`{'.'.join(_path(detail))}`: {detail['msg']}" for detail in told if detail not in extra]
    return found, [*_faults(found)]


def _path(detail: ErrorDetails, *, numbers: bool = True) -> list[str]:
    """Return where in a document an error is, without the names that pydantic gives to the members of a union."""
    parts = (str(part) for part in detail["loc"] if numbers or not isinstance(part, int))
    return [part for part in parts if part != "str" and not part.startswith("list[")]


def _faults(document: Document) -> Iterator[str]:
    """Yield what a valid document cannot be stored with."""
    if isinstance(document, File) and (fault := fault_of(document.name)):
        yield f"`name`: a name {fault}"
    try:
        item = encode(document, lambda *_: _LARGE_FIELD)
    except ValueTooLarge as error:
        yield error.message
        return
    table = document.table()
    for name in sorted(table.attribute_types):
        if name in item and (isinstance(item[name], dict) or not isfinite(item[name])):
            yield f"`{name}`: {item[name]} cannot be stored in an index"
    for index in document.indexes:
        values = index.values_of(document)
        if values is None:
            continue
        if "" in values:
            yield f"`{document.stored_name(index.fields[values.index('')])}` cannot be empty, as it is in an index"
        size_bytes = len(Range(index, values).name.encode())
        if size_bytes > MAX_KEY_BYTES:
            yield f"the values of {index.label} take {size_bytes} bytes, and a key has at most {MAX_KEY_BYTES}"
