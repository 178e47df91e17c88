"""The generated types, compiled with samples of what frontends do and of what they must not do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import functions
from shared.codegen.api_module import CALLED_BARE
from shared.codegen.example import example_of
from shared.codegen.signature import arguments_of
from shared.codegen.validator_json import Validators
from shared.runtime.registry import discover
from tests.e2e.node_suite import CLIENTS
from tests.support.code_blocks import code_blocks

ROOT = Path(__file__).parents[2]
SAMPLE = CLIENTS / "types"
BIN = CLIENTS / "node_modules/.bin"
REGISTRY = discover(functions)
PAGINATION = "paginationOpts"

Error = tuple[str, int, str]
"""A file, a line of it, and a code of TypeScript's."""


@pytest.fixture(scope="module")
def frontend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample, with fresh types, a use of each function, and what is made from the function spec."""
    folder = tmp_path_factory.mktemp("frontend")
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(CLIENTS / "node_modules")
    generated = folder / "convex/_generated"
    command = [sys.executable, "-m", "shared.codegen", "frontend", "functions", str(generated)]
    subprocess.run(command, cwd=ROOT, check=True)
    (folder / "src/each.ts").write_text("\n".join(uses()))
    for number, block in enumerate(code_blocks("docs/frontend.md", "tsx")):
        (folder / f"src/document{number}.tsx").write_text(block)
    made = ["--input-file", str(generated / "function_spec.json"), "--output-file", "src/spec_api.ts"]
    subprocess.run([str(BIN / "convex-helpers"), "ts-api-spec", *made], cwd=folder, check=True)
    (folder / "src/same.ts").write_text("\n".join(comparisons()))
    return folder


@pytest.fixture(scope="module")
def errors(frontend: Path) -> set[Error]:
    """What the compiler says of the frontend, with the sample's wrong files among its own."""
    options = json.loads((frontend / "tsconfig.json").read_text())
    (frontend / "tsconfig.json").write_text(json.dumps({**options, "include": ["convex", "src", "wrong"]}))
    command = [str(BIN / "tsc"), "--pretty", "false", "--project", str(frontend)]
    said = subprocess.run(command, cwd=frontend, capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^(\S+?)\((\d+),\d+\): error (TS\d+)", said, re.MULTILINE)
    assert said == "" or found, said
    return {(file, int(line), code) for file, line, code in found}


def uses() -> Iterator[str]:
    """Write a use of each function by each client that frontends call it with."""
    yield 'import { ConvexHttpClient } from "convex/browser";'
    yield 'import { useMutation, usePaginatedQuery, useQuery } from "convex/react";'
    yield 'import { api } from "../convex/_generated/api";'
    yield 'import type { Id } from "../convex/_generated/dataModel";'
    yield 'const client = new ConvexHttpClient("http://127.0.0.1:3210");'
    for number, function in enumerate(REGISTRY.values()):
        reference = f"api.{function.module}.{function.name}"
        fields = {} if function.path in CALLED_BARE else arguments_of(function, Validators())["value"]
        given = f", {literal({'type': 'object', 'value': fields})}" if fields else ""
        yield f"export const http{number} = client.{function.kind}({reference}{given});"
        if function.kind == "mutation":
            yield f"export const useMutation{number} = () => useMutation({reference})({given[2:]});"
        else:
            yield f"export const useQuery{number} = () => useQuery({reference}{given});"
        if PAGINATION in fields:
            others = literal({"type": "object", "value": {k: v for k, v in fields.items() if k != PAGINATION}})
            options = "{ initialNumItems: 10 }"
            yield f"export const usePages{number} = () => usePaginatedQuery({reference}, {others}, {options});"


def literal(validator: dict[str, Any], name: str = "") -> str:
    """Write an expression that `validator` takes, with every optional field."""
    if name == PAGINATION:
        return "{ numItems: 10, cursor: null }"
    match validator["type"]:
        case "id":
            return f'({json.dumps(example_of(validator))} as Id<"{validator["tableName"]}">)'
        case "array":
            return f"[{literal(validator['value'], name)}]"
        case "object":
            members = [f"{key}: {literal(field['fieldType'], key)}" for key, field in validator["value"].items()]
            return f"{{ {', '.join(members)} }}"
        case "union":
            return literal(validator["value"][0], name)
    return json.dumps(example_of(validator, name))


def comparisons() -> Iterator[str]:
    """Let the compiler compare the two ways to the types of each function.

    Not of those with pages: the package keeps a field of `PaginationOptions` to itself.
    """
    yield 'import { api as ours } from "../convex/_generated/api";'
    yield 'import { api as theirs } from "./spec_api";'
    for number, function in enumerate(REGISTRY.values()):
        if function.path in CALLED_BARE or PAGINATION in function.arguments.validator.fields:
            continue
        reference = f"{function.module}.{function.name}"
        yield f"export const ours{number}: typeof ours.{reference} = theirs.{reference};"
        yield f"export const theirs{number}: typeof theirs.{reference} = ours.{reference};"


def expected_errors() -> set[Error]:
    """Return the errors that the sample's wrong files announce, each in the line above it."""
    return {
        (f"wrong/{file.name}", number + 1, found[1])
        for file in (SAMPLE / "wrong").iterdir()
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if (found := re.match(r"\s*// error (TS\d+): ", line))
    }


def of_folder(errors: set[Error], name: str) -> set[Error]:
    return {error for error in errors if error[0].startswith(name)}


def test_each_function_can_be_used_with_each_client_that_frontends_have(errors: set[Error]) -> None:
    assert of_folder(errors, "src/each.ts") == set()


def test_what_the_function_spec_is_turned_into_compiles_to_the_same_types(errors: set[Error]) -> None:
    assert of_folder(errors, "src/spec_api.ts") == set()
    assert of_folder(errors, "src/same.ts") == set()


def test_a_frontend_and_what_the_document_shows_of_one_compile(errors: set[Error], frontend: Path) -> None:
    assert (frontend / "src/document0.tsx").exists()
    assert of_folder(errors, "src/") | of_folder(errors, "convex/") == set()


def test_what_is_wrong_is_an_error_where_it_stands(errors: set[Error]) -> None:
    assert of_folder(errors, "wrong/") == expected_errors()
    assert len(expected_errors()) > 20


def test_the_committed_sample_is_what_is_generated(frontend: Path) -> None:
    for file in (frontend / "convex/_generated").iterdir():
        assert file.read_text() == (SAMPLE / "convex/_generated" / file.name).read_text(), "run `make codegen`"
