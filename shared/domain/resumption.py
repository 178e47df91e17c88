"""Going on with deletions that were interrupted, of folders and of projects."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

from shared.domain.deletion import finish_folder
from shared.domain.project_deletion import remove_contents
from shared.runtime.context import BulkContext, QueryContext
from shared.schema.document import Id
from shared.schema.tables import Deletion

_MOST_RESUMED: Final = 1000


def resume_deletions(ctx: BulkContext, limit: int) -> tuple[int, int]:
    """Go on with deletions that were interrupted.

    Args:
        ctx: the call's context.
        limit: the most deletions to go on with.

    Returns:
        How many were finished, and how many are left (counting at most `_MOST_RESUMED` of each kind).
    """
    folders, projects = ctx.step(lambda _: ctx.read(_pending))
    unfinished = [partial(finish_folder, ctx, Id(project_id), Id(root)) for project_id, root in folders]
    unfinished += [partial(_finish_project, ctx, root) for _, root in projects]
    finished = sum(finish() for finish in unfinished[:limit])
    return finished, len(unfinished) - finished


def _pending(ctx: QueryContext) -> list[list[tuple[str, str]]]:
    """Return (project, root) of the deletions of folders and of those of projects."""
    begun = [ctx.db.query(Deletion.by_kind, kind=kind) for kind in ("folder", "project")]
    return [[(deletion.project_id, deletion.root) for deletion in query.take(_MOST_RESUMED)] for query in begun]


def _finish_project(ctx: BulkContext, id: str) -> bool:
    return remove_contents(ctx, Id(id), None, math.inf).done
