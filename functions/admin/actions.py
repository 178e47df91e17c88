"""What administrators have changed."""

from __future__ import annotations

from shared.db.page import PaginationOptions
from shared.domain.admin_actions import newest_actions, note_action
from shared.domain.rows import Row
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.function import admin_mutation, admin_query
from shared.schema.tables import AdminAction
from shared.schema.wire import plain


@admin_query(reads=[AdminAction])
def list_actions(ctx: QueryContext, *, pagination_opts: PaginationOptions) -> Row:
    """Return a page of what administrators have changed, newest first."""
    found = newest_actions(ctx, pagination_opts)
    page = [
        {
            "at": action.creation_time,
            "actor": action.actor,
            "action": action.action,
            **({"target": action.target} if action.target else {}),
            **({"detail": action.detail} if action.detail else {}),
        }
        for action in found.page
    ]
    return {**plain(found.model_copy(update={"page": []})), "page": page}


@admin_mutation(writes=[AdminAction])
def note(ctx: MutationContext, *, action: str, target: str | None = None, detail: str | None = None) -> None:
    """Note what the caller has changed besides rows; operations do, and whoever works past them may."""
    note_action(ctx, action, target, detail)
