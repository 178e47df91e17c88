"""The deployment that attackers meet."""

from __future__ import annotations

import pytest

from tests.functions.rows import Rows, furnish
from tests.support.backend import Backend


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def rows(backend: Backend) -> Rows:
    return furnish(backend.environment, "ada", "one", files=1)
