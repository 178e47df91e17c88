from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from shared.errors import TransientError
from shared.public_url import PublicUrl, parameter_store

NAME = "/polaris/test/public-url"


def client() -> Any:
    return botocore.session.get_session().create_client(
        "ssm", region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


@pytest.mark.parametrize(
    "stored", ["https://api.example.com", "https://api.example.com/", " https://api.example.com//\n"]
)
def test_the_url_has_no_trailing_slash(stored: str) -> None:
    assert PublicUrl(lambda: stored)() == "https://api.example.com"


def test_the_url_is_fetched_once() -> None:
    fetched = []

    def fetch() -> str:
        fetched.append(1)
        return "https://api.example.com"

    url = PublicUrl(fetch)
    assert not fetched
    assert url() == url()
    assert len(fetched) == 1


def test_a_failure_is_not_remembered() -> None:
    answers: list[str | TransientError] = ["https://api.example.com", TransientError("away")]

    def fetch() -> str:
        answer = answers.pop()
        if isinstance(answer, TransientError):
            raise answer
        return answer

    url = PublicUrl(fetch)
    with pytest.raises(TransientError, match="away"):
        url()
    assert url() == "https://api.example.com"


@pytest.mark.parametrize("stored", ["", "/", " "])
def test_an_empty_url_is_not_known_yet(stored: str) -> None:
    with pytest.raises(TransientError, match="deploy the edge"):
        PublicUrl(lambda: stored)()


@mock_aws
def test_it_is_read_from_the_parameter_store() -> None:
    client().put_parameter(Name=NAME, Value="https://api.example.com/", Type="String")
    assert PublicUrl(parameter_store(client, NAME))() == "https://api.example.com"


@mock_aws
def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(TransientError, match=f"{NAME}: ParameterNotFound"):
        parameter_store(client, NAME)()


def test_a_store_that_cannot_be_reached_is_named() -> None:
    def unreachable() -> Any:
        return botocore.session.get_session().create_client(
            "ssm",
            region_name="eu-central-1",
            endpoint_url="http://127.0.0.1:1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )

    with pytest.raises(TransientError, match=f"{NAME}: EndpointConnectionError"):
        parameter_store(unreachable, NAME)()


def test_no_client_is_made_before_the_first_fetch() -> None:
    parameter_store(lambda: pytest.fail("a client was made"), NAME)
