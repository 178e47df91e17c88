"""The rows of a table on disk, while it is found out which of them belong into an archive, and in which order.

In memory are only a row's id, its time and what it refers to, however large it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final, NamedTuple

from shared.archive.manifest import LeftOut
from shared.archive.references import Reference, references_of
from shared.db.codec import decode
from shared.db.engine import Item
from shared.db.marshal import from_item, to_item
from shared.schema.document import Document

_MISSING_SHOWN: Final = 20


class _Row(NamedTuple):
    creation_time: float
    id: str
    offset: int
    referred: tuple[str | None, ...]


class Spool:
    """The rows of one table.

    Args:
        document: the table's class.
        folder: where there is room for a copy of the table.

    Attributes:
        document: the same.
        ids: of the rows that are kept.
    """

    def __init__(self, document: type[Document], folder: Path) -> None:
        self.document = document
        self.ids: set[str] = set()
        self._file: IO[bytes] = TemporaryFile(dir=folder)  # noqa: SIM115 - `close` closes it
        self._rows: list[_Row] = []
        self._references = references_of(document)  # type: ignore[arg-type]  # mypy takes the hash of records for that of their class
        self._missing: set[str] = set()

    def add(self, item: Item) -> None:
        """Keep a row."""
        referred = tuple(item.get(reference.name) for reference in self._references)
        self._rows.append(_Row(item["_creationTime"], item["_id"], self._file.tell(), referred))
        self._file.write(json.dumps(from_item(item)).encode() + b"\n")
        self.ids.add(item["_id"])

    def leave_out(self, id: str) -> None:
        """Forget a row that is gone."""
        self._forget({id}, [id])

    def drop_dangling(self, kept: Mapping[type[Document], set[str]]) -> bool:
        """Forget the rows that cannot be without one that is not kept, and tell whether there were any."""
        missing = {row.id: self._missing_of(row, kept, binding_only=True) for row in self._rows if row.id in self.ids}
        dangling = {id for id, references in missing.items() if references}
        self._forget(dangling, [id for dangling_id in dangling for _, id in missing[dangling_id]])
        return bool(dangling)

    @property
    def left_out(self) -> LeftOut:
        """What was forgotten."""
        return LeftOut(count=len(self._rows) - len(self.ids), missing=sorted(self._missing)[:_MISSING_SHOWN])

    def documents(self, kept: Mapping[type[Document], set[str]]) -> Iterator[Document]:
        """Yield what is left as documents, oldest first, without the references to what is not there."""
        for row in sorted(self._rows):
            if row.id not in self.ids:
                continue
            self._file.seek(row.offset)
            found = decode(self.document, to_item(json.loads(self._file.readline())))
            missing: dict[str, Any] = {reference.field: None for reference, _ in self._missing_of(row, kept)}
            yield found.model_copy(update=missing) if missing else found

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()

    def _forget(self, ids: set[str], missing: Iterable[str]) -> None:
        self.ids -= ids
        self._missing.update(missing)

    def _missing_of(
        self, row: _Row, kept: Mapping[type[Document], set[str]], *, binding_only: bool = False
    ) -> list[tuple[Reference, str]]:
        return [
            (reference, id)
            for reference, id in zip(self._references, row.referred, strict=True)
            if id is not None
            and (reference.is_binding or not binding_only)
            and id not in kept.get(reference.target, ())
        ]
