"""docs/security.md says what is there: its tests exist, each threat has one, and no door is missing."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

import functions
from infra.constructs.distribution import CONSOLE_PATHS, FILES_PATH, SYNC_PATHS
from infra.local.workspace import ROOT
from shared.runtime.registry import discover, discover_doors

PAGE = (ROOT / "docs/security.md").read_text()
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def part(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [line for line in lines if not line.startswith(("| ---", "| threat |"))]


@cache
def names_in(file: str) -> set[str]:
    """Return the tests of a file, if there is one."""
    path = ROOT / "tests" / file
    tree = ast.parse(path.read_text() if path.is_file() else "")
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def missing(text: str) -> list[str]:
    return [f"{file}::{name}" for file, name in NAMED.findall(text) if name not in names_in(file)]


def test_every_test_that_is_named_exists() -> None:
    assert missing(PAGE) == []


def test_every_threat_has_a_test() -> None:
    threats = rows(part("Threats"))
    assert len(threats) > 50
    assert [row for row in threats if not NAMED.search(row)] == []


@pytest.mark.parametrize("named", ["security/nowhere.py::test_nothing", "security/test_document.py::test_nothing"])
def test_a_test_that_does_not_exist_is_noticed(named: str) -> None:
    assert missing(f"| a threat | nothing | `{named}` |") == [named]


def undocumented(text: str) -> set[str]:
    doors = discover_doors(functions)
    there = {name for door in doors for name in (*door.routes, *door.sources)}
    there |= {FILES_PATH, *CONSOLE_PATHS, *SYNC_PATHS}
    return {name for name in there if f"`{name}`" not in text}


def test_every_door_is_listed() -> None:
    assert undocumented(part("Doors")) == set()
    assert {function.route.partition("/api/run/")[0] for function in discover(functions).values()} == {""}
    assert "`POST /api/run/{module}/{function}`" in part("Doors")


def test_a_door_that_is_not_listed_is_noticed() -> None:
    assert undocumented(part("Doors").replace("`POST /api/messages`", "")) == {"POST /api/messages"}


def test_no_door_is_listed_that_is_not_there() -> None:
    there = {route for door in discover_doors(functions) for route in door.routes}
    listed = re.findall(r"`((?:GET|POST|PUT|DELETE) /api/[^`{]+)`", part("Doors"))
    assert {*listed} - there == set()
