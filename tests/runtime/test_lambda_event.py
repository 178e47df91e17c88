from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.errors import ArgumentValidation, BadRequest, Conflict, Overloaded, PolarisError, Unauthenticated
from shared.runtime.environment import Environment
from tests.runtime import sample
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, REQUEST_ID, backend, http_event, told


@pytest.fixture(autouse=True)
def deployment() -> Iterator[Environment]:
    with backend() as environment:
        yield environment


def test_a_direct_invocation_gets_the_plain_value() -> None:
    assert sample.greet({"args": {"name": "Ada"}}, LAMBDA) == "Hello Ada"


def test_a_direct_invocation_gets_clean_json() -> None:
    args = {"value": [{"$integer": "AQAAAAAAAAA="}, {"$bytes": "YWJj"}, 1.5]}
    assert sample.echo({"args": args}, LAMBDA) == ["1", "YWJj", 1.5]


def test_a_direct_invocation_is_trusted_without_the_internal_key() -> None:
    assert sample.read_secret({"args": {"name": "x"}}, LAMBDA) == "secret of x"


def test_an_http_request_is_not_trusted_whatever_else_its_event_holds() -> None:
    event = http_event({"args": {"name": "x"}}) | {"args": {"name": "x"}}
    assert "internalKey" in sample.read_secret(event, LAMBDA)["body"]


def test_nobody_is_signed_in_on_a_direct_invocation() -> None:
    with pytest.raises(Unauthenticated):
        sample.who_am_i({"args": {}}, LAMBDA)


def test_a_direct_invocation_may_run_as_somebody() -> None:
    identity = {"subject": "ada", "issuer": "https://id.example"}
    assert sample.who_am_i({"args": {}, "identity": identity}, LAMBDA)["subject"] == "ada"


def test_somebody_runs_internal_functions_without_the_key_as_iam_does() -> None:
    identity = {"subject": "ada", "issuer": "https://id.example"}
    assert sample.read_secret({"args": {"name": "x"}, "identity": identity}, LAMBDA) == "secret of x"


def test_an_http_request_cannot_say_who_calls() -> None:
    named = {"identity": {"subject": "ada", "issuer": "https://id.example"}}
    response = sample.who_am_i(http_event({"args": {}} | named) | named, LAMBDA)
    assert told(response)["errorData"]["code"] == "UNAUTHENTICATED"


def test_an_identity_that_describes_nobody_is_refused() -> None:
    with pytest.raises(BadRequest, match="identity"):
        sample.who_am_i({"args": {}, "identity": {"email": "ada@example.com"}}, LAMBDA)


@pytest.mark.parametrize(("function", "error"), [(sample.refuse, Conflict), (sample.be_overloaded, Overloaded)])
def test_a_failure_is_raised_under_the_name_that_state_machines_match(function: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        function({"args": {}}, LAMBDA)
    assert type(caught.value) is error


def test_an_unexpected_failure_says_nothing_but_the_request_id() -> None:
    with pytest.raises(PolarisError) as caught:
        sample.explode({"args": {"secret": "hush-hush"}}, LAMBDA)
    assert str(caught.value) == f"[Request ID: {REQUEST_ID}] Server Error"
    assert caught.value.__suppress_context__


def test_refused_arguments_are_not_quoted_since_lambda_logs_what_is_raised() -> None:
    for args in ({"name": ["hush-hush"]}, {"title": "hush-hush"}):
        with pytest.raises(ArgumentValidation) as caught:
            sample.greet({"args": args}, LAMBDA)
        assert "hush" not in str(caught.value)


@pytest.mark.parametrize("event", [{}, {"name": "Ada"}])
def test_an_event_of_neither_form_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="args"):
        sample.greet(event, LAMBDA)


def test_a_direct_invocation_may_pass_the_internal_key_too() -> None:
    assert sample.read_secret({"args": {"name": "x", "internalKey": INTERNAL_KEY}}, LAMBDA) == "secret of x"
