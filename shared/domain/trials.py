"""Trials: a week of a paid plan, once for each user. Their end needs no job: whoever asks compares the time."""

from __future__ import annotations

from typing import Final, Literal

from shared.domain.limits import FREE_PROJECTS
from shared.errors import Conflict
from shared.runtime.context import MutationContext
from shared.schema.tables import UNLIMITED, User

TRIAL_MS: Final = 7 * 24 * 3600 * 1000

PaidTier = Literal["pro_monthly", "pro_yearly"]


def begin_trial(ctx: MutationContext, user: User, tier: PaidTier) -> float:
    """Start the only trial of `user` and return when it ends, in ms since the epoch.

    Raises:
        Conflict: they have a subscription or trial, or have had a trial.
    """
    if user.subscription_status in ("active", "trialing"):
        raise Conflict("User already has an active subscription or trial")
    if user.trial_used:
        raise Conflict("User has already had a trial")
    ends_at = ctx.now_ms + TRIAL_MS
    ctx.db.patch(
        user.id,
        subscription_status="trialing",
        subscription_tier=tier,
        trial_ends_at=ends_at,
        trial_used=True,
        project_limit=UNLIMITED,
        updated_at=ctx.now_ms,
    )
    return ends_at


def end_trial(ctx: MutationContext, user: User) -> None:
    """Put `user` back on the free plan.

    Raises:
        Conflict: they are not on a trial.
    """
    if user.subscription_status != "trialing":
        raise Conflict("User is not in trial")
    ctx.db.patch(
        user.id,
        subscription_status="free",
        subscription_tier="free",
        trial_ends_at=None,
        trial_used=True,
        project_limit=FREE_PROJECTS,
        updated_at=ctx.now_ms,
    )
