"""A GitHub on loopback, and its client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.db.clock import Clock
from shared.github.client import GitHub
from tests.support.github import GitHubState, serving
from tests.support.stores import make_clock

TOKEN = "gho_the_token_of_ada"


@pytest.fixture
def state() -> GitHubState:
    return GitHubState(tokens={TOKEN: "ada"})


@pytest.fixture
def api_url(state: GitHubState) -> Iterator[str]:
    with serving(state) as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    return make_clock()


@pytest.fixture
def github(api_url: str, clock: Clock) -> GitHub:
    return GitHub(api_url, TOKEN, clock, clock.now_ms() + 60_000)
