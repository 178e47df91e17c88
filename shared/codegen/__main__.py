"""`python -m shared.codegen PACKAGE FOLDER`: write the documents about a package's functions; `--check`: compare."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from shared.codegen.functions_page import functions_page
from shared.codegen.schema_page import schema_page
from shared.runtime.registry import discover


def main() -> int:
    """Run the command; 1: with `--check`, some document is stale."""
    parser = argparse.ArgumentParser(prog="python -m shared.codegen", description=__doc__)
    parser.add_argument("package", help="where the functions are, such as `functions`")
    parser.add_argument("folder", type=Path, help="where the documents go, such as `docs`")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a document is stale")
    arguments = parser.parse_args()
    registry = discover(importlib.import_module(arguments.package))
    pages = {"schema.md": schema_page(), "functions.md": functions_page(registry)}
    stale = [name for name, text in pages.items() if _text(arguments.folder / name) != text]
    if arguments.check:
        for name in stale:
            sys.stderr.write(f"{arguments.folder / name} is stale; run `make docs`\n")
        return 1 if stale else 0
    for name in stale:
        (arguments.folder / name).write_text(pages[name])
    return 0


def _text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
