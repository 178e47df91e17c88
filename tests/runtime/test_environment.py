from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from shared import aws
from shared.db.database import Database
from shared.runtime.environment import aws_environment, environment, use
from tests.runtime.backend import SETTINGS, make_environment


def test_a_chosen_environment_holds_until_it_is_left() -> None:
    outer, inner = make_environment(), make_environment()
    with use(outer):
        with use(inner):
            assert environment() is inner
        assert environment() is outer


def test_a_chosen_environment_is_left_after_an_error_too() -> None:
    outer = make_environment()
    with use(outer):
        with pytest.raises(ValueError, match="oh"), use(make_environment()):
            raise ValueError("oh")
        assert environment() is outer


def test_a_chosen_environment_holds_in_other_threads() -> None:
    seen = []
    with use(make_environment()) as chosen:
        thread = threading.Thread(target=lambda: seen.append(environment()))
        thread.start()
        thread.join()
    assert seen == [chosen]


@pytest.fixture
def own_clients() -> Iterator[None]:
    """Keep the clients of this process out of other tests, and theirs out of this one."""
    aws.client.cache_clear()
    aws.session.cache_clear()
    yield
    aws.client.cache_clear()
    aws.session.cache_clear()


@pytest.mark.usefixtures("own_clients")
def test_the_environment_on_aws_is_made_without_asking_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    # Any call would try this address, where nobody listens.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    made = aws_environment(SETTINGS)
    assert made.settings is SETTINGS
    assert isinstance(made.database, Database)
