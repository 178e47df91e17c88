"""docs/capacity.md says what was counted; `make capacity` writes both anew."""

from __future__ import annotations

from tests.capacity.document import PAGE, page
from tests.capacity.measured import measure, read_measured


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "run `make capacity`, look at what it changes, and commit that"


def test_everything_takes_what_was_counted() -> None:
    counted = read_measured()
    for name, found in measure().items():
        assert found == counted[name], f"{name} takes something else now: run `make capacity`"


def test_the_page_is_short_enough_to_be_read() -> None:
    assert PAGE.read_text().count("\n") < 300
