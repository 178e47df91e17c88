from __future__ import annotations

import pytest

from shared.domain.paths import MAX_DEPTH, file_names_in, folders_above, names_in
from shared.errors import InvalidArgument


@pytest.mark.parametrize("path", ["src/a.ts", "/src/a.ts", "src//a.ts", "src/a.ts/", "///src///a.ts///"])
def test_slashes_at_the_ends_and_repeated_ones_mean_nothing(path: str) -> None:
    assert names_in(path) == ["src", "a.ts"]


@pytest.mark.parametrize("path", ["", "/", "//"])
def test_the_root_has_no_names_and_is_no_file(path: str) -> None:
    assert names_in(path) == []
    with pytest.raises(InvalidArgument, match=r"^Invalid file path$"):
        file_names_in(path)


@pytest.mark.parametrize("path", ["..", "a/../b", "./a", "a/.", "a\0/b", f"a/{'x' * 256}"])
def test_a_path_with_a_segment_that_is_no_name_is_refused(path: str) -> None:
    with pytest.raises(InvalidArgument, match=r"^Invalid file path: a name cannot"):
        names_in(path)


def test_a_path_has_a_limited_number_of_names() -> None:
    assert len(names_in("a/" * MAX_DEPTH)) == MAX_DEPTH
    with pytest.raises(InvalidArgument, match="it has 65 names, and at most 64 are possible"):
        names_in("a/" * (MAX_DEPTH + 1))


def test_a_path_leads_to_the_entry_that_it_is_given_for() -> None:
    assert folders_above("/src/lib/a.ts", "a.ts") == ["src", "lib"]
    with pytest.raises(InvalidArgument, match="it does not end in the name"):
        folders_above("/src/lib/a.ts", "b.ts")
