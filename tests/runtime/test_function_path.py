from __future__ import annotations

from typing import Any

import pytest

from shared.errors import BadFunctionPath
from shared.runtime.function_path import canonical


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("projects:getById", "projects:getById"),
        ("projects.js:getById", "projects:getById"),
        ("a/b", "a/b"),
        ("a/b:default", "a/b"),
        ("a/b.js:default", "a/b"),
        ("a/b.js", "a/b"),
        ("admin/users:list", "admin/users:list"),
        ("_private:get_1", "_private:get_1"),
    ],
)
def test_every_spelling_of_a_path_becomes_one(path: str, expected: str) -> None:
    assert canonical(path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "", ":", ":get", "projects:", "/projects:get", "projects/:get", "a//b:get", "../a:get", "a:b:get", "a-b:get",
        "pröjects:get",
        "a" * 65 + ":get", "a:" + "b" * 65, "a:b c", "a\x00:b", ".:b", "__:b", "a:b\n", "a\n:b", "a:1b",
        None, 5, ["a:b"], {},
    ],
)  # fmt: skip
def test_what_cannot_be_a_path_is_refused(path: Any) -> None:
    with pytest.raises(BadFunctionPath):
        canonical(path)


def test_a_long_path_is_cut_in_the_message() -> None:
    with pytest.raises(BadFunctionPath) as caught:
        canonical("-" * 10_000)
    assert len(caught.value.message) < 400
