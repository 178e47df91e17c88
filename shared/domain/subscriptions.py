"""A user's subscription follows what Autumn says of them, the only one who knows what they pay for."""

from __future__ import annotations

from typing import Any, Final

from shared.billing.plan import Plan
from shared.domain.billing import is_in_trial
from shared.domain.limits import FREE_PROJECTS
from shared.runtime.context import MutationContext
from shared.schema.tables import UNLIMITED, SubscriptionStatus, User

PAYING: Final[tuple[SubscriptionStatus, ...]] = ("active", "trialing", "past_due")
"""The statuses that lift the limit of projects."""


def follow_plan(ctx: MutationContext, user: User, plan: Plan | None) -> bool:
    """Let a user's subscription be what Autumn says, and tell whether that has changed it.

    Args:
        ctx: the mutation's context.
        user: the user.
        plan: what they pay for, or None; a trial that they have begun here (`users:startTrial`) then goes on.

    Raises:
        Conflict: another user is that customer of Autumn's.
    """
    if plan is None and is_in_trial(user, ctx.now_ms) and user.subscription_plan_id is None:
        return False
    fields = _unpaid() if plan is None else _paid(plan)
    if all(getattr(user, name) == value for name, value in fields.items()):
        return False
    ctx.db.patch(user.id, **fields, updated_at=ctx.now_ms)
    return True


def _unpaid() -> dict[str, Any]:
    return {
        "subscription_status": "free",
        "subscription_tier": "free",
        "subscription_plan_id": None,
        "trial_ends_at": None,
        "project_limit": FREE_PROJECTS,
    }


def _paid(plan: Plan) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "autumn_customer_id": plan.customer_id,
        "subscription_status": plan.status,
        "subscription_tier": plan.tier,
        "subscription_plan_id": plan.product_id,
        "trial_ends_at": plan.trial_ends_at,
        "project_limit": UNLIMITED if plan.status in PAYING else FREE_PROJECTS,
    }
    return fields | ({"trial_used": True} if plan.status == "trialing" else {})
