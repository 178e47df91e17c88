from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from infra.local.shape import declared
from infra.local.workspace import ROOT
from shared.db.access import Access
from shared.runtime.door import door
from shared.runtime.function import Function, query
from shared.schema.tables import File, Project


def _listing(_: Any) -> str:
    """Lists."""
    return ""


def _renamed(_: Any) -> str:
    """Lists."""
    return ""


def _described(_: Any) -> str:
    """Lists all."""
    return ""


_LISTING = query(reads=[Project])(_listing)


@pytest.mark.parametrize(
    "other",
    [
        query(reads=[Project])(_renamed),
        query(reads=[Project])(_described),
        query(reads=[File])(_listing),
        query(reads=[Project, File])(_listing),
        Function(_listing, "mutation", internal=False, bulk=False, access=_LISTING.access),
        Function(_listing, "query", internal=True, bulk=False, access=_LISTING.access),
        door("GET /x", access=None)(lambda _event, _context: {}),
    ],
)
def test_another_declaration_has_another_shape(other: Any) -> None:
    assert declared(other) != declared(_LISTING)


def test_another_route_of_a_door_has_another_shape() -> None:
    def body(_event: Any, _context: Any) -> dict[str, Any]:
        return {}

    assert declared(door("GET /x", access=Access())(body)) != declared(door("GET /y", access=Access())(body))


def test_the_same_sources_have_the_same_shape_in_every_process() -> None:
    command = [sys.executable, "-m", "infra.local.shape"]
    shapes = {
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(shapes) == 1


def test_a_broken_function_is_told_with_its_place(tmp_path: Any) -> None:
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions/__init__.py").write_text("")
    (tmp_path / "functions/broken.py").write_text("x = (\n")
    for package in ("shared", "infra"):
        (tmp_path / package).symlink_to(ROOT / package)
    command = [sys.executable, "-m", "infra.local.shape"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "functions/broken.py" in told.stderr
    assert "SyntaxError" in told.stderr
