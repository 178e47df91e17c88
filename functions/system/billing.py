"""Subscriptions, as the billing provider has them."""

from __future__ import annotations

from shared.billing.plan import Plan
from shared.domain.subscriptions import follow_plan
from shared.domain.users import Subject, ensured_user
from shared.runtime.context import MutationContext
from shared.runtime.function import internal_mutation
from shared.schema.tables import User


@internal_mutation(writes=[User])
def sync_subscription(
    ctx: MutationContext, *, stack_user_id: Subject, plan: Plan | None = None, email: str = ""
) -> bool:
    """Let a user's subscription be the paid `plan`, or without one the free plan; tell whether that changes it.

    A user that is not there yet is made, with the `email`. A trial that was begun with `users:startTrial` goes on.

    Raises:
        Conflict: another user is that customer of Autumn's.
    """
    return follow_plan(ctx, ensured_user(ctx, stack_user_id, email), plan)
