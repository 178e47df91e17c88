"""The people who sign in, and their subscriptions."""

from __future__ import annotations

from typing import Annotated

from shared.domain.billing import BillingStatus, Subscription, billing_status_of, subscription_of
from shared.domain.limits import FREE_PROJECTS
from shared.domain.trials import PaidTier, begin_trial, end_trial
from shared.domain.users import Subject, ensured_user, existing_user, require_self_or_internal, user_of
from shared.runtime.arguments import ABSENT, Absent
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.function import internal_mutation, internal_query, mutation, query
from shared.schema.record import Record
from shared.schema.rules import Rule
from shared.schema.tables import UNLIMITED, Project, SubscriptionStatus, SubscriptionTier, User

AutumnId = Annotated[str, Rule(min_length=1, max_length=255)]
Limit = Annotated[float, Rule(ge=UNLIMITED, allow_inf_nan=False)]
Moment = Annotated[float, Rule(ge=0, allow_inf_nan=False)]


class TrialStarted(Record):
    """The answer of `startTrial`; `trial_ends_at` is in ms since the epoch."""

    success: bool = True
    trial_ends_at: float


class TrialCancelled(Record):
    """The answer of `cancelTrial`."""

    success: bool = True


class Synced(Record):
    """The answer of `syncUserFromClerk`: whether there was no such user before."""

    created: bool


@mutation(writes=[User])
def get_or_create_user(ctx: MutationContext) -> User:
    """Return the caller's user as it was before this call, or a new one on the free plan."""
    user = user_of(ctx, ctx.user.subject)
    if user is None:
        return ensured_user(ctx, ctx.user.subject, ctx.user.email or "")
    ctx.db.patch(user.id, updated_at=ctx.now_ms)
    return user


@query(reads=[User, Project])
def get_subscription(ctx: QueryContext) -> Subscription | None:
    """Return the caller's user and what their subscription allows now, or null before `getOrCreateUser`."""
    user = user_of(ctx, ctx.user.subject)
    return None if user is None else subscription_of(user, _project_count(ctx), ctx.now_ms)


@query(reads=[User, Project])
def get_billing_status(ctx: QueryContext) -> BillingStatus | None:
    """Return what the billing page shows of the caller, or null before `getOrCreateUser`."""
    user = user_of(ctx, ctx.user.subject)
    return None if user is None else billing_status_of(user, _project_count(ctx), ctx.now_ms)


@query(reads=[Project])
def get_project_count(ctx: QueryContext) -> int:
    """Return how many projects the caller owns."""
    return _project_count(ctx)


@mutation(writes=[User])
def start_trial(ctx: MutationContext, *, tier: PaidTier) -> TrialStarted:
    """Start the caller's only trial: a week of `tier`, with any number of projects.

    Raises:
        NotFound: the caller has no user yet.
        Conflict: they have a subscription or trial, or have had a trial.
    """
    user = existing_user(ctx, ctx.user.subject)
    return TrialStarted(trial_ends_at=begin_trial(ctx, user, tier))


@mutation(writes=[User])
def cancel_trial(ctx: MutationContext) -> TrialCancelled:
    """End the caller's trial and put them back on the free plan.

    Raises:
        NotFound: the caller has no user yet.
        Conflict: they are not in a trial.
    """
    end_trial(ctx, existing_user(ctx, ctx.user.subject))
    return TrialCancelled()


@internal_mutation(writes=[User])
def update_subscription(
    ctx: MutationContext,
    *,
    stack_user_id: Subject,
    autumn_customer_id: AutumnId | Absent | None = ABSENT,
    subscription_status: SubscriptionStatus | Absent | None = ABSENT,
    subscription_tier: SubscriptionTier | Absent | None = ABSENT,
    subscription_plan_id: str | Absent | None = ABSENT,
    trial_ends_at: Moment | Absent | None = ABSENT,
    project_limit: Limit | Absent | None = ABSENT,
) -> User:
    """Change the given fields of a user's subscription and return the user; null clears a field.

    Raises:
        NotFound: there is no such user.
        Conflict: another user is that Autumn customer.
    """
    user = existing_user(ctx, stack_user_id)
    fields = {
        "autumn_customer_id": autumn_customer_id,
        "subscription_status": subscription_status,
        "subscription_tier": subscription_tier,
        "subscription_plan_id": subscription_plan_id,
        "trial_ends_at": trial_ends_at,
        "trial_used": True if subscription_status == "trialing" else ABSENT,
        "project_limit": FREE_PROJECTS if project_limit is None else project_limit,
    }
    given = {name: value for name, value in fields.items() if value is not ABSENT}
    ctx.db.patch(user.id, **given, updated_at=ctx.now_ms)
    return existing_user(ctx, stack_user_id)


@internal_mutation(writes=[User])
def sync_user_from_clerk(ctx: MutationContext, *, stack_user_id: Subject, email: str) -> Synced:
    """Set a user's email address, making the user if there is none."""
    user = user_of(ctx, stack_user_id)
    if user is None:
        ensured_user(ctx, stack_user_id, email)
    else:
        ctx.db.patch(user.id, email=email, updated_at=ctx.now_ms)
    return Synced(created=user is None)


@query(reads=[User])
def get_user_by_stack_user_id(
    ctx: QueryContext, *, stack_user_id: Subject, internal_key: str | None = None
) -> User | None:
    """Return the user who signs in as `stackUserId`, or null; for the user themselves or with the internal key."""
    require_self_or_internal(ctx, stack_user_id, internal_key)
    return user_of(ctx, stack_user_id)


@internal_query(reads=[User])
def get_user_by_autumn_customer_id(ctx: QueryContext, *, autumn_customer_id: AutumnId) -> User | None:
    """Return the user who is this customer of Autumn's, or null."""
    return ctx.db.lookup(User.by_autumn_customer, autumn_customer_id=autumn_customer_id)


def _project_count(ctx: QueryContext) -> int:
    return ctx.db.count(Project.by_owner, owner_id=ctx.user.subject)
