"""Deleting projects: out of reach in one transaction, and what was in them afterwards, in batches.

The transaction removes the project's row, without which nothing in it can be reached, added or changed
(`shared.domain.ownership`), cancels its jobs, and inserts a `Deletion` row. The stream of that table starts the state
machine `delete-project`, which calls for batches until one finds nothing left and removes the `Deletion` row.

A batch removes what there is, so that it does not matter what became of earlier ones.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from shared.domain.jobs import LIMIT_S, close_job, running_in
from shared.domain.messages import cancel
from shared.domain.sweep import Sweep, close_deletion
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.schema.document import Document, Id
from shared.schema.record import Record
from shared.schema.tables import Conversation, Deletion, File, GenerationEvent, Job, Message, Project, StoredFile

CONTENT_TABLES: Final[tuple[type[Document], ...]] = (
    File,
    StoredFile,
    Conversation,
    Message,
    GenerationEvent,
    Job,
    Deletion,
)
"""What removing everything in a project writes."""

BATCH_MS: Final = 10_000
"""How long a batch takes, far below the time of its Lambda: what one transaction may take comes on top."""

Part = Literal["files", "conversations", "events", "jobs"]
"""What is in a project, in the order in which it is removed."""


class Batch(Record):
    """What `deleteProjectBatch` answers.

    `files` and `rows` are how many files and folders and how many other rows it has removed. Unless it is `done`,
    there is a `cursor`, at which the next batch goes on.
    """

    done: bool
    cursor: Part | None = None
    files: int
    rows: int


def delete_project(ctx: MutationContext, project: Project) -> None:
    """Put a project out of reach, cancel its jobs, and have everything in it removed."""
    message = ctx.db.lookup(Message.one_processing, project_id=project.id)
    if message is not None:
        cancel(ctx, message)
    for kind in LIMIT_S:
        close_job(ctx, running_in(ctx, project.id, kind), "cancelled")
    ctx.db.delete(project.id)
    ctx.db.insert(Deletion, kind="project", project_id=project.id, root=project.id)


def remove_contents(ctx: BulkContext, id: Id[Project], since: Part | None, for_ms: float) -> Batch:
    """Remove what was in a deleted project, for some time.

    Args:
        ctx: the call's context.
        id: the project; nothing happens unless it is being deleted.
        since: what to begin with, everything before it being gone; None: nothing is known to be.
        for_ms: how long to go on.
    """
    parts = list(get_args(Part))
    sweep, left = Sweep(ctx, id, for_ms), parts[parts.index(since) if since else 0 :]
    clear = {
        "files": lambda: sweep.empty(None),
        "conversations": sweep.clear_conversations,
        "events": sweep.clear_events,
        "jobs": sweep.clear_jobs,
    }

    def is_begun(reader: QueryContext) -> bool:
        return reader.db.lookup(Deletion.by_root, root=id) is not None

    def work() -> bool:
        if not sweep.step(lambda _: ctx.read(is_begun)):
            return True
        while left:
            clear[left[0]]()
            del left[0]
        return sweep.step(lambda step: close_deletion(step, id, None, id))

    is_done = sweep.run(work) or False
    cursor = None if is_done else (left or parts)[0]
    return Batch(done=is_done, cursor=cursor, files=sweep.deleted, rows=sweep.rows)
