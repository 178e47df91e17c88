"""What is shown of a text that is being written."""

from __future__ import annotations

from shared.agent.partial_text import EVERY_MS, LONGEST_PAUSE_MS, SHORT, PartialText


def shown_of(pieces: list[str], *, before: str = "", shown: int = 0, step_ms: float = EVERY_MS) -> list[str]:
    """Return what is seen of a text that grows by `pieces`, one each `step_ms`."""
    seen: list[str] = []
    now_ms = [1e12]
    partial, text = PartialText(seen.append, lambda: now_ms[0], before, shown), ""
    for piece in pieces:
        text += piece
        partial.now(text)
        now_ms[0] += step_ms
    return seen


def test_the_text_follows_what_was_said_before() -> None:
    assert shown_of(["a", "b"], before="First.") == ["First.\n\na", "First.\n\nab"]


def test_it_is_shown_twice_a_second_at_most() -> None:
    assert shown_of([*"abcdefgh"], step_ms=EVERY_MS / 4) == ["a", "abcde"]


def test_a_text_twice_as_long_is_shown_half_as_often() -> None:
    seen = shown_of(["x" * (2 * SHORT - 8), *"abcdefgh"], step_ms=EVERY_MS)
    assert [len(text) - 2 * SHORT for text in seen] == [-8, -6, -4, -2, 0]


def test_an_answer_of_a_quarter_of_a_minute_is_shown_a_third_less_often_than_twice_a_second() -> None:
    pieces = ["x" * 10] * 300  # 3,000 characters in 15 s
    assert len(shown_of(pieces, step_ms=50)) == 22


def test_however_long_it_is_it_is_shown_every_two_seconds() -> None:
    seen = shown_of(["x" * 100 * SHORT, *"abcdefgh"], step_ms=LONGEST_PAUSE_MS)
    assert len(seen) == 9


def test_a_try_that_is_repeated_shows_nothing_before_it_has_got_further() -> None:
    assert shown_of([*"abcd"], shown=3) == ["abcd"]


def test_blanks_are_not_shown() -> None:
    assert shown_of([" ", "\n", "a"]) == ["a"]
