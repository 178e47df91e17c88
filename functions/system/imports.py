"""Writing what an import brings."""

from __future__ import annotations

from shared.domain.imports import ImportedBatch, ImportedEntry, import_entries
from shared.runtime.context import BulkContext
from shared.runtime.function import internal_bulk_mutation
from shared.schema.document import Id
from shared.schema.tables import File, Job, Project, StoredFile


@internal_bulk_mutation(reads=[Job], writes=[Project, File, StoredFile], binary=True)
def import_batch(
    ctx: BulkContext, *, project_id: Id[Project], job_id: str, entries: list[ImportedEntry]
) -> ImportedBatch:
    """Write files and folders by their paths for a job that runs in the project, replacing what is there.

    An entry that cannot be written is `failed`, and the others are written.

    Raises:
        NotFound: there is no such project, or the job is another's.
        JobEnded: the job does not run.
    """
    return import_entries(ctx, project_id, job_id, entries)
