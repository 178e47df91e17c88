"""A frontend, its user's rows, and somebody else's."""

from __future__ import annotations

import pytest

from tests.functions.rows import Rows, furnish
from tests.routes.frontend import Frontend
from tests.support.backend import Backend


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def ada(backend: Backend) -> Frontend:
    return Frontend(backend)


@pytest.fixture
def bob(backend: Backend) -> Frontend:
    return Frontend(backend, "bob")


@pytest.fixture
def rows(backend: Backend) -> Rows:
    return furnish(backend.environment, "ada", "one", files=1)


@pytest.fixture
def bobs(backend: Backend) -> Rows:
    return furnish(backend.environment, "bob", "his", files=1)
