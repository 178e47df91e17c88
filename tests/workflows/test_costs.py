"""What typical jobs cost; docs/jobs.md states it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflows.costs import TYPICAL, row

PAGE = Path(__file__).parents[2] / "docs/jobs.md"


@pytest.mark.parametrize("typical", TYPICAL)
def test_a_typical_job_costs_what_is_documented(typical: str) -> None:
    assert row(typical) in PAGE.read_text()
