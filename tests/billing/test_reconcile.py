"""The nightly comparison of subscriptions with Autumn, against a look-alike on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from functions.workflows.billing import reconcile
from shared.job_settings import JobSettings
from shared.runtime.environment import use
from shared.service_errors import BillingUnavailable
from tests.functions.state import stored
from tests.support.backend import Backend
from tests.support.json_server import JsonServer, serving_json
from tests.support.memory_services import MemoryServices

PLANS: dict[str, Any] = {"autumn_key_secret": "key", "monthly_product_id": "monthly", "yearly_product_id": "yearly"}


def lambda_with(seconds: float) -> Any:
    return SimpleNamespace(aws_request_id="0" * 32, get_remaining_time_in_millis=lambda: seconds * 1000)


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def autumn(backend: Backend) -> Iterator[JsonServer]:
    with serving_json() as server:
        settings = JobSettings(autumn_api_url=server.url, **PLANS)
        backend.environment = replace(backend.environment, services=MemoryServices(settings))
        yield server


def subscribe(backend: Backend, count: int, status: str = "active") -> list[str]:
    """Let so many people have a subscription, and return their subjects."""
    subjects = [f"{status}-{number}" for number in range(count)]
    for subject in subjects:
        backend.as_user(subject).call("users:getOrCreateUser")
        backend.internal().call(
            "users:updateSubscription",
            stackUserId=subject,
            subscriptionStatus=status,
            subscriptionTier="pro_monthly",
            subscriptionPlanId="monthly",
            projectLimit=-1,
        )
    return subjects


def pays(autumn: JsonServer, *subjects: str, status: str = "active") -> None:
    for subject in subjects:
        products = [{"id": "monthly", "status": status}]
        autumn.answers[f"GET /v1/customers/{subject}"] = (200, {"id": subject, "products": products})


def run(backend: Backend, event: Any = None, seconds: float = 119) -> Any:
    with use(backend.environment):
        return reconcile(event or {}, lambda_with(seconds))


def statuses(backend: Backend) -> dict[str, str]:
    return {row["stackUserId"]: row["subscriptionStatus"] for row in backend.rows("users")}


def test_subscriptions_become_what_autumn_says(backend: Backend, autumn: JsonServer) -> None:
    stays, ends = subscribe(backend, 2)
    [late] = subscribe(backend, 1, "past_due")
    subscribe(backend, 1, "canceled")
    pays(autumn, stays, late)
    assert run(backend) == {"done": True, "cursor": None, "checked": 3, "changed": 3, "refused": 0}
    assert statuses(backend) == {stays: "active", ends: "free", late: "active", "canceled-0": "canceled"}


def test_doing_it_again_changes_nothing(backend: Backend, autumn: JsonServer) -> None:
    pays(autumn, *subscribe(backend, 3))
    run(backend)
    before = stored(backend)
    assert run(backend)["changed"] == 0
    assert stored(backend) == before


def test_a_call_without_time_does_a_page_and_says_where_to_go_on(backend: Backend, autumn: JsonServer) -> None:
    pays(autumn, *subscribe(backend, 25))
    progress: Any = {}
    calls = 0
    while not progress.get("done"):
        checked = progress.get("checked", 0)
        progress = run(backend, progress, seconds=30)
        calls += 1
        assert progress["checked"] <= checked + 10
    assert progress["checked"] == 25
    assert calls <= 5
    assert len({asked.route for asked in autumn.asked}) == len(autumn.asked) == 25


def test_an_autumn_that_fails_is_asked_again_by_the_machine(backend: Backend, autumn: JsonServer) -> None:
    [subject] = subscribe(backend, 1)
    autumn.answers[f"GET /v1/customers/{subject}"] = (503, {})
    before = stored(backend)
    with pytest.raises(BillingUnavailable):
        run(backend)
    assert stored(backend) == before


def test_what_was_done_before_autumn_failed_is_kept(backend: Backend, autumn: JsonServer) -> None:
    subjects = subscribe(backend, 12)
    pays(autumn, *subjects)
    autumn.answers[f"GET /v1/customers/{subjects[11]}"] = (503, {})
    progress = run(backend)
    assert (progress["done"], progress["checked"]) == (False, 10)
    pays(autumn, subjects[11])
    assert run(backend, progress)["checked"] == 12


def test_a_customer_whom_somebody_else_has_does_not_stop_the_others(backend: Backend, autumn: JsonServer) -> None:
    one, two = subscribe(backend, 2)
    backend.as_user("thief").call("users:getOrCreateUser")
    backend.internal().call("users:updateSubscription", stackUserId="thief", autumnCustomerId=one)
    pays(autumn, one, two)
    assert run(backend) == {"done": True, "cursor": None, "checked": 2, "changed": 1, "refused": 1}


def test_without_billing_there_is_nothing_to_do(backend: Backend) -> None:
    subscribe(backend, 1)
    before = stored(backend)
    assert run(backend) == {"done": True, "cursor": None, "checked": 0, "changed": 0, "refused": 0}
    assert stored(backend) == before
