"""Removing what was in deleted folders and projects."""

from __future__ import annotations

from shared.domain.project_deletion import BATCH_MS, CONTENT_TABLES, Batch, Part, remove_contents
from shared.domain.resumption import resume_deletions
from shared.runtime.context import BulkContext
from shared.runtime.function import internal_bulk_mutation
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.tables import Project


class Swept(Record):
    """What `sweepDeletions` answers: how many interrupted deletions it finished, and how many are left."""

    finished: int
    remaining: int


@internal_bulk_mutation(writes=CONTENT_TABLES, binary=True)
def delete_project_batch(ctx: BulkContext, *, project_id: Id[Project], cursor: Part | None = None) -> Batch:
    """Remove for ten seconds what was in a deleted project; call again with the `cursor` until it is `done`.

    Nothing is removed of a project that is not being deleted.
    """
    return remove_contents(ctx, project_id, cursor, BATCH_MS)


@internal_bulk_mutation(writes=[Project, *CONTENT_TABLES], binary=True)
def sweep_deletions(ctx: BulkContext, *, limit: int = 100) -> Swept:
    """Go on with at most `limit` deletions of large folders and of projects that were interrupted."""
    finished, remaining = resume_deletions(ctx, limit)
    return Swept(finished=finished, remaining=remaining)
