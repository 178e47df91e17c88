"""Writing many files and folders by their paths, as an import does: whatever is there already is replaced.

Entries of the same folder stand in the same transactions where they follow each other. Writing the same entries once
more changes nothing but times, so a run that was interrupted is simply repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from shared.db.codec import MAX_FIELD_BYTES
from shared.domain.attachments import INTERNAL
from shared.domain.entries import Parent, ensure_folders, name_taken, put_binary, put_text
from shared.domain.jobs import require_running
from shared.domain.ownership import project_of
from shared.domain.paths import MAX_DEPTH, file_names_in
from shared.domain.trees import require_folder, sibling
from shared.errors import Conflict, InvalidArgument, NotFound
from shared.runtime.context import BulkContext, MutationContext
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.tables import FileType, Project, StoredFile

_ROOM: Final = 80
"""Items of a transaction that entries may take; the project, the job and its folders' records take the rest."""

_FOLDER: Final = 5
_TEXT: Final = 3
_BINARY: Final = 4
_FOLDERS_OF_STEP: Final = 8
"""Of a deeper path, the folders above are made in transactions of their own."""


class ImportedEntry(Record):
    """A file with its text or its stored object, or a folder."""

    path: str
    type: FileType = "file"
    content: str | None = None
    storage_id: Id[StoredFile] | None = None


class FailedEntry(Record):
    """An entry that could not be written, and why."""

    path: str
    error: str


class ImportedBatch(Record):
    """What `importBatch` answers: how many entries are new, how many were there, and which could not be written."""

    created: int
    updated: int
    failed: list[FailedEntry]


def import_entries(
    ctx: BulkContext, project_id: Id[Project], job_id: str, entries: list[ImportedEntry]
) -> ImportedBatch:
    """Write entries for a job, making the folders above them.

    Raises:
        NotFound: there is no such project, or the job is another's.
        JobEnded: the job does not run.
    """
    batch = _Batch(ctx, project_id, job_id)
    for base, here in _transactions(batch.possible(entries)):
        batch.write(base, here)
    return ImportedBatch(created=batch.created, updated=batch.updated, failed=batch.failed)


class _Batch:
    """A call on its way."""

    def __init__(self, ctx: BulkContext, project_id: Id[Project], job_id: str) -> None:
        self._ctx = ctx
        self._project_id = project_id
        self._job_id = job_id
        self._bases: dict[tuple[str, ...], Parent] = {(): None}
        self.created = self.updated = 0
        self.failed: list[FailedEntry] = []

    def possible(self, entries: Iterable[ImportedEntry]) -> Iterator[ImportedEntry]:
        """Yield the entries that can be written whatever is there; the others have failed."""
        for entry in entries:
            fault = _fault(entry)
            if fault is None:
                yield entry
            else:
                self.failed.append(FailedEntry(path=entry.path, error=fault))

    def write(self, base: tuple[str, ...], entries: list[ImportedEntry]) -> None:
        """Write entries that stand below the folder `base`."""
        try:
            folder_id = self._folder(base)
        except (Conflict, InvalidArgument) as refused:
            self.failed += [FailedEntry(path=entry.path, error=refused.message) for entry in entries]
            return

        def write(step: MutationContext) -> dict[str, Any]:
            return _write(step, self._project(step), folder_id, len(base), entries)

        done = self._ctx.step(write)
        self.created += int(done["created"])
        self.updated += int(done["updated"])
        self.failed += [FailedEntry.model_read(failed) for failed in done["failed"]]

    def _folder(self, path: tuple[str, ...]) -> Parent:
        if path not in self._bases:
            above, names = self._folder(path[:-_FOLDERS_OF_STEP]), path[-_FOLDERS_OF_STEP:]

            def ensure(step: MutationContext) -> Parent:
                project = self._project(step)
                require_folder(step, project, above)
                return ensure_folders(step, project, above, names)

            self._bases[path] = self._ctx.step(ensure)
        return self._bases[path]

    def _project(self, step: MutationContext) -> Project:
        job = require_running(step.db, self._job_id)
        if job.project_id != self._project_id:
            raise NotFound(f"The job {self._job_id} does not run in this project")
        return project_of(step, self._project_id)


def _transactions(entries: Iterable[ImportedEntry]) -> Iterator[tuple[tuple[str, ...], list[ImportedEntry]]]:
    """Yield what one transaction holds: a folder that has to be there, and entries below it."""
    here: list[ImportedEntry] = []
    base: tuple[str, ...] = ()
    folders: set[tuple[str, ...]] = set()
    room = _ROOM
    for entry in entries:
        above = tuple(file_names_in(entry.path)[:-1])
        own_base = above[: (len(above) - 1) // _FOLDERS_OF_STEP * _FOLDERS_OF_STEP] if above else ()
        new = {above[:end] for end in range(len(own_base) + 1, len(above) + 1)}
        own = _BINARY if entry.storage_id else _TEXT
        if here and (own_base != base or own + _FOLDER * len(new - folders) > room):
            yield base, here
            here, folders, room = [], set(), _ROOM
        room -= own + _FOLDER * len(new - folders)
        here.append(entry)
        base = own_base
        folders |= new
    if here:
        yield base, here


def _write(
    ctx: MutationContext, project: Project, base_id: Parent, base_depth: int, entries: list[ImportedEntry]
) -> dict[str, Any]:
    require_folder(ctx, project, base_id)
    done: dict[str, Any] = {"created": 0, "updated": 0, "failed": []}
    for entry in entries:
        try:
            names = file_names_in(entry.path)[base_depth:]
            done["updated" if _put(ctx, project, base_id, names, entry) else "created"] += 1
        except (Conflict, InvalidArgument) as refused:
            done["failed"].append({"path": entry.path, "error": refused.message})
    return done


def _put(ctx: MutationContext, project: Project, base_id: Parent, names: list[str], entry: ImportedEntry) -> bool:
    """Write an entry, and tell whether there was one at its path; one that is refused leaves nothing behind.

    Raises:
        InvalidArgument: there is no such object.
        Conflict: there is a file where a folder should be, or the reverse.
    """
    if entry.storage_id is not None and ctx.db.get(StoredFile, entry.storage_id) is None:
        raise InvalidArgument(f"Storage id {entry.storage_id} not found")
    *folders, name = names
    folder_id = ensure_folders(ctx, project, base_id, folders)
    existing = sibling(ctx, project.id, folder_id, name)
    if existing is not None and existing.type != entry.type:
        raise Conflict(name_taken(existing.type))
    if entry.type == "folder":
        ensure_folders(ctx, project, folder_id, [name])
    elif entry.storage_id is not None:
        put_binary(ctx, project, folder_id, name, entry.storage_id, INTERNAL)
    else:
        put_text(ctx, project, folder_id, name, entry.content or "")
    return existing is not None


def _fault(entry: ImportedEntry) -> str | None:
    """Return why an entry can be written nowhere, or None."""
    try:
        names = file_names_in(entry.path)
    except InvalidArgument as error:
        return error.message
    given = (entry.content is not None) + (entry.storage_id is not None)
    if given != (entry.type == "file"):
        return "A file has either a content or a storageId, and a folder has neither"
    if entry.type == "folder" and len(names) == MAX_DEPTH:
        return f"Folders cannot be nested deeper than {MAX_DEPTH - 1} levels"
    if entry.content is not None and len(entry.content.encode()) > MAX_FIELD_BYTES:
        return f"The text is longer than {MAX_FIELD_BYTES} bytes; store it and give its storageId"
    return None
