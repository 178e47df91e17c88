"""The model's checker: it must find an order where there is one, and none where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.db.model.checker import explain
from tests.db.model.history import Answer, Call, History, Observation
from tests.db.model.project_steps import CreateProject, Describe
from tests.db.model.specification import State
from tests.db.model.steps import Step

FIRST: State = {("projects", "p1"): {"name": "p1", "ownerId": "ada", "updatedAt": 0.0, "language": "0"}}


def call(tag: str, step: Step, started: int, told: tuple[int, Answer] | None) -> Call:
    return Call(tag, step, has_key=False, started_ns=started, answers=[] if told is None else [told])


def described(text: str | None) -> State:
    row = FIRST["projects", "p1"]
    return {("projects", "p1"): row if text is None else {**row, "description": text}}


def value(content: Any) -> Answer:
    return Answer("value", content)


def test_two_writes_that_saw_each_other_in_turn_have_an_order() -> None:
    calls = [call("m1", Describe("p1"), 0, (9, value("m2"))), call("m2", Describe("p1"), 1, (8, value(None)))]
    assert explain(History(FIRST, calls, last=described("m2m1"))) == ["m2", "m1"]


def test_a_lost_update_has_none() -> None:
    calls = [call("m1", Describe("p1"), 0, (9, value(None))), call("m2", Describe("p1"), 1, (8, value(None)))]
    assert explain(History(FIRST, calls, last=described("m1"))) is None


def test_who_was_answered_before_another_began_comes_first() -> None:
    calls = [call("m1", Describe("p1"), 5, (9, value(None))), call("m2", Describe("p1"), 1, (4, value("m1")))]
    assert explain(History(FIRST, calls, last=described("m1m2"))) is None


def test_an_answered_write_that_is_not_there_has_no_order() -> None:
    assert explain(History(FIRST, [call("m1", Describe("p1"), 0, (9, value(None)))], last=FIRST)) is None


@pytest.mark.parametrize("text", [None, "m1"])
def test_an_unanswered_write_may_be_there_or_not(text: str | None) -> None:
    assert explain(History(FIRST, [call("m1", Describe("p1"), 0, None)], last=described(text))) is not None


def test_a_write_that_was_said_to_have_failed_may_not_be_there() -> None:
    calls = [call("m1", Describe("p1"), 0, (9, Answer("not applied")))]
    assert explain(History(FIRST, calls, last=FIRST)) == []
    assert explain(History(FIRST, calls, last=described("m1"))) is None


def test_an_error_that_no_state_gives_has_no_order() -> None:
    error = Answer("error", ("LIMIT_REACHED", "2 of 2"))
    calls = [call("m1", CreateProject("ada", 2), 0, (9, error)), call("m2", Describe("p1"), 1, (8, value(None)))]
    assert explain(History(FIRST, calls, last=described("m2"))) is None


@pytest.mark.parametrize(("started", "is_explained"), [(5, True), (10, False)])
def test_an_old_state_may_be_seen_only_before_the_write_is_answered(started: int, is_explained: bool) -> None:
    seen = Observation("p1 undescribed", started, 20, lambda state: "description" not in state["projects", "p1"])
    calls = [call("m1", Describe("p1"), 0, (9, value(None)))]
    assert (explain(History(FIRST, calls, [seen], last=described("m1"))) is not None) == is_explained


def test_a_state_may_not_be_seen_before_its_write_was_sent() -> None:
    seen = Observation("p1 described", 0, 3, lambda state: "description" in state["projects", "p1"])
    calls = [call("m1", Describe("p1"), 4, (9, value(None)))]
    assert explain(History(FIRST, calls, [seen], last=described("m1"))) is None
