from __future__ import annotations

import importlib
import itertools
from pathlib import Path
from types import ModuleType

import pytest

import tests.runtime
from shared.runtime.registry import discover, discover_doors
from tests.runtime import sample

_NUMBERS = itertools.count()

_FUNCTION = """
from shared.runtime.function import query
from shared.runtime.context import QueryContext

@query()
def {name}(ctx: QueryContext) -> None: ...
"""

_DOOR = """
from shared.runtime.door import door

@door("POST /api/thing", access=None)
def enter(event, context):
    "Opens."
    return {"statusCode": 200}
"""


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, **modules: str) -> ModuleType:
    """Write a package with these modules (`a__b` is `b` in the package `a`) and import it."""
    name = f"functions_of_a_test_{next(_NUMBERS)}"
    for module, text in modules.items():
        path = folder / name / f"{module.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in [path.parent, folder / name]:
            (parent / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module(name)


def test_functions_are_found_by_their_paths() -> None:
    registry = discover(tests.runtime)
    assert registry["runtime:greet"] is sample.greet


def test_modules_of_one_folder_are_one_wire_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = package(
        tmp_path, monkeypatch, system__files=_FUNCTION.format(name="a"), system__jobs=_FUNCTION.format(name="b")
    )
    assert [*discover(found)] == ["system:a", "system:b"]


def test_two_functions_of_one_path_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = package(
        tmp_path, monkeypatch, system__files=_FUNCTION.format(name="a"), system__jobs=_FUNCTION.format(name="a")
    )
    with pytest.raises(TypeError, match=r"system\.jobs\.a and .*system\.files\.a are both system:a"):
        discover(found)


def test_names_that_differ_in_python_only_are_one_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = package(tmp_path, monkeypatch, things=_FUNCTION.format(name="get_all") + _FUNCTION.format(name="getAll"))
    with pytest.raises(TypeError, match="things:getAll"):
        discover(found)


def test_a_function_imported_into_another_module_is_found_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = package(
        tmp_path, monkeypatch, things=_FUNCTION.format(name="a"), others="from tests.runtime.sample import *"
    )
    assert [*discover(found)] == ["things:a"]


def test_doors_are_found_and_are_no_functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = package(tmp_path, monkeypatch, gate=_DOOR)
    assert discover(found) == {}
    (door,) = discover_doors(found)
    assert (door.name, door.routes, door.description) == ("gate-enter", ("POST /api/thing",), "Opens.")
    assert door({}, None) == {"statusCode": 200}
