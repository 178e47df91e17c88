"""The benchmarks run, and their page is what they found; how fast anything is, is no matter of these tests."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.bundle import ROOT
from tests.bench.__main__ import main
from tests.bench.cold import FLOOR, modules, subject_of
from tests.bench.costs import costs, least, units_of
from tests.bench.figure import Figure
from tests.bench.growth import growth_figures
from tests.bench.interpreters import Interpreters, interpreters
from tests.bench.measure import Measurement, exact, of_pairs
from tests.bench.page import Run, page


def test_every_kind_of_figure_is_measured() -> None:
    command = [sys.executable, "-m", "tests.bench", "quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = [Figure.of_json(json.loads(line)) for line in done.stdout.splitlines()]
    measured = [figure.measured for figure in figures]
    assert all(m.value >= 0 and m.floor >= 0 and math.isfinite(m.ratio) and m.spread >= 0 for m in measured)
    groups = Counter(figure.group for figure in figures)
    assert (groups["Warm calls"], groups["Memory after that"], groups["Cold start: import"]) == (8, 2, 2)
    assert groups["Cold start: import and first call of a signed-in user"] == 2
    assert groups["Growth"] == groups["Growth, counted"] > 10


def test_the_page_has_a_row_for_every_figure() -> None:
    figures = [
        Figure("warm", "Warm calls", f"call {number}", Measurement(1.5, "ms", 1.0, 1.5, 0.1)) for number in (1, 2)
    ]
    told = page({"warm": Run.of_json(Run("today", "here", figures).as_json())})
    assert "| call 1 | 1.5 ms | 1 | 1.50 | 0.10 |  |" in told
    assert told.count("\n| call ") == 2


def test_the_page_is_left_alone_until_all_of_it_has_been_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    written = tmp_path / "docs/benchmarks.md"
    written.write_text("all of it")
    main(["costs"], tmp_path)
    assert written.read_text() == "all of it"
    last = capsys.readouterr().out.splitlines()[-1]
    assert (
        last
        == "docs/benchmarks.md stays as it is: growth, cold, warm, push were never measured here; run `make bench`"
    )


def test_ratios_are_medians_of_pairs() -> None:
    assert of_pairs([(2.0, 1.0), (30.0, 10.0), (9.0, 1.0)], "ms").ratio == 3.0
    assert exact(0, "units", 0).ratio == 1.0


def test_no_call_costs_less_than_what_is_said_to_be_the_least() -> None:
    spent = costs()
    cheaper = [
        call
        for call, group in least().items()
        if units_of(spent[call]) < group["reads"] + group["writes"] or spent[call]["depth"] < group["depth"]
    ]
    assert cheaper == []
    assert len(least()) > 50


@pytest.mark.parametrize(
    "name",
    [
        *("files:createFile beside 1,000 files", "files:updateFile beside 1,000 files"),
        *("files:getFolderContents of 1,000 files", "conversations:getMessages of 200 messages"),
        "conversations:getMessagesPaginated, 20 of 200",
    ],
)
def test_units_grow_no_faster_than_what_is_asked_for(grown: dict[str, float], name: str) -> None:
    assert grown[name] <= 1.2


@pytest.fixture(scope="module")
def grown() -> dict[str, float]:
    figures = growth_figures(largest=1_000, rounds=1)
    return {figure.name: figure.measured.ratio for figure in figures if figure.group == "Growth, counted"}


@pytest.fixture(scope="module")
def python() -> Iterator[Interpreters]:
    with interpreters() as ready:
        yield ready


HEAVY = {
    "pydantic", "jwt", "cryptography", "boto3", "s3transfer", "awscrt", "asyncio",
    "aws_lambda_powertools", "aws_xray_sdk", "regex", "bs4", "markdownify", "typing_inspection", "annotated_types",
    "http.server", "multiprocessing",
}  # fmt: skip
"""What a cold start goes without: a twentieth of it each, or more."""

WITH_PYDANTIC = (
    "functions.admin.operations",
    "functions.admin.run",
    "functions.routes.",
    "functions.workflows.agent",
)
"""Modules, or the beginnings of their names, that declare with pydantic what they are sent."""


def test_cold_starts_load_only_what_every_call_needs(python: Interpreters) -> None:
    light = [module for module in modules() if not module.startswith(WITH_PYDANTIC)]
    assert python.modules("\n".join(map(subject_of, light))) & HEAVY == set()


def test_cold_starts_that_need_pydantic_load_no_more_than_that(python: Interpreters) -> None:
    heavy = [module for module in modules() if module.startswith(WITH_PYDANTIC)]
    loaded = python.modules("\n".join(map(subject_of, heavy))) & HEAVY
    assert loaded <= {"pydantic", "typing_inspection", "annotated_types"}


def test_an_ordinary_document_is_written_without_pydantic(python: Interpreters) -> None:
    user = """
from shared.schema.tables import User
User.model_validate(dict(_id=User.mint_id(bytes(16)), _creationTime=1, stack_user_id='ada', email='', project_limit=1,
                         subscription_tier='free', created_at=1.5, updated_at=2, trial_used=False))
"""
    assert "pydantic" not in python.modules(user)


def test_a_heavy_import_would_be_noticed(python: Interpreters) -> None:
    assert {"pydantic", "jwt", "boto3"} <= python.modules(FLOOR) & HEAVY
