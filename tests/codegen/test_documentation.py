"""That nothing is left out of the documents: errors, limits, settings."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from dataclasses import fields
from pathlib import Path

from infra.stage import Stage
from shared.codegen.errors_page import coded_errors, errors_page
from shared.codegen.limits_page import LIMITS, limits_page
from shared.job_settings import VARIABLES
from shared.limit_settings import Limits
from tests.support.code_blocks import code_blocks

ROOT = Path(__file__).parents[2]

INNER = {
    "archive.json_lines.MAX_LINE_BYTES": "an archive's line, above what any document takes",
    "archive.parsing.MAX_KEY_BYTES": "DynamoDB's of a key, for documents of an archive",
    "auth.admin.MAX_TOKEN_CHARACTERS": "a token that only this backend makes",
    "auth.fetch.MAX_BYTES": "an identity provider's answer",
    "auth.verified_tokens.MAX_AGE_S": "how long a token's verification is remembered",
    "auth.verified_tokens.MAX_ENTRIES": "how many are",
    "github.archive.MAX_UNPACKED_BYTES": "an archive of GitHub's, above what a repository may have",
    "github.client.MAX_ANSWER_BYTES": "an answer of GitHub's, above what any file may have",
    "jobs.import_contents.MAX_HELD_BYTES": "how much of an archive a step holds at once",
    "jobs.import_plan.MAX_ENTRIES": "entries of a tree, above what its files need",
    "db.mutation.MAX_RUNS": "attempts within a mutation's deadline",
    "json_api.MAX_BYTES": "an identity or billing provider's answer",
    "sync.posts.MAX_POST_BYTES": "larger Transitions are sent in chunks",
}
"""Limits that nobody outside meets."""


def constants() -> set[str]:
    """Return the names of all constants that say MAX."""
    found = set()
    for path in (ROOT / "shared").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT / "shared").with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            name = node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else ""
            if name.startswith("MAX_"):
                found.add(f"{module}.{name}")
    return found


def test_every_error_with_a_code_is_documented() -> None:
    page = errors_page()
    assert [error.code for error in coded_errors() if f"| `{error.code}` |" not in page] == []


def test_no_two_errors_have_the_same_code() -> None:
    codes = [error.code for error in coded_errors()]
    assert sorted(codes) == sorted(set(codes))


def test_every_limit_is_documented_or_known_to_be_inner() -> None:
    chosen = {f"limits.{name}" for name in Limits._fields}
    documented = {limit.source for limits in LIMITS.values() for limit in limits} - chosen
    assert documented | INNER.keys() == constants()
    assert not documented & INNER.keys()


def test_every_limit_that_a_stage_chooses_is_documented_twice_with_its_default() -> None:
    listed = {limit.source for limits in LIMITS.values() for limit in limits}
    assert {f"limits.{name}" for name in Limits._fields} <= listed
    page = (ROOT / "docs/operations.md").read_text()
    rows = [f"| `{name}` | {default:,} |" for name, default in Limits._field_defaults.items()]
    assert [row for row in rows if row not in page] == []


def test_limits_are_read_from_where_they_are_enforced() -> None:
    assert "| a text field, such as a file's content | 1 MiB | `VALUE_TOO_LARGE` |" in limits_page()


def test_every_setting_of_a_stage_is_documented_with_its_default() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    rows = [f"| `{field.name}` | {_written(field.default)}|" for field in fields(Stage) if field.name != "jobs"]
    assert [row for row in rows if row not in page] == []


def test_every_setting_of_jobs_is_documented_with_its_variable() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    (rows,) = re.findall(r"Of jobs.*?\n\n(.*?)\n\n", page, re.DOTALL)
    documented = {*re.findall(r"`(\w+)`", rows)}
    assert {name for pair in VARIABLES.items() for name in pair} - documented == {"machines", "POLARIS_MACHINES"}


def _written(default: object) -> str:
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return f"`{text}` " if text else ""


def test_every_verb_that_documents_name_is_one_of_the_makefile() -> None:
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = {verb for page in pages for verb in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE)}
    assert named - verbs == set()
    assert {"dev", "test", "deploy"} <= named


def test_the_command_that_frontends_are_told_writes_their_folder(tmp_path: Path) -> None:
    (command, *_) = code_blocks("docs/frontend.md", "sh")
    told = shlex.split(command.replace("../frontend/convex/_generated", str(tmp_path)))
    subprocess.run([*told, "--old-file=setup"], cwd=ROOT, check=True, capture_output=True)
    assert {path.name for path in tmp_path.iterdir()} >= {"api.d.ts", "api.js", "dataModel.d.ts"}
    assert "https://polaris.example.com" in (tmp_path / "openapi.json").read_text()
