"""Subscriptions."""

from __future__ import annotations

from functions.system.billing import sync_subscription
from functions.users import get_subscription
from shared.runtime.route import Fields, Json, Request, route


@route(
    "POST /api/autumn/sync",
    fields=Fields,
    calls=(sync_subscription, get_subscription),
    failed="Failed to sync subscription",
    uses=("billing",),
    keyed=False,
)
def sync(request: Request[Fields]) -> Json:
    """Lets the caller's subscription be what Autumn says, and tells what it is."""
    request.spend("mutations")
    identity = request.identity
    plan = request.environment.services.billing.plan(identity.subject)
    request.call(sync_subscription, stack_user_id=identity.subject, plan=plan, email=identity.email)
    return {"synced": True, "subscription": request.call(get_subscription)}
