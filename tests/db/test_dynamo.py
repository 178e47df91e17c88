"""The real door: what is asked of DynamoDB, exactly."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.engine import (
    Check,
    Condition,
    Delete,
    Key,
    Operation,
    Put,
    Query,
    TransactionCanceled,
    Update,
)
from shared.schema.platform import CHANGES, CLAIMS, RANGES
from shared.schema.tables import File, GenerationEvent
from tests.db.stubbed import Door, answer, batch, stubbed_door

KEY = Key(CLAIMS, "name")
TYPED_KEY = {"key": {"S": "name"}}


def test_an_item_is_read_consistently_under_its_physical_name(door: Door) -> None:
    engine, dynamodb = door
    request = {"TableName": "polaris-claims", "Key": TYPED_KEY, "ConsistentRead": True}
    dynamodb.add_response("get_item", {"Item": {**TYPED_KEY, "id": {"S": "x"}}}, request)
    assert engine.get(KEY) == {"key": "name", "id": "x"}


def test_a_missing_item_is_none(door: Door) -> None:
    engine, dynamodb = door
    dynamodb.add_response("get_item", {})
    assert engine.get(KEY) is None


def test_a_row_with_a_sort_key_is_found_by_both(door: Door) -> None:
    engine, dynamodb = door
    key = {"range": {"S": "r"}, "commit": {"S": "c"}}
    dynamodb.add_response("get_item", {}, {"TableName": "polaris-changes", "Key": key, "ConsistentRead": True})
    engine.get(Key(CHANGES, "r", "c"))


def test_several_items_are_read_consistently_in_one_request(door: Door) -> None:
    engine, dynamodb = door
    dynamodb.add_response("batch_get_item", answer("b"), {"RequestItems": batch("a", "b")})
    assert engine.batch_get([Key(CLAIMS, "a"), Key(CLAIMS, "b")]) == [{"key": "b"}]


def test_what_a_batch_left_unprocessed_is_asked_for_again(door: Door) -> None:
    engine, dynamodb = door
    left = batch("b", "c")
    dynamodb.add_response("batch_get_item", answer("a") | {"UnprocessedKeys": left}, {"RequestItems": batch(*"abc")})
    dynamodb.add_response("batch_get_item", answer("b") | {"UnprocessedKeys": batch("c")}, {"RequestItems": left})
    dynamodb.add_response("batch_get_item", answer("c"), {"RequestItems": batch("c")})
    items = engine.batch_get([Key(CLAIMS, name) for name in "abc"])
    assert [item["key"] for item in items] == ["a", "b", "c"]


def test_an_index_is_queried_with_everything_a_page_needs(door: Door) -> None:
    engine, dynamodb = door
    start = {"projectId": "p", "createdAt": 7.5, "_creationTime": 3.0, "_id": "e"}
    typed_start = {"projectId": {"S": "p"}, "createdAt": {"N": "7.5"}, "_creationTime": {"N": "3"}, "_id": {"S": "e"}}
    request = {
        "TableName": "polaris-generationEvents",
        "IndexName": "by_project_created_at",
        "KeyConditionExpression": "#0 = :0 AND #1 BETWEEN :1 AND :2",
        "ExpressionAttributeNames": {"#0": "projectId", "#1": "createdAt"},
        "ExpressionAttributeValues": {":0": {"S": "p"}, ":1": {"N": "1"}, ":2": {"N": "9.5"}},
        "ScanIndexForward": False,
        "ConsistentRead": False,
        "Limit": 10,
        "ExclusiveStartKey": typed_start,
    }
    dynamodb.add_response("query", {"Items": [typed_start], "LastEvaluatedKey": typed_start}, request)
    query = Query(
        GenerationEvent.table(),
        ("p",),
        index=GenerationEvent.by_project_created_at.secondary_index(),
        lower=1.0,
        upper=9.5,
        descending=True,
        limit=10,
        start_key=start,
    )
    assert engine.query(query) == ([start], start)


def test_a_table_is_queried_consistently(door: Door) -> None:
    engine, dynamodb = door
    request = {
        "TableName": "polaris-changes",
        "KeyConditionExpression": "#0 = :0",
        "ExpressionAttributeNames": {"#0": "range"},
        "ExpressionAttributeValues": {":0": {"S": "r"}},
        "ScanIndexForward": True,
        "ConsistentRead": True,
    }
    dynamodb.add_response("query", {"Items": []}, request)
    assert engine.query(Query(CHANGES, ("r",))) == ([], None)


def test_a_scan_goes_on_from_where_it_ended(door: Door) -> None:
    engine, dynamodb = door
    request = {"TableName": "polaris-claims", "ConsistentRead": True}
    dynamodb.add_response("scan", {"Items": [], "LastEvaluatedKey": TYPED_KEY}, request)
    page = engine.scan(CLAIMS, None)
    dynamodb.add_response("scan", {"Items": []}, request | {"ExclusiveStartKey": TYPED_KEY})
    assert engine.scan(CLAIMS, page.next_key).next_key is None


def test_a_transaction_carries_each_kind_of_operation(door: Door) -> None:
    engine, dynamodb = door
    request = {
        "ClientRequestToken": "token",
        "TransactItems": [
            {
                "Put": {
                    "TableName": "polaris-files",
                    "Item": {"_id": {"S": "f"}, "updatedAt": {"N": "1"}},
                    "ConditionExpression": "attribute_not_exists(#0)",
                    "ExpressionAttributeNames": {"#0": "_id"},
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
            {
                "Update": {
                    "TableName": "polaris-ranges",
                    "Key": {"range": {"S": "r"}},
                    "UpdateExpression": "SET #0 = :0 ADD #1 :1",
                    "ConditionExpression": "#2 = :2",
                    "ExpressionAttributeNames": {"#0": "version", "#1": "count", "#2": "version"},
                    "ExpressionAttributeValues": {":0": {"S": "new"}, ":1": {"N": "-1"}, ":2": {"S": "old"}},
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
            {"Delete": {"TableName": "polaris-claims", "Key": TYPED_KEY}},
            {
                "ConditionCheck": {
                    "TableName": "polaris-claims",
                    "Key": {"key": {"S": "other"}},
                    "ConditionExpression": "#0 < :0",
                    "ExpressionAttributeNames": {"#0": "id"},
                    "ExpressionAttributeValues": {":0": {"S": "x"}},
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
        ],
    }
    dynamodb.add_response("transact_write_items", {}, request)
    operations: list[Operation] = [
        Put(File.table(), {"_id": "f", "updatedAt": 1.0}, (Condition("_id", "absent"),)),
        Update(Key(RANGES, "r"), {"version": "new"}, {"count": -1}, (Condition("version", "equals", "old"),)),
        Delete(KEY),
        Check(Key(CLAIMS, "other"), (Condition("id", "less", "x"),)),
    ]
    engine.transact(operations, "token")


@pytest.mark.parametrize(
    ("verb", "operation"),
    [
        ("put_item", Put(CLAIMS, {"key": "name"})),
        ("update_item", Update(KEY, {"id": "x"})),
        ("delete_item", Delete(KEY)),
    ],
)
def test_a_single_write_is_sent_on_its_own(door: Door, verb: str, operation: Any) -> None:
    engine, dynamodb = door
    dynamodb.add_response(verb, {})
    engine.write(operation)


def checked(found: dict[str, Any], *conditions: Condition) -> tuple[Door, list[Operation]]:
    """Return a door that answers a transaction of this one check, and the check."""
    engine, dynamodb = stubbed_door()
    names = {f"#{number}": condition.attribute for number, condition in enumerate(conditions)}
    get = {"TableName": "polaris-claims", "Key": TYPED_KEY, "ProjectionExpression": ", ".join(names)}
    request = {"TransactItems": [{"Get": get | {"ExpressionAttributeNames": names}}]}
    dynamodb.add_response("transact_get_items", {"Responses": [found]}, request)
    dynamodb.activate()
    return (engine, dynamodb), [Check(KEY, conditions)]


HELD = {"Item": {"id": {"S": "x"}, "n": {"N": "5"}}}


@pytest.mark.parametrize(
    ("found", "conditions"),
    [
        (HELD, [Condition("id", "equals", "x"), Condition("n", "less", 6)]),
        (HELD, [Condition("id", "older", "y"), Condition("v", "absent"), Condition("w", "older", "y")]),
        ({}, [Condition("key", "absent")]),
    ],
)
def test_a_transaction_of_conditions_alone_reads_the_items_at_one_moment(
    found: dict[str, Any], conditions: list[Condition]
) -> None:
    (engine, dynamodb), checks = checked(found, *conditions)
    engine.transact(checks, "token")
    dynamodb.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("found", "condition"),
    [
        (HELD, Condition("id", "equals", "y")),
        (HELD, Condition("n", "less", 5)),
        (HELD, Condition("id", "absent")),
        (HELD, Condition("id", "older", "x")),
        ({}, Condition("id", "equals", "x")),
        ({}, Condition("n", "less", 5)),
    ],
)
def test_a_condition_that_does_not_hold_cancels_it(found: dict[str, Any], condition: Condition) -> None:
    (engine, _), checks = checked(found, condition)
    with pytest.raises(TransactionCanceled) as canceled:
        engine.transact(checks, "token")
    assert [reason.code for reason in canceled.value.reasons] == ["condition"]


def test_a_transaction_in_its_way_cancels_it() -> None:
    engine, dynamodb = stubbed_door()
    reasons = {"CancellationReasons": [{"Code": "TransactionConflict"}]}
    dynamodb.add_client_error("transact_get_items", "TransactionCanceledException", modeled_fields=reasons)
    dynamodb.activate()
    with pytest.raises(TransactionCanceled) as canceled:
        engine.transact([Check(KEY, (Condition("key", "equals", "name"),))], "token")
    assert [reason.code for reason in canceled.value.reasons] == ["conflict"]
