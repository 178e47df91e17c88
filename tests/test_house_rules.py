"""The rules of the house, held by a test: which package may import which, and what importing may do."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = [
    {
        "shared.errors",
        "shared.service_errors",
        "shared.values",
        "shared.settings",
        "shared.job_settings",
        "shared.limit_settings",
    },
    {"shared.schema"},
    {
        "shared.aws",
        "shared.auth",
        "shared.billing",
        "shared.bucket",
        "shared.db",
        "shared.executions",
        "shared.github",
        "shared.json_api",
        "shared.limits",
        "shared.model",
        "shared.operations",
        "shared.public_url",
        "shared.sealing",
        "shared.secrets",
        "shared.storage",
        "shared.web",
    },
    {"shared.push"},
    {"shared.runtime"},
    {"shared.archive", "shared.domain", "shared.codegen", "shared.sync", "shared.jobs", "shared.agent"},
    {"functions"},
    {"infra"},
]
"""Lowest first: a module may import its own layer and those below."""

LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def _files(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if "node_modules" not in path.parts)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _layer(module: str) -> int | None:
    for level, names in enumerate(LAYERS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return level
    return None


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def upward_imports(module: str, imported: list[str]) -> list[str]:
    own = _layer(module)
    return [name for name in imported if own is not None and (_layer(name) or 0) > own]


def test_imports_point_one_way() -> None:
    upward = {
        _module(path): found
        for path in _files("functions", "shared", "infra")
        if (found := upward_imports(_module(path), [*_imports(path)]))
    }
    assert upward == {}


def test_an_import_that_points_up_is_noticed() -> None:
    assert upward_imports("shared.schema.tables", ["shared.db.reader", "shared.errors"]) == ["shared.db.reader"]


def test_every_module_of_the_product_has_a_layer() -> None:
    homeless = [m for path in _files("functions", "shared", "infra") if _layer(m := _module(path)) is None]
    assert homeless in ([], ["shared"])


def test_files_and_functions_stay_short() -> None:
    long = []
    for path in _files("functions", "shared", "infra"):
        text = path.read_text()
        if text.count("\n") > LONGEST_FILE:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} has {lines} lines")
    assert long == []


@pytest.mark.parametrize("package", ["functions", "shared"])
def test_importing_reads_no_environment_and_opens_no_connection(package: str) -> None:
    modules = [_module(path) for path in _files(package) if path.name != "__main__.py"]
    script = (
        "import os, socket, sys\n"
        "def refuse(*_): raise AssertionError('a connection was opened by an import')\n"
        "socket.socket.connect = refuse\n"
        f"import {', '.join(modules)}\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
