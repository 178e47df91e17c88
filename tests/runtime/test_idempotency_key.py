from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.runtime.environment import Environment
from shared.runtime.http_request import idempotency_key
from tests.runtime import sample
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, backend, http_event, told


@pytest.fixture(autouse=True)
def deployment() -> Iterator[Environment]:
    with backend() as environment:
        yield environment


def create(key: str, *, user: str = "ada", name: str = "Apollo") -> Any:
    event = http_event({"args": {"name": name}}, idempotency_key=key, authorization=f"Bearer token-of-{user}")
    return sample.create_project(event, LAMBDA)


def test_a_request_sent_again_with_its_key_is_answered_alike() -> None:
    assert told(create("k1")) == told(create("k1"))


def test_users_do_not_share_keys() -> None:
    assert told(create("k1"))["value"] != told(create("k1", user="bob"))["value"]


def test_a_key_of_another_call_is_a_conflict() -> None:
    create("k1")
    response = create("k1", name="Gemini")
    assert (response["statusCode"], told(response)["code"]) == (409, "IdempotencyKeyReused")


def test_internal_callers_share_one_namespace_whatever_their_token() -> None:
    body = {"args": {"owner": "eve", "internalKey": INTERNAL_KEY}}
    first = sample.create_for(http_event(body, idempotency_key="k"), LAMBDA)
    again = sample.create_for(http_event(body, idempotency_key="k", authorization="Bearer token-of-ada"), LAMBDA)
    assert told(first) == told(again)


@pytest.mark.parametrize("key", ["k", " ", "~!@/|", "x" * 255])
def test_printable_ascii_is_a_key(key: str) -> None:
    assert create(key)["statusCode"] == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb", "a\n", "\x00", "a\x7f"])
def test_anything_else_is_a_bad_request(key: str) -> None:
    response = create(key)
    assert (response["statusCode"], told(response)["code"]) == (400, "BadRequest")


def test_no_subject_and_key_can_be_spelt_like_another_pair() -> None:
    assert idempotency_key({"idempotency-key": "b/c"}, "a") != idempotency_key({"idempotency-key": "c"}, "a/b")


def test_the_longest_key_fits_into_dynamodbs() -> None:
    assert len(idempotency_key({"idempotency-key": "x" * 255}, "s" * 10_000) or "") < 2048


def test_a_request_without_the_header_has_no_key() -> None:
    assert idempotency_key({}, "ada") is None
