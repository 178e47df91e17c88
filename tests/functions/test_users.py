from __future__ import annotations

import pytest

from shared.errors import ArgumentValidation, Conflict, Forbidden, NotFound, Unauthenticated
from tests.functions.callers import Client
from tests.runtime.backend import INTERNAL_KEY

WEEK_S = 7 * 24 * 3600


@pytest.fixture
def user(ada: Client) -> str:
    id_: str = ada.call("users:getOrCreateUser")["_id"]
    return id_


def test_the_first_sign_in_makes_a_user_on_the_free_plan(ada: Client) -> None:
    user = ada.call("users:getOrCreateUser")
    assert (user["stackUserId"], user["email"]) == ("ada", "ada@example.com")
    assert (user["subscriptionStatus"], user["subscriptionTier"], user["projectLimit"]) == ("free", "free", 10)


def test_a_token_without_an_email_address_makes_a_user_with_an_empty_one(bob: Client) -> None:
    assert bob.call("users:getOrCreateUser")["email"] == ""


def test_a_later_sign_in_returns_the_user_as_it_was_and_notes_the_time(ada: Client, user: str) -> None:
    ada.wait(5)
    returned = ada.call("users:getOrCreateUser")
    kept = ada.call("users:getSubscription")
    assert returned["_id"] == kept["_id"] == user
    assert kept["updatedAt"] >= returned["updatedAt"] + 5000


def test_before_the_first_sign_in_there_is_nothing_to_tell(ada: Client) -> None:
    assert ada.call("users:getSubscription") is None
    assert ada.call("users:getBillingStatus") is None
    assert ada.call("users:getProjectCount") == 0


def test_the_billing_status_counts_the_projects(ada: Client, user: str) -> None:
    ada.call("projects:create", name="one")
    status = ada.call("users:getBillingStatus")
    assert (status["projectCount"], status["projectLimit"], status["remainingProjects"]) == (1, 10, 9)
    assert ada.call("users:getProjectCount") == 1


def test_a_trial_lasts_a_week(ada: Client, user: str) -> None:
    started = ada.call("users:startTrial", tier="pro_yearly")
    subscription = ada.call("users:getSubscription")
    assert started == {"success": True, "trialEndsAt": subscription["trialEndsAt"]}
    assert (subscription["isInTrial"], subscription["subscriptionTier"]) == (True, "pro_yearly")
    assert subscription["trialDaysRemaining"] == 7


def test_a_trial_that_is_over_is_over_at_once(ada: Client, user: str) -> None:
    ada.call("users:startTrial", tier="pro_monthly")
    ada.wait(WEEK_S)
    assert not ada.call("users:getSubscription")["isInTrial"]
    assert ada.call("users:getBillingStatus")["projectLimit"] == 10


def test_a_cancelled_trial_puts_the_user_back_on_the_free_plan(ada: Client, user: str) -> None:
    ada.call("users:startTrial", tier="pro_monthly")
    assert ada.call("users:cancelTrial") == {"success": True}
    subscription = ada.call("users:getSubscription")
    assert (subscription["subscriptionStatus"], subscription["projectLimit"]) == ("free", 10)
    assert "trialEndsAt" not in subscription


def test_there_is_only_one_trial(ada: Client, user: str) -> None:
    ada.call("users:startTrial", tier="pro_monthly")
    with pytest.raises(Conflict, match="User already has an active subscription or trial"):
        ada.call("users:startTrial", tier="pro_monthly")
    ada.call("users:cancelTrial")
    with pytest.raises(Conflict, match="already had a trial"):
        ada.call("users:startTrial", tier="pro_monthly")


def test_a_trial_needs_a_user_and_a_plan_that_is_paid_for(ada: Client) -> None:
    with pytest.raises(NotFound, match="User not found"):
        ada.call("users:startTrial", tier="pro_monthly")
    with pytest.raises(ArgumentValidation):
        ada.call("users:startTrial", tier="free")


def test_only_a_trial_can_be_cancelled(ada: Client, user: str) -> None:
    with pytest.raises(Conflict, match="User is not in trial"):
        ada.call("users:cancelTrial")


