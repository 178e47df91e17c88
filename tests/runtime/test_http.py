from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.runtime.environment import Environment
from shared.runtime.function import Function
from tests.runtime import sample
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, ORIGIN, REQUEST_ID, backend, http_event, told

FIRST = f"[Request ID: {REQUEST_ID}] Server Error"


@pytest.fixture(autouse=True)
def deployment() -> Iterator[Environment]:
    with backend() as environment:
        yield environment


def post(function: Function[Any], body: Any, **headers: str) -> Any:
    return function(http_event(body, f"POST {function.route}", **headers), LAMBDA)


def answer(function: Function[Any], args: Any = None, *, name: str = "convex_encoded_json", **headers: str) -> Any:
    response = post(function, {"args": {} if args is None else args, "format": name}, **headers)
    assert response["statusCode"] == 200
    return told(response)


def value(function: Function[Any], args: Any = None, **headers: str) -> Any:
    body = answer(function, args, **headers)
    assert body["status"] == "success", body
    return body["value"]


def refused(function: Function[Any], body: Any, status: int, **headers: str) -> Any:
    response = post(function, body, **headers)
    assert response["statusCode"] == status, response
    return told(response)


def test_a_result_is_answered_as_a_success() -> None:
    assert answer(sample.greet, {"name": "Ada"}) == {"status": "success", "value": "Hello Ada", "logLines": []}


def test_a_function_that_returns_nothing_answers_null() -> None:
    assert answer(sample.echo) == {"status": "success", "value": None, "logLines": []}


@pytest.mark.parametrize("args", [{"name": "Ada"}, [{"name": "Ada"}]])
def test_arguments_come_as_an_object_or_as_an_array_of_one(args: Any) -> None:
    assert value(sample.greet, args) == "Hello Ada"


def test_an_empty_array_of_arguments_is_an_empty_object() -> None:
    assert value(sample.echo, []) is None


def test_unknown_fields_of_the_body_are_ignored() -> None:
    assert post(sample.greet, {"args": {"name": "Ada"}, "componentPath": None, "x": 1})["statusCode"] == 200


@pytest.mark.parametrize(
    ("encoded", "clean"),
    [
        ({"$integer": "AQAAAAAAAAA="}, "1"),
        ({"$integer": "//////////8="}, "-1"),
        ({"$integer": "/////////38="}, "9223372036854775807"),
        ({"$bytes": "YWJj"}, "YWJj"),
        ({"$float": "AAAAAAAA+H8="}, "NaN"),
        ({"$float": "AAAAAAAA8H8="}, "Infinity"),
        ({"$float": "AAAAAAAA8P8="}, "-Infinity"),
        ({"$float": "AAAAAAAAAIA="}, 0),
        ([1, 2.5, "é😀", True, None, {"a": []}], [1, 2.5, "é😀", True, None, {"a": []}]),
    ],
)
def test_values_travel_both_ways_in_both_formats(encoded: Any, clean: Any) -> None:
    assert answer(sample.echo, {"value": encoded})["value"] == encoded
    assert answer(sample.echo, {"value": encoded}, name="json")["value"] == clean


def test_clean_json_is_the_default_format() -> None:
    response = post(sample.echo, {"args": {"value": {"$bytes": "YWJj"}}})
    assert told(response)["value"] == "YWJj"


@pytest.mark.parametrize("name", ["convex_json", "convex_clean_json"])
def test_older_names_of_the_formats_are_understood(name: str) -> None:
    assert answer(sample.greet, {"name": "Ada"}, name=name)["value"] == "Hello Ada"


@pytest.mark.parametrize("name", ["xml", 5, ["json"], {}])
def test_an_unknown_format_is_a_bad_request(name: Any) -> None:
    assert refused(sample.greet, {"args": {"name": "Ada"}, "format": name}, 400)["code"] == "BadRequest"


def test_a_base64_body_is_understood() -> None:
    event = http_event(base64.b64encode('{"args": {"name": "é"}}'.encode()).decode()) | {"isBase64Encoded": True}
    assert told(sample.greet(event, LAMBDA))["value"] == "Hello é"


