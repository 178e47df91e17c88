from __future__ import annotations

import pytest

from shared.domain.titles import title_of
from shared.errors import InvalidArgument


def test_space_around_a_title_is_dropped_and_space_in_it_kept() -> None:
    assert title_of("  My  project ", "Name") == "My  project"


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_a_title_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="Project name cannot be empty"):
        title_of(text, "Project name")


def test_the_longest_title_has_255_characters() -> None:
    assert title_of("ä" * 255, "Title") == "ä" * 255
    with pytest.raises(InvalidArgument, match=r"longer than 255 characters \(it has 256\)"):
        title_of("ä" * 256, "Title")


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\x7fb"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="control characters"):
        title_of(text, "Title")


@pytest.mark.parametrize("text", ["client/server", "..", "Größe 👩‍💻"])
def test_a_title_is_no_path_so_it_may_hold_anything_that_can_be_read(text: str) -> None:
    assert title_of(text, "Title") == text
