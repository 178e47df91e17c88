"""Writing a deployment into an archive.

Tables are read one after the other, those that refer to others before those, and writers may go on meanwhile: what is
written after its table was read is not in the archive, and what refers to something that was deleted is left out.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, cast

from shared.archive.counts import Counts, Progress, silent
from shared.archive.deployment import Deployment
from shared.archive.errors import ExportFailed
from shared.archive.json_lines import to_line
from shared.archive.layout import (
    MANIFEST,
    README,
    README_TEXT,
    TABLES,
    UNIFORM,
    archived_tables,
    documents_entry,
    object_entry,
    schema_entry,
)
from shared.archive.manifest import Manifest
from shared.archive.settling import settled
from shared.archive.spool import Spool
from shared.archive.stored_files import stored_line
from shared.archive.zip_writer import ZipWriter, new_archive
from shared.db.content import Content
from shared.db.readiness import is_being_imported
from shared.db.survey import items
from shared.errors import NotFound
from shared.schema.document import Document
from shared.schema.spilled import Spilled
from shared.schema.tables import StoredFile
from shared.schema.wire import plain

_BATCH: Final = 8
"""How many documents' large fields are read beside each other, of up to 2 MiB each."""


def export_archive(deployment: Deployment, path: Path, progress: Progress = silent) -> Counts:
    """Write all that a deployment's users have into an archive, and return what that is.

    Args:
        deployment: where to read.
        path: where the archive will be once it is complete; until then, what was there before stays.
        progress: told how far it has come.

    Raises:
        ExportFailed: an object is not what its row says, or an import is not finished.
        Overloaded: the database or a bucket did not answer.
    """
    if is_being_imported(deployment.store.engine):
        raise ExportFailed("An archive is being imported; finish that before exporting what is there.")
    with ExitStack() as stack:
        archive = stack.enter_context(new_archive(path))
        spools = {document: Spool(document, path.parent) for document in archived_tables()}
        for spool in spools.values():
            stack.callback(spool.close)
        return _Export(deployment, spools, archive, progress).run()


class _Export:
    def __init__(
        self, deployment: Deployment, spools: dict[type[Document], Spool], archive: ZipWriter, progress: Progress
    ) -> None:
        self._deployment = deployment
        self._store = deployment.store
        self._spools = spools
        self._archive = archive
        self._progress = progress
        self._made_at_ms = deployment.store.clock.now_ms()
        self._kept = {document: spool.ids for document, spool in spools.items()}

    def run(self) -> Counts:
        for document in reversed(self._spools):
            self._read(document)
        self._archive.add(README, README_TEXT.encode())
        sizes = list(self._write_objects())
        while any([spool.drop_dangling(self._kept) for spool in self._spools.values()]):  # noqa: C419 - drop in each
            pass
        listed = [{"name": d.table_name(), "id": d.number} for d in self._spools if d is not StoredFile]
        self._archive.add(TABLES, b"".join(json.dumps(table).encode() + b"\n" for table in listed))
        documents = {document.table_name(): self._write(document) for document in self._spools}
        left_out = {d.table_name(): spool.left_out for d, spool in self._spools.items() if spool.left_out.count}
        manifest = Manifest(
            stage=self._deployment.stage,
            made_at_ms=self._made_at_ms,
            documents=documents,
            objects=len(sizes),
            object_bytes=sum(sizes),
            left_out=left_out,
            entries=self._archive.seals,
        )
        self._archive.add(MANIFEST, manifest.to_json())
        return Counts(documents, len(sizes), sum(sizes), {table: left.count for table, left in left_out.items()})

    def _read(self, document: type[Document]) -> None:
        doing = f"Reading {document.table_name()}"
        self._progress(doing, 0, None)
        for done, item in enumerate(items(self._store.engine, document.table()), 1):
            self._spools[document].add(item)
            self._progress(doing, done, None)

    def _write_objects(self) -> Iterator[int]:
        """Write the bytes of all stored objects, and leave out the rows of those that are not there."""
        spool = self._spools[StoredFile]
        total = len(spool.ids)
        rows = cast("Iterator[StoredFile]", spool.documents({}))
        for done, row in enumerate(rows, 1):
            pieces = self._deployment.storage.pieces(row.uuid)
            if pieces is None:
                spool.leave_out(row.id)
            else:
                yield self._write_object(row, pieces)
            self._progress("Writing stored objects", done, total)

    def _write_object(self, row: StoredFile, pieces: Iterator[bytes]) -> int:
        with self._archive.entry(object_entry(row.id, row.content_type)) as entry:
            for piece in pieces:
                entry.write(piece)
        seal = entry.seal
        if (seal.bytes, b64encode(bytes.fromhex(seal.sha256)).decode()) != (row.size, row.sha256):
            raise ExportFailed(
                f"The stored object {row.uuid} of {row.id} is not what its row says (it has {seal.bytes} bytes and"
                f" the SHA-256 {seal.sha256}). Restore its previous version in the bucket, or delete the file."
            )
        return seal.bytes

    def _write(self, document: type[Document]) -> int:
        """Write the documents of a table, and return how many there are."""
        table, spool, done = document.table_name(), self._spools[document], 0
        rows = (settled(row, self._made_at_ms) for row in spool.documents(self._kept))
        with self._archive.entry(documents_entry(table)) as entry:
            for done, line in enumerate(self._lines(spool, rows), 1):
                entry.write(line)
                self._progress(f"Writing {table}", done, len(spool.ids))
        if document is not StoredFile:
            self._archive.add(schema_entry(table), UNIFORM.encode())
        return done

    def _lines(self, spool: Spool, rows: Iterator[Document]) -> Iterator[bytes]:
        while batch := list(islice(rows, _BATCH)):
            begun = [self._store.engine.begin(partial(_line, row, self._store.content)) for row in batch]
            for row, line in zip(batch, begun, strict=True):
                try:
                    yield line.result()
                except NotFound:  # it was deleted after it had been read
                    spool.leave_out(row.id)


def _line(row: Document, content: Content) -> bytes:
    if isinstance(row, StoredFile):
        return stored_line(row)
    fields = plain(row).items()
    return to_line({name: content.load(value) if isinstance(value, Spilled) else value for name, value in fields})
