"""The limits that a stage chooses, from `cdk.json` to the functions."""

from __future__ import annotations

from typing import Any

import pytest

from infra.environment import environment
from infra.stage import stage_from
from shared.limit_settings import Limits, limits_from
from tests.infra.templates import names_of


def told(limits: Any) -> Limits:
    """Return what functions are told when a stage says this."""
    stage = stage_from({"stage": "dev", "stages": {"dev": {"limits": limits}}}.get)
    return limits_from(environment(names_of(stage), "")["POLARIS_LIMITS"])


def test_a_stage_names_only_what_differs() -> None:
    assert told({"mutations": 5000, "files": 0}) == Limits(mutations=5000, files=0)


def test_limits_may_be_given_as_text_as_on_the_command_line() -> None:
    assert told('{"queries": 1}') == Limits(queries=1)


def test_a_function_that_is_told_nothing_has_the_defaults() -> None:
    assert limits_from("") == Limits()


@pytest.mark.parametrize("limits", [{"mutation": 1}, {"mutations": -1}, {"mutations": "many"}, {"files": True}, "[]"])
def test_what_cannot_be_a_limit_is_refused_before_anything_is_deployed(limits: Any) -> None:
    with pytest.raises(ValueError, match="limits"):
        told(limits)


def test_no_default_allows_what_queries_cannot_list() -> None:
    assert max(Limits().files, Limits().messages, Limits().conversations) < 8192
