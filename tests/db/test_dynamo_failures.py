"""The real door: what DynamoDB's failures mean to the data layer."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from botocore import session
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from shared.db.dynamo import DynamoEngine
from shared.db.engine import (
    Check,
    Condition,
    ConditionFailed,
    Delete,
    Key,
    Operation,
    Put,
    Reason,
    Throttled,
    TransactionCanceled,
    Unanswered,
)
from shared.schema.platform import CLAIMS
from tests.db.stubbed import Door, answer, batch

KEY = Key(CLAIMS, "name")
PUT = Put(CLAIMS, {"key": "name"}, (Condition("key", "absent"),))
OPERATIONS: list[Operation] = [
    PUT,
    Check(Key(CLAIMS, "b"), (Condition("id", "absent"),)),
    Delete(Key(CLAIMS, "c")),
    Delete(Key(CLAIMS, "d")),
]


@pytest.mark.parametrize(
    "code",
    [
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
        "ExpiredTokenException",
        "UnrecognizedClientException",
    ],
)
def test_a_refusal_for_load_conflict_or_credentials_means_that_nothing_was_applied(door: Door, code: str) -> None:
    engine, dynamodb = door
    dynamodb.add_client_error("put_item", code, http_status_code=400)
    with pytest.raises(Throttled, match=code):
        engine.write(PUT)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
        ("Whatever", 502),
        ("TransactionInProgressException", 400),
    ],
)
def test_a_server_error_or_a_transaction_in_progress_leaves_the_outcome_open(
    door: Door, code: str, status: int
) -> None:
    engine, dynamodb = door
    dynamodb.add_client_error("transact_write_items", code, http_status_code=status)
    with pytest.raises(Unanswered, match=code):
        engine.transact([PUT], "token")


def test_throttling_is_a_refusal_even_with_a_server_errors_status(door: Door) -> None:
    engine, dynamodb = door
    dynamodb.add_client_error("get_item", "ThrottlingException", http_status_code=503)
    with pytest.raises(Throttled):
        engine.get(KEY)


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException", "AccessDeniedException"])
def test_a_mistake_of_ours_is_not_hidden(door: Door, code: str) -> None:
    engine, dynamodb = door
    dynamodb.add_client_error("get_item", code, http_status_code=400)
    with pytest.raises(ClientError, match=code):
        engine.get(KEY)


@pytest.mark.parametrize("error", [ReadTimeoutError, ConnectionClosedError, EndpointConnectionError])
def test_a_broken_connection_leaves_the_outcome_open(error: Callable[..., Exception]) -> None:
    class Broken:
        def transact_write_items(self, **request: Any) -> None:
            raise error(endpoint_url="https://dynamodb", error="x")

    with pytest.raises(Unanswered, match=error.__name__):
        DynamoEngine(Broken(), str).transact([PUT], "token")


def test_a_batch_that_makes_no_progress_is_throttled(door: Door) -> None:
    engine, dynamodb = door
    dynamodb.add_response("batch_get_item", answer() | {"UnprocessedKeys": batch("a")})
    with pytest.raises(Throttled):
        engine.batch_get([Key(CLAIMS, "a")])


def test_a_failed_condition_of_a_single_write_tells_what_is_there(door: Door) -> None:
    engine, dynamodb = door
    there = {"Item": {"key": {"S": "name"}, "n": {"N": "1"}}}
    dynamodb.add_client_error("put_item", "ConditionalCheckFailedException", modeled_fields=there)
    with pytest.raises(ConditionFailed) as failed:
        engine.write(PUT)
    assert failed.value.item == {"key": "name", "n": 1}


def test_a_failed_condition_on_an_absent_item_tells_none(door: Door) -> None:
    engine, dynamodb = door
    dynamodb.add_client_error("delete_item", "ConditionalCheckFailedException")
    with pytest.raises(ConditionFailed) as failed:
        engine.write(Delete(KEY, (Condition("id", "equals", "x"),)))
    assert failed.value.item is None


def test_a_canceled_transaction_gives_the_reason_and_item_of_each_operation(door: Door) -> None:
    engine, dynamodb = door
    reasons = [
        {"Code": "ConditionalCheckFailed", "Message": "m", "Item": {"key": {"S": "name"}}},
        {"Code": "None"},
        {"Code": "TransactionConflict", "Message": "m"},
        {"Code": "ThrottlingError", "Message": "m"},
    ]
    canceled = {"CancellationReasons": reasons}
    dynamodb.add_client_error("transact_write_items", "TransactionCanceledException", modeled_fields=canceled)
    with pytest.raises(TransactionCanceled) as failed:
        engine.transact(OPERATIONS, "token")
    assert failed.value.reasons == (
        Reason("condition", {"key": "name"}),
        Reason("none"),
        Reason("conflict"),
        Reason("throttled"),
    )


@pytest.mark.parametrize("code", ["ItemCollectionSizeLimitExceeded", "ValidationError"])
def test_a_transaction_that_is_too_large_says_so(door: Door, code: str) -> None:
    engine, dynamodb = door
    canceled = {"CancellationReasons": [{"Code": code}]}
    dynamodb.add_client_error("transact_write_items", "TransactionCanceledException", modeled_fields=canceled)
    with pytest.raises(TransactionCanceled) as failed:
        engine.transact([PUT], "token")
    assert failed.value.reasons == (Reason("too_large"),)


def test_reads_begun_together_run_beside_each_other() -> None:
    meet = Barrier(2, timeout=10)
    engine = DynamoEngine(None, str, workers=2)
    begun = [engine.begin(meet.wait) for _ in range(2)]
    assert {future.result() for future in begun} == {0, 1}


def test_a_request_that_botocore_refuses_to_send_is_no_lost_answer() -> None:
    client = session.get_session().create_client(
        "dynamodb", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    engine = DynamoEngine(client, lambda name: name)
    with pytest.raises(ParamValidationError):
        engine.transact([], "token")
