"""Comparing subscriptions with what Autumn says, every night."""

from __future__ import annotations

from typing import Final

from functions.system.billing import sync_subscription
from shared.db.access import Access
from shared.db.page import PaginationOptions, PaginationResult
from shared.domain.subscriptions import PAYING
from shared.errors import Conflict
from shared.jobs.task import Json, Task, task
from shared.runtime.environment import Environment
from shared.schema.tables import User
from shared.service_errors import BillingUnavailable

_READS: Final = Access(reads=frozenset({User}))
_PAGE: Final = 10
_RESERVED_S: Final = 65
"""What is left of a call's time when it begins no further page, for each of whose users Autumn may take 5 s."""


@task("machine:reconcile-billing", calls=(sync_subscription,), uses=("billing",), timeout_s=120)
def reconcile(here: Task) -> Json:
    """Lets the subscriptions of paying users be what Autumn says, beginning where the last call has ended."""
    progress: Json = {"done": False, "cursor": None, "checked": 0, "changed": 0, "refused": 0, **here.event}
    if not here.environment.services.billing.is_configured:
        return progress | {"done": True}
    progress = _further(here, progress)
    while not progress["done"] and here.time_left_s > _RESERVED_S:
        try:
            progress = _further(here, progress)
        except BillingUnavailable:  # the next call begins with this page, and fails if it still is
            break
    return progress


def _further(here: Task, progress: Json) -> Json:
    """Return what has been done after one more page of users.

    Raises:
        BillingUnavailable: Autumn does not answer; the page has to be looked at again.
    """
    status, _, after = (progress["cursor"] or PAYING[0]).partition(" ")
    page = _page(here.environment, status, after or None)
    changed = refused = 0
    for user in page.page:
        plan = here.environment.services.billing.plan(user.autumn_customer_id or user.stack_user_id)
        try:
            changed += here.call(sync_subscription, stack_user_id=user.stack_user_id, plan=plan)
        except Conflict:
            refused += 1
    following = PAYING[PAYING.index(status) + 1 :] if page.is_done else (f"{status} {page.continue_cursor}",)
    return {
        "done": not following,
        "cursor": following[0] if following else None,
        "checked": progress["checked"] + len(page.page),
        "changed": progress["changed"] + changed,
        "refused": progress["refused"] + refused,
    }


def _page(here: Environment, status: str, after: str | None) -> PaginationResult[User]:
    options = PaginationOptions(num_items=_PAGE, cursor=after)
    return here.database.query(
        _READS,
        lambda reader: reader.query(User.by_subscription_status, subscription_status=status).paginate(options),
    )
