"""The real door: DynamoDB through botocore's client.

Every call is attempted once here; who retries what is decided in `shared.db.retry` and `shared.db.commit`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from shared.db.engine import (
    Check,
    Condition,
    ConditionFailed,
    Delete,
    Engine,
    Item,
    Key,
    Operation,
    Page,
    Put,
    Query,
    Reason,
    Throttled,
    TransactionCanceled,
    Unanswered,
    Update,
)
from shared.db.expression import Expression
from shared.db.marshal import from_item, to_item
from shared.db.metered import MeteredClient
from shared.schema.table import Table

T = TypeVar("T")

_REFUSALS = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "Throttling",
    "ReplicatedWriteConflictException",
    "TransactionConflictException",
    "ExpiredTokenException",
    "UnrecognizedClientException",
}
"""Refusals after which nothing was applied and the same may be asked again. The last two are of credentials that are
just being replaced, or not known everywhere yet."""
_REASONS = {
    "None": "none",
    "ConditionalCheckFailed": "condition",
    "TransactionConflict": "conflict",
    "ThrottlingError": "throttled",
    "ProvisionedThroughputExceeded": "throttled",
    "ItemCollectionSizeLimitExceeded": "too_large",
    "ValidationError": "too_large",
}


class DynamoEngine(Engine):
    """DynamoDB.

    Args:
        client: a botocore DynamoDB client with retries off and a connection pool of at least `workers`.
        physical_name: from a table's logical name to its name in the account.
        workers: how many reads may run beside each other.
    """

    def __init__(self, client: Any, physical_name: Callable[[str], str], workers: int = 8) -> None:
        self._client = client
        self._physical_name = physical_name
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="read")

    def metered(self) -> tuple[DynamoEngine, MeteredClient]:
        """Return an engine beside this one, and what adds up the capacity that its calls consume."""
        other = copy(self)
        other._client = meter = MeteredClient(self._client)
        return other, meter

    def get(self, key: Key) -> Item | None:
        """Return the item, strongly consistent."""
        answer = self._call("get_item", **self._key(key), ConsistentRead=True)
        return to_item(answer["Item"]) if "Item" in answer else None

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        """Return those of the items that exist, strongly consistent, asking again for what was left unprocessed."""
        name = self._physical_name(keys[0].table.name)
        wanted: dict[str, Any] = {
            name: {"Keys": [from_item(key.attributes()) for key in keys], "ConsistentRead": True}
        }
        items: list[Item] = []
        while wanted:
            answer = self._call("batch_get_item", RequestItems=wanted)
            found = answer["Responses"].get(name, [])
            items += [to_item(item) for item in found]
            wanted = answer.get("UnprocessedKeys") or {}
            if wanted and not found:
                raise Throttled("BatchGetItem processed none of its keys")
        return items

    def query(self, query: Query) -> Page:
        """Return one page."""
        expression = Expression()
        request: dict[str, Any] = {
            "TableName": self._physical_name(query.table.name),
            "KeyConditionExpression": expression.key_condition(query),
            "ScanIndexForward": not query.descending,
            "ConsistentRead": query.index is None,
        }
        if query.index is not None:
            request["IndexName"] = query.index.name
        if query.limit is not None:
            request["Limit"] = query.limit
        if query.start_key is not None:
            request["ExclusiveStartKey"] = from_item(query.start_key)
        return self._page(self._call("query", **request, **expression.names_and_values()))

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        """Return one page of the table, strongly consistent."""
        request: dict[str, Any] = {"TableName": self._physical_name(table.name), "ConsistentRead": True}
        if limit is not None:
            request["Limit"] = limit
        if start_key is not None:
            request["ExclusiveStartKey"] = from_item(start_key)
        return self._page(self._call("scan", **request))

    def write(self, operation: Operation) -> None:
        """Apply one write."""
        verbs = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}
        ((verb, request),) = self._operation(operation).items()
        try:
            self._call(verbs[verb], **request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            response: dict[str, Any] = {**error.response}
            item = response.get("Item")
            raise ConditionFailed(to_item(item) if item else None) from error

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        """Apply all operations or none."""
        if all(isinstance(operation, Check) for operation in operations):
            return self._check(operations)
        items = [self._operation(operation) for operation in operations]
        self._transact("transact_write_items", TransactItems=items, ClientRequestToken=token)
        return None

    def _check(self, checks: Sequence[Operation]) -> None:
        """Find all conditions to hold at one moment, by reading the items in a transaction.

        It is as good as a transaction that writes nothing, and costs a fifth or less: 2 read units for 4 KB of an
        item, not 2 write units for each KB.
        """
        items = [{"Get": self._key(check.key) | _only(check.conditions)} for check in checks]
        answer = self._transact("transact_get_items", TransactItems=items)
        found = [to_item(response.get("Item") or {}) for response in answer["Responses"]]
        held = [
            all(condition.holds(item) for condition in check.conditions)
            for check, item in zip(checks, found, strict=True)
        ]
        if not all(held):
            raise TransactionCanceled([Reason("none" if holds else "condition") for holds in held])

    def _transact(self, operation: str, **request: Any) -> Any:
        try:
            return self._call(operation, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            response: dict[str, Any] = {**error.response}
            raise TransactionCanceled([_reason(raw) for raw in response["CancellationReasons"]]) from error

    def begin(self, read: Callable[[], T]) -> Future[T]:
        """Run `read` on one of the worker threads."""
        return self._pool.submit(read)

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(**request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _REFUSALS:
                raise Throttled(code) from error
            if code in {"TransactionInProgressException", "InternalServerError", "ServiceUnavailable"}:
                raise Unanswered(code) from error
            if error.response["ResponseMetadata"].get("HTTPStatusCode", 400) >= 500:
                raise Unanswered(code) from error
            raise
        except ParamValidationError:  # never sent: a mistake of this layer
            raise
        except BotoCoreError as error:
            raise Unanswered(type(error).__name__) from error

    def _page(self, answer: Any) -> Page:
        following = answer.get("LastEvaluatedKey")
        return Page([to_item(item) for item in answer["Items"]], to_item(following) if following else None)

    def _key(self, key: Key) -> dict[str, Any]:
        return {"TableName": self._physical_name(key.table.name), "Key": from_item(key.attributes())}

    def _operation(self, operation: Operation) -> dict[str, Any]:
        expression = Expression()
        conditions: tuple[Condition, ...] = operation.conditions
        match operation:
            case Put(table=table, item=item):
                verb, request = "Put", {"TableName": self._physical_name(table.name), "Item": from_item(item)}
            case Update(key=key, set=assigned, add=added):
                verb, request = "Update", self._key(key)
                request["UpdateExpression"] = expression.update(assigned, added)
            case Delete(key=key):
                verb, request = "Delete", self._key(key)
            case Check(key=key):
                verb, request = "ConditionCheck", self._key(key)
        if conditions:
            request["ConditionExpression"] = expression.conditions(conditions)
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return {verb: request | expression.names_and_values()}


def _only(conditions: Sequence[Condition]) -> dict[str, Any]:
    """Return what has a read return only what conditions are about."""
    attributes = dict.fromkeys(condition.attribute for condition in conditions)
    names = {f"#{number}": attribute for number, attribute in enumerate(attributes)}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def _reason(raw: dict[str, Any]) -> Reason:
    code = _REASONS.get(raw.get("Code", "None"), "conflict")
    item = raw.get("Item")
    return Reason(code, to_item(item) if item else None)  # type: ignore[arg-type]  # the table lists the literals