def test_a_subscription_changes_in_the_given_fields_alone(ada: Client, server: Client, user: str) -> None:
    server.call("users:updateSubscription", stackUserId="ada", subscriptionPlanId="pro", projectLimit=-1)
    changed = server.call("users:updateSubscription", stackUserId="ada", subscriptionStatus="active")
    assert (changed["subscriptionStatus"], changed["subscriptionPlanId"], changed["projectLimit"]) == (
        "active",
        "pro",
        -1,
    )


def test_null_clears_a_field_of_a_subscription(ada: Client, server: Client, user: str) -> None:
    server.call("users:updateSubscription", stackUserId="ada", subscriptionPlanId="pro", projectLimit=-1)
    cleared = server.call("users:updateSubscription", stackUserId="ada", subscriptionPlanId=None, projectLimit=None)
    assert "subscriptionPlanId" not in cleared
    assert cleared["projectLimit"] == 10


def test_a_trial_that_billing_grants_counts_as_the_only_one(ada: Client, server: Client, user: str) -> None:
    server.call("users:updateSubscription", stackUserId="ada", subscriptionStatus="trialing")
    server.call("users:updateSubscription", stackUserId="ada", subscriptionStatus="canceled")
    with pytest.raises(Conflict, match="already had a trial"):
        ada.call("users:startTrial", tier="pro_monthly")


def test_a_subscription_needs_a_user(server: Client) -> None:
    with pytest.raises(NotFound, match="User not found"):
        server.call("users:updateSubscription", stackUserId="nobody")


@pytest.mark.parametrize(
    "fields",
    [{"projectLimit": -2.0}, {"projectLimit": float("nan")}, {"trialEndsAt": float("inf")}, {"autumnCustomerId": ""}],
)
def test_a_subscription_takes_only_values_that_mean_something(
    ada: Client, server: Client, user: str, fields: dict[str, object]
) -> None:
    with pytest.raises(ArgumentValidation):
        server.call("users:updateSubscription", stackUserId="ada", **fields)


def test_two_users_cannot_be_one_customer(ada: Client, bob: Client, server: Client, user: str) -> None:
    bob.call("users:getOrCreateUser")
    server.call("users:updateSubscription", stackUserId="ada", autumnCustomerId="cus_1")
    with pytest.raises(Conflict):
        server.call("users:updateSubscription", stackUserId="bob", autumnCustomerId="cus_1")
    assert server.call("users:getUserByAutumnCustomerId", autumnCustomerId="cus_1")["_id"] == user


def test_a_customer_that_nobody_is_gives_null(server: Client) -> None:
    assert server.call("users:getUserByAutumnCustomerId", autumnCustomerId="cus_1") is None


def test_syncing_makes_a_user_or_changes_the_address(server: Client) -> None:
    sync = {"stackUserId": "eve", "email": "eve@example.com"}
    assert server.call("users:syncUserFromClerk", **sync) == {"created": True}
    assert server.call("users:syncUserFromClerk", **sync | {"email": "new@example.com"}) == {"created": False}
    user = server.call("users:getUserByStackUserId", stackUserId="eve", internalKey=INTERNAL_KEY)
    assert user["email"] == "new@example.com"


def test_a_user_is_shown_to_themselves_and_to_internal_callers(
    ada: Client, bob: Client, anonymous: Client, user: str
) -> None:
    assert ada.call("users:getUserByStackUserId", stackUserId="ada")["_id"] == user
    shown = bob.call("users:getUserByStackUserId", stackUserId="ada", internalKey=INTERNAL_KEY)
    assert shown["_id"] == user
    with pytest.raises(Forbidden):
        bob.call("users:getUserByStackUserId", stackUserId="ada")
    with pytest.raises(Unauthenticated):
        anonymous.call("users:getUserByStackUserId", stackUserId="ada")


def test_a_wrong_internal_key_is_refused_even_from_the_user_themselves(ada: Client, user: str) -> None:
    with pytest.raises(Forbidden, match="Invalid internal key"):
        ada.call("users:getUserByStackUserId", stackUserId="ada", internalKey="guess")
