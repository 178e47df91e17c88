"""Index ranges: what a range is called, where a document stands in it, and what a write changes in it.

A range is one partition of an index, such as the files of one folder. For guarded indexes the table `ranges` keeps
{version, count, fingerprint} of each: the commit that changed it last, how many entries it has, and the sum of a hash
of every entry. A listing that has this count and this sum is complete.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from shared.db.engine import Item, Key
from shared.schema.document import Document
from shared.schema.index import BoundIndex
from shared.schema.platform import CLAIMS, RANGES

Position = tuple[Any, ...]
"""Where an entry stands in its range: ([range field,] creation time, id)."""

_FINGERPRINT_BYTES: Final = 9
"""Sums of a million 72-bit numbers stay below 28 digits, which every DynamoDB engine adds exactly."""


@dataclass(frozen=True)
class Range:
    """The entries of `index` whose partition values are `values`."""

    index: BoundIndex[Any]
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """The key of this range in `ranges` and `changes`, and its topic: `files.by_project/["0b.."]`."""
        return f"{self.index.label}/{json.dumps(self.values, separators=(',', ':'), ensure_ascii=False)}"

    @property
    def key(self) -> Key:
        """The key of its record."""
        return Key(RANGES, self.name)

    @property
    def claim_key(self) -> Key:
        """The key of the claim on these values, for a unique index."""
        return Key(CLAIMS, self.name)

    def holds(self, document: Document) -> bool:
        """Tell whether `document` has an entry here."""
        return self.index.values_of(document) == self.values

    def position(self, document: Document) -> Position:
        """Return where `document` stands."""
        tail = (document.creation_time, document.id)
        return tail if self.index.range is None else (getattr(document, self.index.range), *tail)

    def position_of_key(self, item: Item) -> Position:
        """Return where the index entry `item` stands."""
        parts = (item[attribute] for attribute in self.index.sort)
        return tuple(part if isinstance(part, str) else float(part) for part in parts)  # as documents hold them

    def start_key(self, position: Position) -> Item:
        """Return the index key after which DynamoDB goes on from `position`."""
        return dict(zip(self.index.partition, self.values, strict=True)) | dict(
            zip(self.index.sort, position, strict=True)
        )


def range_of(index: BoundIndex[Any], fields: dict[str, Any]) -> Range:
    """Return the range of `index` where its equality fields have the values of `fields`.

    Raises:
        TypeError: the fields are not exactly the index's, or one is None that the index does not find by absence.
    """
    if set(fields) != set(index.fields):
        raise TypeError(f"{index.label} is looked up by {', '.join(index.fields)}, not by {', '.join(fields)}")
    values = tuple(index.key_value(field, fields[field]) for field in index.fields)
    if None in values:
        raise TypeError(f"{index.label} does not find documents by the absence of a field")
    return Range(index, values)  # type: ignore[arg-type]  # None was excluded


def fingerprint(position: Position) -> int:
    """Return the hash of one entry."""
    text = json.dumps([float(part) if isinstance(part, int | float) else part for part in position])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=_FINGERPRINT_BYTES).digest(), "big")


def fingerprint_of_all(range_: Range, documents: Iterable[Document]) -> int:
    """Return the sum of the hashes of the documents' entries."""
    return sum(fingerprint(range_.position(document)) for document in documents)


@dataclass(frozen=True)
class EntryChange:
    """What a write does to one range: `count` and `fingerprint` are what it adds (or takes, when negative)."""

    range: Range
    document_id: str
    count: int
    fingerprint: int


def entry_changes(old: Document | None, new: Document | None) -> Iterator[EntryChange]:
    """Yield what replacing `old` by `new` changes in the ranges of the table's indexes.

    An entry that carries the whole document changes with every version of it.
    """
    for index in (old or new).indexes if old or new else ():  # type: ignore[union-attr]  # one of them is there
        if not index.has_entries:
            continue
        before, after = _entry(index, old), _entry(index, new)
        if before == after and not (index.projects_all and before):
            continue
        if before:
            yield EntryChange(before[0], old.id, -1, -fingerprint(before[1]))  # type: ignore[union-attr]
        if after:
            yield EntryChange(after[0], new.id, +1, fingerprint(after[1]))  # type: ignore[union-attr]


def unique_ranges(document: Document | None) -> dict[str, Range]:
    """Return the ranges of the unique keys that `document` holds, by index name."""
    if document is None:
        return {}
    held = {index.name: index.values_of(document) for index in document.indexes if index.unique}
    return {name: Range(document.index(name), values) for name, values in held.items() if values is not None}


def _entry(index: BoundIndex[Any], document: Document | None) -> tuple[Range, Position] | None:
    values = index.values_of(document) if document is not None else None
    if document is None or values is None:
        return None
    range_ = Range(index, values)
    return range_, range_.position(document)
