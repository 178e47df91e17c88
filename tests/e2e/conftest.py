"""The running backend that all end-to-end tests share, and the services outside of it that its jobs call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.assistant import assistant
from tests.e2e.dev_server import DevServer
from tests.support import converse, github

__all__ = ["DevServer"]


@dataclass(frozen=True)
class Outside:
    """Services on loopback.

    Attributes:
        model_url: a scripted model; see `tests.e2e.assistant`.
        github: what is on GitHub.
        github_url: where.
    """

    model_url: str
    github: github.GitHubState
    github_url: str


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    state = github.GitHubState(tokens={"*": "octocat"})
    state.add("octocat", "sample", github.sample())
    with converse.serving(assistant) as model, github.serving(state) as url:
        yield Outside(model.url, state, url)


@pytest.fixture(scope="session")
def dev_server(tmp_path_factory: pytest.TempPathFactory, outside: Outside) -> Iterator[DevServer]:
    """Serve this project's backend, with state of its own; tests tell their data apart by who they are."""
    settings = {
        "POLARIS_MODEL_ID": "scripted.model-v1:0",
        "POLARIS_MODEL_ENDPOINT": outside.model_url,
        "GITHUB_API_URL": outside.github_url,
    }
    server = DevServer(tmp_path_factory.mktemp("dev-server"), settings=settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