@pytest.mark.parametrize("body", ["%%%", "YWJ", base64.b64encode(b'{"args": "\xff"}').decode()])
def test_a_base64_body_that_holds_no_json_text_is_a_bad_request(body: str) -> None:
    response = sample.greet(http_event(body) | {"isBase64Encoded": True}, LAMBDA)
    assert (response["statusCode"], told(response)["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "nul", "{} {}", "{'args': {}}", '{"args": NaN}', '{"args": {"value": Infinity}}', "[]", '"text"',
        "5", "null", "[" * 200_000, '{"args":' * 5000, '{"args": {"value": 1e999}}', '{"args": {"value": "\\ud800"}}',
        '{"args": {"value": ' + "[" * 70 + "]" * 70 + "}}", '{"args": {"value": ' + "9" * 5000 + "}}",
        '{"args": {"value": {"$integer": "AQ=="}}}', '{"args": {"value": {"$bytes": 5}}}',
        '{"args": {"value": {"$float": "AAAAAAAA8D8="}}}', '{"args": {"value": {"$set": 5}}}',
        '{"args": {"value": {"\\u00e9": 5}}}',
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_understood_is_a_bad_request(body: str) -> None:
    answered = refused(sample.echo, body, 400)
    assert answered["code"] == "BadRequest"
    assert 0 < len(answered["message"]) < 500


def test_a_body_without_args_is_a_bad_request() -> None:
    assert "args" in refused(sample.greet, {"name": "Ada"}, 400)["message"]


def test_a_body_above_api_gateways_limit_is_too_large() -> None:
    assert refused(sample.greet, "x" * 20_000_000, 413)["code"] == "PayloadTooLarge"


def test_arguments_above_lambdas_limit_are_told_with_their_size() -> None:
    body = answer(sample.greet, {"name": "x" * 6_000_000})
    assert body["errorMessage"] == (
        f"{FIRST}\nArguments for runtime:greet are too large (actual: 5.72 MiB, limit: 5.25 MiB)"
    )


def test_a_refusal_is_a_convex_error_with_its_data() -> None:
    assert answer(sample.refuse) == {
        "status": "error",
        "errorMessage": f"{FIRST}\nUncaught ConvexError: File already exists",
        "errorData": {"code": "CONFLICT", "message": "File already exists"},
        "logLines": [],
    }


def test_wrong_arguments_are_told_in_convexs_words_and_have_no_data() -> None:
    body = answer(sample.greet, {"name": 3})
    assert body == {
        "status": "error",
        "errorMessage": (
            f"{FIRST}\nArgumentValidationError: Value does not match validator.\n"
            "Path: .name\nValue: 3.0\nValidator: v.string()"
        ),
        "logLines": [],
    }


def test_an_invalid_cursor_is_told_in_both_ways_that_clients_look_for() -> None:
    body = answer(sample.lose_cursor)
    assert "InvalidCursor: " in body["errorMessage"]
    assert body["errorData"] == {"isConvexSystemError": True, "paginationError": "InvalidCursor"}


def test_an_unexpected_error_is_opaque() -> None:
    assert answer(sample.explode, {"secret": "hush-hush"}) == {
        "status": "error", "errorMessage": FIRST, "logLines": []
    }  # fmt: skip


def test_a_table_that_is_not_declared_cannot_be_touched() -> None:
    project_id = value(sample.create_project, {"name": "Apollo"}, authorization="Bearer token-of-ada")
    assert (
        "does not declare that it reads projects" in answer(sample.get_undeclared, {"id": project_id})["errorMessage"]
    )


def test_a_result_that_is_no_value_is_an_error() -> None:
    assert "set is not a Convex value" in answer(sample.return_set)["errorMessage"]


def test_overload_is_a_failure_of_the_request_worth_repeating() -> None:
    assert refused(sample.be_overloaded, {"args": {}}, 503) == {
        "code": "Overloaded", "message": "The database is throttling; try again."
    }  # fmt: skip


def test_what_another_service_failed_with_is_not_told() -> None:
    assert refused(sample.lose_connection, {"args": {}}, 503) == {
        "code": "ServiceUnavailable", "message": f"{FIRST}; try again."
    }  # fmt: skip


def test_without_a_token_nobody_is_signed_in() -> None:
    body = answer(sample.who_am_i)
    assert body["errorMessage"] == f"{FIRST}\nUncaught ConvexError: Unauthorized"
    assert body["errorData"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_bearer_token_names_the_caller(scheme: str) -> None:
    known = value(sample.who_am_i, authorization=f"{scheme} token-of-ada")
    assert (known["subject"], known["origin"], known["order"]) == ("ada", ORIGIN, "created")
    assert known["now"] == int(known["now"]) > 1_700_000_000_000


def test_a_token_that_proves_nothing_is_unauthorized() -> None:
    body = refused(sample.who_am_i, {"args": {}}, 401, authorization="Bearer forged")
    assert body == {"code": "InvalidAuthHeader", "message": "Signature of the token is wrong"}


@pytest.mark.parametrize(("header", "status"), [("Basic YTpi", 400), ("token-of-ada", 400), ("Convex key", 401)])
def test_other_schemes_than_bearer_are_refused(header: str, status: int) -> None:
    refused(sample.who_am_i, {"args": {}}, status, authorization=header)


def test_a_bad_token_is_refused_even_where_none_is_needed() -> None:
    refused(sample.greet, {"args": {"name": "Ada"}}, 401, authorization="Bearer forged")


def test_an_internal_function_answers_whoever_knows_the_internal_key() -> None:
    assert value(sample.read_secret, {"name": "x", "internalKey": INTERNAL_KEY}) == "secret of x"


@pytest.mark.parametrize("key", ["", "wrong", INTERNAL_KEY + " ", INTERNAL_KEY[:-1]])
def test_a_wrong_internal_key_is_refused(key: str) -> None:
    body = answer(sample.read_secret, {"name": "x", "internalKey": key})
    assert body["errorData"] == {"code": "FORBIDDEN", "message": "Invalid internal key"}


def test_an_internal_function_without_the_key_is_a_wrong_call() -> None:
    assert "missing the required field `internalKey`" in answer(sample.read_secret, {"name": "x"})["errorMessage"]


def test_a_token_does_not_stand_for_the_internal_key() -> None:
    body = answer(sample.read_secret, {"name": "x"}, authorization="Bearer token-of-ada")
    assert body["status"] == "error"


def test_an_event_without_headers_is_an_anonymous_call() -> None:
    event = http_event({"args": {"name": "Ada"}})
    del event["headers"]
    assert told(sample.greet(event, LAMBDA))["value"] == "Hello Ada"


def test_a_call_outside_a_lambda_gets_a_request_id_of_its_own() -> None:
    first, second = (told(sample.refuse(http_event({"args": {}}), None))["errorMessage"] for _ in range(2))
    assert first != second
    assert len(first.partition("]")[0]) == len("[Request ID: ") + 16


def test_a_success_is_valid_json_whatever_the_value() -> None:
    text = 'quote " backslash \\ newline \n separator \u2028 nul \x00'
    response = post(sample.echo, {"args": {"value": text}})
    assert json.loads(response["body"])["value"] == text
