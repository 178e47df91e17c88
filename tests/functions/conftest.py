"""A deployment in memory, and those who call it."""

from __future__ import annotations

import pytest

from shared.runtime.environment import Environment
from tests.functions.callers import Client, identity
from tests.support.backend import Backend


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def environment(backend: Backend) -> Environment:
    return backend.environment


@pytest.fixture
def ada(environment: Environment) -> Client:
    return Client(environment, identity("ada", "ada@example.com"))


@pytest.fixture
def bob(environment: Environment) -> Client:
    return Client(environment, identity("bob"))


@pytest.fixture
def anonymous(environment: Environment) -> Client:
    return Client(environment)


@pytest.fixture
def server(environment: Environment) -> Client:
    """One of the app's own servers."""
    return Client(environment, internal=True)
