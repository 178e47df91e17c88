"""What calls of the app came to is judged right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.isolation.app.effects import Line, doubled_and_lost, history_of, stale_loads

KEY = "folder ada"


def called(token: str, *, at: tuple[int, int] = (0, 1), answer: str = "ok", **note: Any) -> list[Line]:
    line = {"sent": token, "client": 1, "at": at[0], "path": "files:createFile", "key": KEY, **note}
    return [line, {"answered": token, "at": at[1], "answer": answer}]


def saved(token: str, at: tuple[int, int]) -> list[Line]:
    return called(token, at=at, key="file f", set=True)


def loaded(value: str, at: tuple[int, int]) -> list[Line]:
    return [{"looked": "l", "client": 2, "from": at[0], "at": at[1], "key": "file f", "value": value}]


@pytest.mark.parametrize(
    ("lines", "tokens"),
    [
        pytest.param(called("1"), [], id="lost"),
        pytest.param(called("1"), ["1", "1"], id="doubled"),
        pytest.param(called("1", answer="fail"), ["1"], id="failed, and there"),
    ],
)
def test_an_effect_that_is_wrong_is_noticed(lines: list[Line], tokens: list[str]) -> None:
    assert [*doubled_and_lost(history_of(lines), {KEY: tokens})] != []


@pytest.mark.parametrize(
    ("lines", "tokens"),
    [
        pytest.param(called("1"), ["1"], id="done once"),
        pytest.param(called("1", answer="unknown"), [], id="not answered, not done"),
        pytest.param(called("1", answer="unknown"), ["1"], id="not answered, done"),
        pytest.param([*called("1"), *called("2", removes="1")], [], id="removed again"),
        pytest.param(called("1", answer="fail"), [], id="refused"),
    ],
)
def test_an_effect_that_is_right_is_not_blamed(lines: list[Line], tokens: list[str]) -> None:
    assert [*doubled_and_lost(history_of(lines), {KEY: tokens})] == []


@pytest.mark.parametrize(
    ("value", "is_wrong"),
    [("2", False), ("1", True), ("", True), ("9", True)],
    ids=["the last", "one overwritten before", "what was there before", "nobody's"],
)
def test_a_load_that_is_stale_is_noticed(value: str, is_wrong: bool) -> None:
    lines = [*saved("1", (0, 1)), *saved("2", (2, 3)), *loaded(value, (4, 5))]
    assert bool([*stale_loads(history_of(lines))]) == is_wrong


def test_a_load_beside_a_save_may_see_either() -> None:
    lines = [*saved("1", (0, 1)), *saved("2", (2, 5)), *loaded("1", (3, 4))]
    assert [*stale_loads(history_of(lines))] == []
