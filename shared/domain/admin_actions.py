"""The audit log of what administrators change; its rows are written in the transactions of the changes."""

from __future__ import annotations

from typing import Final

from shared.db.page import PaginationOptions, PaginationResult
from shared.runtime.context import MutationContext, QueryContext
from shared.schema.tables import AdminAction

_LONGEST_DETAIL: Final = 500


def note_action(ctx: MutationContext, action: str, target: str | None, detail: str | None = None) -> None:
    """Note that the caller, an administrator, changes something.

    Args:
        ctx: the mutation's context.
        action: what is done, such as `patchRow`.
        target: the id or name of what it is done to.
        detail: what of it, such as the names of fields; no values of theirs.
    """
    said = None if detail is None else detail[:_LONGEST_DETAIL]
    ctx.db.insert(AdminAction, log="admin", actor=ctx.user.subject, action=action, target=target, detail=said)


def newest_actions(ctx: QueryContext, options: PaginationOptions) -> PaginationResult[AdminAction]:
    """Return a page of the audit log, newest first."""
    return ctx.db.query(AdminAction.by_log, log="admin").order("desc").paginate(options)
