"""The documents that are written from declarations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import functions
from shared.codegen.functions_page import functions_page
from shared.codegen.schema_page import schema_page
from shared.runtime.registry import discover
from shared.schema.document import DOCUMENTS

ROOT = Path(__file__).parents[2]


def test_every_table_field_and_index_is_on_the_schema_page() -> None:
    page = schema_page()
    for document in DOCUMENTS.values():
        assert f"## {document.table_name()}\n" in page
        assert all(f"| `{document.stored_name(field)}` |" in page for field in document.model_fields.keys() - SYSTEM)
        assert all(f"| `{index.name}` |" in page for index in document.indexes)


SYSTEM = {"id", "creation_time", "version"}


def test_every_function_is_on_the_functions_page_with_its_arguments() -> None:
    registry = discover(functions)
    page = functions_page(registry)
    for path, function in registry.items():
        section = page.partition(f"### {path}\n")[2].partition("\n### ")[0]
        assert function.description in section
        assert all(f"- `{name}`:" in section for name in function.arguments.validator.fields)


@pytest.mark.parametrize(("what", "page"), [("docs", "schema.md"), ("frontend", "api.d.ts")])
def test_a_stale_file_is_noticed(tmp_path: Path, what: str, page: str) -> None:
    def run(*options: str) -> int:
        command = [sys.executable, "-m", "shared.codegen", what, "functions", str(tmp_path), *options]
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode

    assert run("--check") == 1
    assert run() == 0
    assert run("--check") == 0
    (tmp_path / page).write_text("something else")
    assert run("--check") == 1
