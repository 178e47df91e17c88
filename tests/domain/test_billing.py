from __future__ import annotations

from typing import Any

import pytest

from shared.domain.billing import BillingStatus, Subscription, billing_status_of, subscription_of
from shared.schema.tables import UNLIMITED, User

NOW_MS = 1_795_000_000_000.0
DAY_MS = 24 * 3600 * 1000


def user(**fields: Any) -> User:
    given = {"email": "", "project_limit": 10, "created_at": 1, "updated_at": 2, "stack_user_id": "ada"} | fields
    return User.model_validate({"_id": User.mint_id(bytes(16)), "_creationTime": 1, **given})


def on_trial(days_left: float) -> User:
    return user(subscription_status="trialing", trial_ends_at=NOW_MS + days_left * DAY_MS, project_limit=UNLIMITED)


def subscription(user: User, projects: int = 0) -> Subscription:
    return subscription_of(user, projects, NOW_MS)


def billing(user: User, projects: int = 0) -> BillingStatus:
    return billing_status_of(user, projects, NOW_MS)


def test_a_subscription_shows_every_field_of_the_user() -> None:
    hidden = {name for name, field in User.model_fields.items() if field.exclude}
    assert User.model_fields.keys() - hidden <= Subscription.model_fields.keys()


def test_a_free_user_with_room_may_create_a_project() -> None:
    assert subscription(user(subscription_status="free"), projects=9).can_create_project
    assert not subscription(user(subscription_status="free"), projects=10).can_create_project


@pytest.mark.parametrize(
    ("status", "is_pro", "is_free"),
    [
        (None, False, True),
        ("free", False, True),
        ("active", True, False),
        ("past_due", False, False),
        ("canceled", False, False),
    ],
)
def test_only_an_active_subscription_is_pro(status: str | None, is_pro: bool, is_free: bool) -> None:
    found = subscription(user(subscription_status=status))
    assert (found.is_pro, found.is_free) == (is_pro, is_free)


def test_a_running_trial_is_pro_without_a_limit() -> None:
    found = subscription(on_trial(days_left=0.5), projects=50)
    assert (found.is_in_trial, found.is_pro, found.is_free, found.can_create_project) == (True, True, False, True)


def test_a_trial_that_is_over_is_free_with_the_free_limit() -> None:
    found = subscription(on_trial(days_left=0), projects=50)
    assert (found.is_in_trial, found.is_pro, found.is_free, found.can_create_project) == (False, False, True, False)


@pytest.mark.parametrize(("days_left", "shown"), [(6.2, 7), (1.0, 1), (0.0, 0), (-3.0, 0)])
def test_begun_trial_days_count_whole(days_left: float, shown: int) -> None:
    assert subscription(on_trial(days_left)).trial_days_remaining == shown


def test_without_a_trial_no_days_remain() -> None:
    assert billing(user()).trial_days_remaining == 0


def test_remaining_projects_never_fall_below_zero() -> None:
    assert billing(user(), projects=4).remaining_projects == 6
    assert billing(user(), projects=12).remaining_projects == 0


def test_without_a_limit_the_remaining_projects_are_unlimited() -> None:
    assert billing(user(project_limit=UNLIMITED), projects=12).remaining_projects == "unlimited"


def test_the_limit_shown_is_the_one_that_counts_now() -> None:
    assert billing(on_trial(days_left=-1)).project_limit == 10
