"""The vocabulary for indexes: `by_owner = Index("owner_id")`, `sibling_name = Unique("project_id", "name")`.

An index is named by the attribute it is assigned to. `Project.by_owner` is a `BoundIndex[Project]`, which is what
queries take.

An index of equality fields f1..fn and an optional range field r is a global secondary index with the partition key
(f1, .., fn) and the sort key ([r,] _creationTime, _id). The id makes the order total, so that a cursor names exactly
one place in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from shared.schema.record import names_of
from shared.schema.table import SecondaryIndex

if TYPE_CHECKING:
    from shared.schema.document import Document

D = TypeVar("D", bound="Document")

ABSENT_KEY = "-"
"""Stored in the place of an absent id where an index finds documents by its absence (root folders)."""


@dataclass(frozen=True, eq=False, repr=False)
class BoundIndex(Generic[D]):
    """An index of the documents of one table. Field names are Python names.

    Attributes:
        document: the document class.
        name: the original schema's index name; empty for a `Unique`, which has no secondary index.
        fields: the fields that a look-up fixes by equality.
        range: the field that orders the entries before their creation time, or None.
        guarded: whether mutations may decide on the whole range (its count and fingerprint are kept in `ranges`).
        unique: whether at most one document has these field values (kept in `claims`).
        found_absent: equality fields that are also looked up by absence.
        projects_all: whether entries carry whole documents; only sensible for documents that are never changed.
        where: field values a document must have to take part in a unique key.
    """

    document: type[D]
    name: str
    fields: tuple[str, ...]
    range: str | None
    guarded: bool
    unique: bool
    found_absent: tuple[str, ...]
    projects_all: bool
    where: tuple[tuple[str, str], ...]
    has_entries: bool

    @property
    def label(self) -> str:
        """`projects.by_owner`: how keys, messages and logs name this index."""
        return f"{self.document.table_name()}.{self.name}"

    def key_attribute(self, field: str) -> str:
        """Return the stored attribute that holds `field` as a key of this index."""
        alias = self.document.stored_name(field)
        return f"_{alias}OrAbsent" if field in self.found_absent else alias

    @property
    def partition(self) -> tuple[str, ...]:
        """The partition key attributes."""
        return tuple(self.key_attribute(field) for field in self.fields)

    @property
    def sort(self) -> tuple[str, ...]:
        """The sort key attributes."""
        ordered = () if self.range is None else (self.key_attribute(self.range),)
        return (*ordered, "_creationTime", "_id")

    def secondary_index(self) -> SecondaryIndex:
        """Describe the DynamoDB index."""
        return SecondaryIndex(self.name, self.partition, self.sort, self.projects_all)

    def values_of(self, document: D) -> tuple[str, ...] | None:
        """Return the partition values of `document`'s entry, or None when it has no entry here."""
        if any(getattr(document, field) != value for field, value in self.where):
            return None
        values = tuple(self.key_value(field, getattr(document, field)) for field in self.fields)
        return None if None in values else values  # type: ignore[return-value]  # None was excluded

    def key_value(self, field: str, value: str | None) -> str | None:
        """Return `value` as it stands in this index's key: absent ids may have a place of their own."""
        return ABSENT_KEY if value is None and field in self.found_absent else value


class Index:
    """Declares an index of a table (see the module's description; arguments as in `BoundIndex`)."""

    has_entries = True

    def __init__(
        self,
        *fields: str,
        range: str | None = None,  # noqa: A002 - the word that DynamoDB's and Convex's users know
        guarded: bool = False,
        unique: bool = False,
        found_absent: tuple[str, ...] = (),
        projects_all: bool = False,
        where: dict[str, str] | None = None,
    ) -> None:
        self.options: dict[str, Any] = {
            "fields": fields,
            "range": range,
            "guarded": guarded,
            "unique": unique,
            "found_absent": found_absent,
            "projects_all": projects_all,
            "where": tuple((where or {}).items()),
        }
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[D]) -> BoundIndex[D]: ...
    @overload
    def __get__(self, instance: D, owner: type[D]) -> BoundIndex[D]: ...
    def __get__(self, instance: D | None, owner: type[D]) -> BoundIndex[D]:
        return owner.index(self.name)

    def bind(self, document: type[D]) -> BoundIndex[D]:
        """Attach this declaration to its document class, whose fields must include every field named here."""
        named = [*self.options["fields"], *filter(None, [self.options["range"]]), *dict(self.options["where"])]
        unknown = sorted({*named} - {*names_of(document)})
        if unknown or not self.options["fields"]:
            raise TypeError(f"index {self.name} of {document.__name__}: no such field {unknown}")
        return BoundIndex(document=document, name=self.name, has_entries=self.has_entries, **self.options)


class Unique(Index):
    """Declares that at most one document has these field values; kept as a claim, without a secondary index."""

    has_entries = False

    def __init__(self, *fields: str, found_absent: tuple[str, ...] = (), where: dict[str, str] | None = None) -> None:
        super().__init__(*fields, unique=True, found_absent=found_absent, where=where)
