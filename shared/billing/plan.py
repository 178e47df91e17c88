"""The plan that somebody has at Autumn, in the terms of this backend."""

from __future__ import annotations

from typing import Any, Final

from shared.job_settings import JobSettings
from shared.schema.record import Record
from shared.schema.tables import SubscriptionStatus, SubscriptionTier

_STATUS: Final[dict[str, SubscriptionStatus]] = {
    "active": "active",
    "trialing": "trialing",
    "past_due": "past_due",
    "scheduled": "active",
    "expired": "canceled",
}
"""Our status for each of Autumn's, the one that counts most first; any other means that nothing is paid for."""


class Plan(Record):
    """A paid plan; `trial_ends_at` is in ms since the epoch."""

    customer_id: str
    product_id: str
    tier: SubscriptionTier
    status: SubscriptionStatus
    trial_ends_at: float | None = None


def plan_of(customer: dict[str, Any], settings: JobSettings) -> Plan | None:
    """Return the paid plan of one of Autumn's customers, or None.

    Of several products, such as a yearly plan that begins when the monthly one ends, the one that counts now is
    taken.

    Args:
        customer: the customer in version 1.2 of Autumn's API.
        settings: which say which of Autumn's products are the plans.
    """
    tiers: dict[str, SubscriptionTier] = {
        settings.monthly_product_id: "pro_monthly",
        settings.yearly_product_id: "pro_yearly",
    }
    tiers.pop("", None)
    ranks = list(_STATUS)
    paid = [
        product
        for product in customer.get("products") or []
        if product.get("id") in tiers and product.get("status") in _STATUS
    ]
    if not paid:
        return None
    product = min(paid, key=lambda product: ranks.index(product["status"]))
    is_trial = product["status"] == "trialing"
    return Plan(
        customer_id=customer["id"],
        product_id=product["id"],
        tier=tiers[product["id"]],
        status=_STATUS[product["status"]],
        trial_ends_at=product.get("trial_ends_at") or product.get("current_period_end") if is_trial else None,
    )
