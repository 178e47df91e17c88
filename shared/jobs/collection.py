"""Removing what nothing refers to, a day after it was written.

uploads  rows of uploaded objects that no file refers to, with their objects
files    objects of the storage bucket without a row
fields   objects of the content bucket: large fields that no document points to (any more), large results of mutations
         whose records have expired, and what the steps of jobs handed to each other
ranges   records of index ranges that are empty, such as those of the folders of deleted projects

A mutation writes its objects before it commits, and has ten seconds for both; uploads have an hour. So what is a day
old and has nothing that refers to it now never will have, and an object that a row refers to is never touched: what
refers to it is read after the listing, and consistently. Whatever a call could not do, the next one finds again.

Buckets keep removed objects for longer than tables can be restored to an earlier time, so what rows of then referred
to can be restored too (`infra.constructs.bucket`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from shared import values
from shared.db.access import Access
from shared.db.database import MutationRequest
from shared.db.empty_ranges import forget_empty_ranges
from shared.db.outcome import KEPT_WITH_KEY_S
from shared.db.references import documents_of, holders, page_of_table, pointed_to
from shared.db.store import Store
from shared.db.writer import Writer
from shared.jobs.scratch import PREFIX as SCRATCH
from shared.runtime.environment import Environment
from shared.schema.document import DOCUMENTS, Document, Id
from shared.schema.platform import COMMITS
from shared.schema.tables import Job, StoredFile

_DAY_MS: Final = 24 * 3600 * 1000
_RESULTS_KEPT_MS: Final = KEPT_WITH_KEY_S * 1000 + 7 * _DAY_MS
"""How long results are kept: DynamoDB removes expired records within days."""

_ROWS_OF_STEP: Final = 25
"""Each takes up to three items of a transaction: the row, its claim, and a row of `changes`."""

_SPILLING: Final = frozenset(d for d in DOCUMENTS.values() if any(map(d.can_spill, d.model_fields)))
ACCESS: Final = Access(reads=_SPILLING | {Job}, writes=frozenset({StoredFile}))
"""What collecting touches, besides looking through `_storage`, `ranges` and both buckets."""


class Collected(NamedTuple):
    """A part of a collection.

    Attributes:
        after: where the phase goes on, or None: it is finished.
        rows: how many rows it has removed.
        objects: how many objects.
    """

    after: str | None
    rows: int
    objects: int


def _uploads(here: Environment, after: str | None) -> Collected:
    store = here.database.store
    rows, following = page_of_table(store, StoredFile, after)
    latest_ms = store.clock.now_ms() - _DAY_MS
    stale = [row.id for row in rows if not row.attachments and row.creation_time < latest_ms]
    removed = 0
    for start in range(0, len(stale), _ROWS_OF_STEP):
        uuids = _remove_unattached(here, stale[start : start + _ROWS_OF_STEP])
        here.storage.delete(uuids)
        removed += len(uuids)
    return Collected(following, removed, removed)


def _remove_unattached(here: Environment, ids: list[Id[StoredFile]]) -> list[str]:
    """Remove those of the rows that still no file refers to, and return the uuids of their objects."""

    def remove(db: Writer) -> str:
        unattached = [row for row in db.get_all(StoredFile, ids).values() if not row.attachments]
        for row in unattached:
            db.delete(row.id)
        return values.dumps([row.uuid for row in unattached])

    committed = here.database.mutate(ACCESS, remove, MutationRequest("workflows:collect", "internal", ""))
    return list(values.loads(committed.value))


def _files(here: Environment, after: str | None) -> Collected:
    store = here.database.store
    listing = here.storage.page(after)
    latest_ms = store.clock.now_ms() - _DAY_MS
    old = [listed.key for listed in listing.objects if listed.written_ms < latest_ms]
    held = holders(store, StoredFile.by_uuid, old)
    lost = [uuid for uuid in old if uuid not in held]
    here.storage.delete(lost)
    return Collected(listing.after, 0, len(lost))


def _fields(here: Environment, after: str | None) -> Collected:
    store = here.database.store
    listing = store.objects.page(after)
    now_ms = store.clock.now_ms()
    by_prefix: dict[str, list[str]] = defaultdict(list)
    for listed in listing.objects:
        prefix = listed.key.partition("/")[0]
        if listed.written_ms < now_ms - (_RESULTS_KEPT_MS if prefix == COMMITS.name else _DAY_MS):
            by_prefix[prefix].append(listed.key)
    lost = [key for prefix, keys in by_prefix.items() for key in _unreferenced(store, prefix, keys)]
    store.objects.remove(lost)
    return Collected(listing.after, 0, len(lost))


def _unreferenced(store: Store, prefix: str, keys: list[str]) -> Iterable[str]:
    """Return those of some old objects that nothing refers to; what nobody here has written stays."""
    if prefix == COMMITS.name:
        return keys
    if prefix == SCRATCH.rstrip("/"):
        return _of_ended_jobs(store, keys)
    document = DOCUMENTS.get(prefix)
    return [] if document is None else _not_pointed_to(store, document, keys)


def _of_ended_jobs(store: Store, keys: list[str]) -> Iterator[str]:
    known = holders(store, Job.by_job_id, {_second(key) for key in keys})
    ended = {job.job_id for job in documents_of(store, Job, {*known.values()}) if job.status != "running"}
    return (key for key in keys if _second(key) not in known or _second(key) in ended)


def _not_pointed_to(store: Store, document: type[Document], keys: list[str]) -> Iterator[str]:
    used = pointed_to(store, document, {_second(key) for key in keys})
    return (key for key in keys if key not in used)


def _second(key: str) -> str:
    """Return the second part of a key: a document's id, or a job's."""
    return key.split("/")[1]


def _ranges(here: Environment, after: str | None) -> Collected:
    store = here.database.store
    removed, following = forget_empty_ranges(store, after, store.clock.now_ns() - _DAY_MS * 10**6)
    return Collected(following, removed, 0)


_PHASES: Final[dict[str, Callable[[Environment, str | None], Collected]]] = {
    "uploads": _uploads,
    "files": _files,
    "fields": _fields,
    "ranges": _ranges,
}


def collect_page(here: Environment, progress: dict[str, Any]) -> dict[str, Any]:
    """Look at one page of rows or objects, and remove what nothing refers to.

    Args:
        here: the deployment.
        progress: what the last call returned, or `{}` to begin.

    Returns:
        `done`, the next `phase` and its `cursor`, and how many `rows` and `objects` have been removed so far.
    """
    phases = list(_PHASES)
    phase = progress.get("phase", phases[0])
    found = _PHASES[phase](here, progress.get("cursor"))
    is_last = found.after is None and phase == phases[-1]
    if found.after is None and not is_last:
        phase = phases[phases.index(phase) + 1]
    return {
        "done": is_last,
        "phase": phase,
        "cursor": found.after,
        "rows": progress.get("rows", 0) + found.rows,
        "objects": progress.get("objects", 0) + found.objects,
    }
