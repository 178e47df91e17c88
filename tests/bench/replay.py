"""The floor of a warm call: the requests that it sends to DynamoDB, sent again by a bare client, as it sent them.

What ran side by side runs side by side. Conditions that would fail now, such as that a document has not changed
since, are left out of writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import boto3
from botocore.config import Config

from shared.db.dynamo import DynamoEngine


@dataclass
class Request:
    """A request to DynamoDB, and when it was sent and answered, in s."""

    operation: str
    parameters: dict[str, Any]
    sent_s: float
    answered_s: float = 0.0


class Replay:
    """Sends the requests of one call.

    Args:
        call: makes them, once.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        self._client: Any = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
        self._pool = ThreadPoolExecutor(8)
        self._groups = _side_by_side(_recorded(call))

    def __call__(self) -> None:
        """Send them."""
        for first, *others in self._groups:
            waiting = [self._pool.submit(self._send, other) for other in others]
            self._send(first)
            for future in waiting:
                future.result()

    @property
    def count(self) -> int:
        """How many requests there are."""
        return sum(map(len, self._groups))

    def _send(self, request: Request) -> None:
        parameters = request.parameters
        if "ClientRequestToken" in parameters:
            parameters = parameters | {"ClientRequestToken": str(uuid4())}
        getattr(self._client, request.operation)(**parameters)


def _recorded(call: Callable[[], object]) -> list[Request]:
    requests: list[Request] = []
    original = DynamoEngine._call

    def noting(engine: DynamoEngine, operation: str, **parameters: Any) -> Any:
        request = Request(operation, _unconditional(parameters), time.perf_counter())
        requests.append(request)
        answer = original(engine, operation, **parameters)
        request.answered_s = time.perf_counter()
        return answer

    with patch.object(DynamoEngine, "_call", noting):
        call()
    return sorted(requests, key=lambda request: request.sent_s)


def _side_by_side(requests: list[Request]) -> list[list[Request]]:
    groups: list[list[Request]] = []
    for request in requests:
        if groups and request.sent_s < min(other.answered_s for other in groups[-1]):
            groups[-1].append(request)
        else:
            groups.append([request])
    return groups


def _unconditional(parameters: dict[str, Any]) -> dict[str, Any]:
    if "TransactItems" not in parameters:
        return parameters
    return parameters | {"TransactItems": [_without_condition(item) for item in parameters["TransactItems"]]}


def _without_condition(item: dict[str, Any]) -> dict[str, Any]:
    ((verb, request),) = item.items()
    if verb == "ConditionCheck":
        return item
    kept = {name: value for name, value in request.items() if not name.startswith(("Condition", "ReturnValues"))}
    text = kept.get("UpdateExpression", "")
    for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        with suppress(KeyError):
            used = {placeholder: it for placeholder, it in kept.pop(name).items() if _mentions(text, placeholder)}
            kept |= {name: used} if used else {}
    return {verb: kept}


def _mentions(text: str, placeholder: str) -> bool:
    return placeholder in text.replace(",", " ").replace("(", " ").replace(")", " ").split()
