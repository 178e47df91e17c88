"""Lambdas of clocks and machines: they call functions as the own servers of the app do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.system.deletions import sweep_deletions
from shared.errors import PolarisError
from shared.jobs.task import Json, Task, task
from shared.runtime.environment import use
from tests.runtime.backend import LAMBDA, REQUEST_ID
from tests.support.backend import Backend


@task("schedule:rate(1 hour)", calls=(sweep_deletions,), uses=("collection",), timeout_s=90)
def tidy(here: Task) -> Json:
    """Sweeps so many deletions."""
    if here.event["limit"] < 0:
        raise ValueError(f"the secret is {here.event['limit']}")
    return {**here.call(sweep_deletions, limit=here.event["limit"])}


@pytest.fixture(autouse=True)
def backend() -> Iterator[Backend]:
    backend = Backend()
    with use(backend.environment):
        yield backend


def test_a_task_calls_functions_without_the_internal_key() -> None:
    assert tidy({"limit": 3}, LAMBDA) == {"finished": 0, "remaining": 0}


def test_a_task_is_declared_with_who_calls_it_and_all_that_it_may_touch() -> None:
    assert (tidy.sources, tidy.uses, tidy.timeout_s) == (("schedule:rate(1 hour)",), ("collection",), 90)
    assert tidy.access == sweep_deletions.access
    assert tidy.handler == "tests.jobs.test_task.tidy"


def test_what_goes_wrong_unexpectedly_in_a_task_is_not_told() -> None:
    with pytest.raises(PolarisError, match=f"Request ID: {REQUEST_ID}. Server Error") as raised:
        tidy({"limit": -5}, LAMBDA)
    assert "-5" not in str(raised.value)
