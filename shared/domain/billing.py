"""What a user's subscription comes to now: trial days, plan and room for projects, computed when asked."""

from __future__ import annotations

import math
from typing import Final, Literal

from shared.domain.limits import has_room, has_trial_ended, project_limit
from shared.schema.document import Id
from shared.schema.record import Record, field
from shared.schema.tables import UNLIMITED, SubscriptionStatus, SubscriptionTier, User
from shared.schema.wire import plain

DAY_MS: Final = 24 * 3600 * 1000


class Subscription(Record):
    """A user's row, and what follows from it now."""

    id: Id[User] = field(wire="_id")
    creation_time: float = field(wire="_creationTime")
    stack_user_id: str
    email: str
    autumn_customer_id: str | None = None
    subscription_status: SubscriptionStatus | None = None
    subscription_tier: SubscriptionTier | None = None
    subscription_plan_id: str | None = None
    project_limit: float
    trial_ends_at: float | None = None
    trial_used: bool | None = None
    created_at: float
    updated_at: float
    trial_days_remaining: float
    is_in_trial: bool
    is_pro: bool
    is_free: bool
    can_create_project: bool


class BillingStatus(Record):
    """What the billing page shows."""

    subscription_status: SubscriptionStatus | None = None
    subscription_tier: SubscriptionTier | None = None
    trial_ends_at: float | None = None
    trial_days_remaining: float
    project_limit: float
    project_count: float
    remaining_projects: float | Literal["unlimited"]
    autumn_customer_id: str | None = None
    created_at: float


def is_in_trial(user: User, now_ms: float) -> bool:
    """Tell whether `user` is on a trial that is not over."""
    return user.subscription_status == "trialing" and not has_trial_ended(user, now_ms)


def trial_days_remaining(user: User, now_ms: float) -> int:
    """Return the days until the trial ends, begun days counted whole; 0 when there is none."""
    return max(0, math.ceil(((user.trial_ends_at or 0) - now_ms) / DAY_MS))


def subscription_of(user: User, project_count: int, now_ms: float) -> Subscription:
    """Return `user` with what follows from the row when they own `project_count` projects."""
    return Subscription.model_read(
        plain(user)
        | {
            "trialDaysRemaining": trial_days_remaining(user, now_ms),
            "isInTrial": is_in_trial(user, now_ms),
            "isPro": user.subscription_status == "active" or is_in_trial(user, now_ms),
            "isFree": user.subscription_status in (None, "free") or has_trial_ended(user, now_ms),
            "canCreateProject": has_room(project_limit(user, now_ms), project_count),
        }
    )


def billing_status_of(user: User, project_count: int, now_ms: float) -> BillingStatus:
    """Return the billing status of `user` when they own `project_count` projects."""
    limit = project_limit(user, now_ms)
    return BillingStatus(
        subscription_status=user.subscription_status,
        subscription_tier=user.subscription_tier,
        trial_ends_at=user.trial_ends_at,
        trial_days_remaining=trial_days_remaining(user, now_ms),
        project_limit=limit,
        project_count=project_count,
        remaining_projects="unlimited" if limit == UNLIMITED else max(0, limit - project_count),
        autumn_customer_id=user.autumn_customer_id,
        created_at=user.created_at,
    )
