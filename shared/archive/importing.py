"""Writing an archive into an empty deployment.

    check ──> begin ──> stored objects ──> documents, with their large fields ──> records of indexes ──> finish

Nothing is written before the check has found nothing wrong. Whatever interrupts the rest, the same import goes on
where it was: what is there already is written again, or skipped, and is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path
from typing import Final, cast

from shared.archive.checking import CheckedArchive
from shared.archive.counts import Counts, Progress, silent
from shared.archive.deployment import Deployment
from shared.archive.errors import ImportRefused
from shared.archive.import_row import Place, advance, begin, finish
from shared.archive.layout import archived_tables
from shared.archive.rows import RowWriter
from shared.archive.stored_files import described
from shared.archive.zip_reader import open_archive
from shared.db.rebuild import RebuildFailed, build_records
from shared.db.survey import kept_indexes
from shared.schema.document import Document
from shared.schema.tables import StoredFile

_NOTED_EVERY: Final = 250
"""After how many documents it is noted how far the import is."""


def import_archive(
    deployment: Deployment, path: Path, leave_out: Collection[str] = (), progress: Progress = silent
) -> Counts:
    """Write what an archive holds into an empty deployment, and return what that is.

    Args:
        deployment: where to write.
        path: where the archive is.
        leave_out: tables (`openFiles`), fields (`users.clerkId`) and other entries that are not wanted.
        progress: told how far it has come.

    Raises:
        ArchiveRefused: something is wrong with the archive; nothing was changed.
        ImportRefused: the deployment is not empty, or takes another archive.
        Overloaded: the database or a bucket did not answer; the same import goes on where it was.
    """
    with open_archive(path) as reader:
        archive = CheckedArchive(reader, leave_out, progress)
        _Import(deployment, archive, progress).run()
        return archive.report.counts


class _Import:
    def __init__(self, deployment: Deployment, archive: CheckedArchive, progress: Progress) -> None:
        self._store = deployment.store
        self._storage = deployment.storage
        self._archive = archive
        self._digest = archive.report.digest
        self._documents = archive.report.counts.documents
        self._progress = progress

    def run(self) -> None:
        place = begin(self._store, self._digest)
        self._put_objects()
        tables = [document.table_name() for document in archived_tables()]
        for document in archived_tables():
            table = document.table_name()
            if place is None or tables.index(table) >= tables.index(place.table):
                self._put_rows(document, place.done if place and place.table == table else 0)
        self._build_records()
        finish(self._store, self._digest)

    def _put_objects(self) -> None:
        total = self._archive.report.counts.objects
        files = cast("Iterable[StoredFile]", self._archive.documents(StoredFile))
        for done, file in enumerate(files, 1):
            stored = described(file)
            if self._storage.head(file.uuid) != stored:
                with self._archive.object(file.id) as body:
                    self._storage.put(file.uuid, body, stored)
            self._progress("Writing stored objects", done, total)

    def _put_rows(self, document: type[Document], skipped: int) -> None:
        table, done = document.table_name(), skipped
        writer = RowWriter(self._store)
        for done, found in enumerate(islice(self._archive.documents(document), skipped, None), skipped + 1):
            writer.put(found)
            if done % _NOTED_EVERY == 0:
                writer.flush()
                advance(self._store, self._digest, Place(table, done))
            self._progress(f"Writing {table}", done, self._documents[table])
        writer.flush()
        advance(self._store, self._digest, Place(table, done))

    def _build_records(self) -> None:
        indexes = kept_indexes()
        for done, index in enumerate(indexes, 1):
            try:
                build_records(self._store, index)
            except RebuildFailed as error:
                raise ImportRefused(f"{error} Then run the same import again.") from None
            self._progress("Building the records of indexes", done, len(indexes))
