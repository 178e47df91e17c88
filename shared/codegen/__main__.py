"""`python -m shared.codegen WHAT PACKAGE FOLDER`: write what is made from a package's functions; `--check`: compare.

docs      pages about the functions, the schema, errors and limits
frontend  types for a frontend's `convex/_generated`, the function specification, and the OpenAPI description
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

from shared.codegen.api_module import API_JS, api_types
from shared.codegen.data_model import data_model_types
from shared.codegen.errors_page import errors_page
from shared.codegen.function_spec import function_spec
from shared.codegen.functions_page import functions_page
from shared.codegen.limits_page import limits_page
from shared.codegen.openapi import openapi
from shared.codegen.schema_page import schema_page
from shared.runtime.registry import discover, discover_doors

_VERB: Final = {"docs": "make docs", "frontend": "make codegen"}


def main() -> int:
    """Run the command; 1: with `--check`, some file is stale."""
    parser = argparse.ArgumentParser(
        prog="python -m shared.codegen", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=_VERB)
    parser.add_argument("package", help="where the functions are, such as `functions`")
    parser.add_argument("folder", type=Path, help="where the files go, such as `docs`")
    parser.add_argument("--url", default="http://127.0.0.1:3210", help="the deployment, as descriptions name it")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    arguments = parser.parse_args()
    package = importlib.import_module(arguments.package)
    files = _docs(package) if arguments.what == "docs" else frontend(package, arguments.url)
    stale = stale_files(arguments.folder, files)
    if arguments.check:
        for name in stale:
            sys.stderr.write(f"{arguments.folder / name} is stale; run `{_VERB[arguments.what]}`\n")
        return 1 if stale else 0
    write_files(arguments.folder, {name: files[name] for name in stale})
    return 0


def stale_files(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Return the names of those files that a folder does not have, or has with another text."""
    return [name for name, text in files.items() if _text(folder / name) != text]


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by their names to a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def _docs(package: ModuleType) -> Mapping[str, str]:
    return {
        "schema.md": schema_page(),
        "functions.md": functions_page(discover(package)),
        "errors.md": errors_page(),
        "limits.md": limits_page(),
    }


def frontend(package: ModuleType, url: str) -> Mapping[str, str]:
    """Return the files of a frontend's `convex/_generated` for a deployment at `url`, by their names."""
    registry = discover(package)
    return {
        "api.d.ts": api_types(registry),
        "api.js": API_JS,
        "dataModel.d.ts": data_model_types(),
        "function_spec.json": function_spec(registry, url),
        "openapi.json": openapi(registry, discover_doors(package), url),
    }


def _text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
