"""`POST /api/autumn/sync`: a user's subscription becomes what Autumn says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions.state import stored
from tests.routes.frontend import Frontend
from tests.support.json_server import JsonServer, serving_json
from tests.support.memory_services import SERVER_KEY

SYNC = "POST /api/autumn/sync"
CUSTOMER = "GET /v1/customers/ada"


@pytest.fixture
def autumn(ada: Frontend) -> Iterator[JsonServer]:
    with (
        serving_json() as server,
        ada.with_settings(
            autumn_api_url=server.url,
            autumn_key_secret="key",
            monthly_product_id="monthly",
            yearly_product_id="yearly",
        ),
    ):
        yield server


def pays(autumn: JsonServer, status: str = "active", product: str = "monthly", **more: Any) -> None:
    product_ = {"id": product, "status": status, **more}
    autumn.answers[CUSTOMER] = (200, {"id": "ada", "products": [{"id": "free", "status": "active"}, product_]})


def test_a_paid_plan_lifts_the_limit(ada: Frontend, autumn: JsonServer) -> None:
    pays(autumn)
    status, body = ada.ask(SYNC, {})
    told = body["subscription"]
    assert (status, body["synced"]) == (200, True)
    assert (told["subscriptionStatus"], told["subscriptionTier"], told["projectLimit"]) == (
        "active",
        "pro_monthly",
        -1,
    )
    assert (told["isPro"], told["autumnCustomerId"], told["subscriptionPlanId"]) == (True, "ada", "monthly")
    [asked] = autumn.asked
    assert (asked.headers["authorization"], asked.headers["x-api-version"]) == (f"Bearer {SERVER_KEY}", "1.2")


def test_a_trial_ends_with_its_period(ada: Frontend, autumn: JsonServer) -> None:
    ends_at = ada.backend.store.clock.now_ms() + 5 * 24 * 3600 * 1000 - 60_000
    pays(autumn, "trialing", "yearly", current_period_end=ends_at)
    told = ada.ask(SYNC, {}).body["subscription"]
    assert (told["subscriptionStatus"], told["subscriptionTier"]) == ("trialing", "pro_yearly")
    assert (told["trialEndsAt"], told["trialDaysRemaining"], told["trialUsed"]) == (ends_at, 5, True)


@pytest.mark.parametrize(
    ("theirs", "ours", "limit"),
    [
        ("active", "active", -1),
        ("past_due", "past_due", -1),
        ("scheduled", "active", -1),
        ("expired", "canceled", 10),
        ("something new", "free", 10),
    ],
)
def test_each_of_autumns_statuses_has_its_meaning(
    ada: Frontend, autumn: JsonServer, theirs: str, ours: str, limit: int
) -> None:
    pays(autumn, theirs)
    told = ada.ask(SYNC, {}).body["subscription"]
    assert (told["subscriptionStatus"], told["projectLimit"]) == (ours, limit)


def test_of_two_plans_the_one_that_counts_now_is_taken(ada: Frontend, autumn: JsonServer) -> None:
    products = [{"id": "yearly", "status": "scheduled"}, {"id": "monthly", "status": "active"}]
    autumn.answers[CUSTOMER] = (200, {"id": "ada", "products": products})
    assert ada.ask(SYNC, {}).body["subscription"]["subscriptionTier"] == "pro_monthly"


def test_whoever_is_no_customer_is_on_the_free_plan(ada: Frontend, autumn: JsonServer) -> None:
    pays(autumn)
    ada.ask(SYNC, {})
    del autumn.answers[CUSTOMER]
    told = ada.ask(SYNC, {}).body["subscription"]
    assert (told["subscriptionStatus"], told["subscriptionTier"], told["projectLimit"]) == ("free", "free", 10)
    assert "subscriptionPlanId" not in told


def test_a_trial_that_was_begun_here_goes_on(ada: Frontend, autumn: JsonServer) -> None:
    ada.client.call("users:getOrCreateUser")
    ada.client.call("users:startTrial", tier="pro_monthly")
    assert ada.ask(SYNC, {}).body["subscription"]["subscriptionStatus"] == "trialing"
    ada.client.wait(8 * 24 * 3600)
    assert ada.ask(SYNC, {}).body["subscription"]["subscriptionStatus"] == "free"


def test_syncing_again_changes_nothing(ada: Frontend, autumn: JsonServer) -> None:
    pays(autumn)
    first = ada.ask(SYNC, {})
    before = stored(ada.backend)
    assert ada.ask(SYNC, {}, idempotency_key="k") == first
    assert stored(ada.backend) == before


def test_without_billing_the_log_says_what_to_configure(ada: Frontend, capsys: pytest.CaptureFixture[str]) -> None:
    status, body = ada.ask(SYNC, {})
    assert (status, body["error"]) == (500, "Failed to sync subscription")
    assert "autumn_key_secret" in capsys.readouterr().out


def test_an_autumn_that_does_not_answer_is_worth_another_try(ada: Frontend, autumn: JsonServer) -> None:
    autumn.answers[CUSTOMER] = (500, "oops")
    status, body = ada.ask(SYNC, {})
    assert status == 503
    assert "Please try again" in body["error"]


def test_a_key_that_autumn_refuses_is_an_operators_matter(
    ada: Frontend, autumn: JsonServer, capsys: pytest.CaptureFixture[str]
) -> None:
    autumn.answers[CUSTOMER] = (401, {"message": "Invalid secret key"})
    assert ada.ask(SYNC, {}).status == 500
    out = capsys.readouterr().out
    assert "check its secret key" in out
    assert SERVER_KEY not in out
