"""How many projects a plan allows. The count is the guarded index's own, so it cannot drift from what is there."""

from __future__ import annotations

from typing import Final

from shared.errors import LimitReached
from shared.runtime.context import MutationContext
from shared.schema.tables import UNLIMITED, Project, User

FREE_PROJECTS: Final = 10


def project_limit(user: User, now_ms: float) -> float:
    """Return how many projects `user` may own now, or `UNLIMITED`; a trial's allowance ends with the trial."""
    return FREE_PROJECTS if has_trial_ended(user, now_ms) else user.project_limit


def has_trial_ended(user: User, now_ms: float) -> bool:
    """Tell whether `user` is on a trial that is over."""
    return user.subscription_status == "trialing" and user.trial_ends_at is not None and user.trial_ends_at <= now_ms


def has_room(limit: float, count: int) -> bool:
    """Tell whether one more project than `count` is within `limit`."""
    return limit == UNLIMITED or count < limit


def require_room_for_project(ctx: MutationContext, user: User) -> None:
    """Make this mutation depend on `user`'s being allowed one more project.

    Raises:
        LimitReached: their plan does not allow more.
    """
    limit = project_limit(user, ctx.now_ms)
    if limit == UNLIMITED:
        return
    if not has_room(limit, ctx.db.count(Project.by_owner, owner_id=user.stack_user_id)):
        raise LimitReached(
            f"Project limit reached. You have {limit:g} free projects. Please upgrade to Pro for unlimited projects."
        )
