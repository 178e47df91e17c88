"""Making and listing projects."""

from __future__ import annotations

from typing import Any, Final

from shared.domain.limits import require_room_for_project
from shared.domain.titles import title_of
from shared.runtime.context import MutationContext, QueryContext
from shared.schema.document import Id
from shared.schema.tables import Project, User

MOST_LISTED: Final = 1000
"""The most projects of one answer."""


def add_project(ctx: MutationContext, owner: User, name: str, **more: Any) -> Id[Project]:
    """Insert a project.

    Args:
        ctx: the mutation's context.
        owner: whose it is.
        name: what its owner calls it.
        more: further fields of the row.

    Raises:
        InvalidArgument: the name is no title.
        LimitReached: the owner's plan does not allow another project.
    """
    name = title_of(name, "Project name")
    require_room_for_project(ctx, owner)
    return ctx.db.insert(
        Project, name=name, owner_id=owner.stack_user_id, user_id=owner.id, updated_at=ctx.now_ms, **more
    )


def newest_projects(ctx: QueryContext, limit: int) -> list[Project]:
    """Return the caller's first `limit` projects, in the order that the deployment's settings choose.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    newest = ctx.db.query(Project.by_owner, owner_id=ctx.user.subject).order("desc")
    if ctx.settings.project_order == "created":
        return newest.take(limit)
    return sorted(newest.collect(), key=lambda project: project.updated_at, reverse=True)[:limit]
