"""What a request asks of AWS: which service, and what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

Door = Literal["database", "objects", "queues", "executions", "sockets"]


class Call(NamedTuple):
    """One call of a service that faults are injected into.

    Attributes:
        door: the service.
        operation: AWS's name of the operation.
        writes: whether it changes something.
        contends: whether it can be refused because of others that write the same.
    """

    door: Door
    operation: str
    writes: bool
    contends: bool = False


_TARGETS: Final[Mapping[str, Door]] = {
    "DynamoDB_20120810": "database",
    "AmazonSQS": "queues",
    "AWSStepFunctions": "executions",
}
_OPERATIONS: Final[Mapping[Door, Mapping[str, bool]]] = {
    "database": {
        "GetItem": False,
        "BatchGetItem": False,
        "TransactGetItems": False,
        "Query": False,
        "Scan": False,
        "PutItem": True,
        "UpdateItem": True,
        "DeleteItem": True,
        "BatchWriteItem": True,
        "TransactWriteItems": True,
    },
    "queues": {"SendMessage": True, "SendMessageBatch": True},
    "executions": {"StartExecution": True, "StopExecution": True},
}
"""The operations of running functions, and whether they write; all others are those of who deploys."""

_CONTENDING: Final = {"TransactWriteItems", "TransactGetItems", "PutItem", "UpdateItem", "DeleteItem"}
_OBJECT_VERBS: Final = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
_SOCKET_VERBS: Final = {"POST": "PostToConnection", "GET": "GetConnection", "DELETE": "DeleteConnection"}


def call_of(method: str, target: str, headers: Mapping[str, str]) -> Call | None:
    """Recognise a request.

    Args:
        method: of HTTP.
        target: path and query as they were sent.
        headers: the request's.

    Returns:
        The call, or None: a request that is none of the functions' daily work, and is left alone.
    """
    if "X-Amz-Target" in headers:
        return _targeted(headers["X-Amz-Target"])
    path, query = urlsplit(target).path, urlsplit(target).query
    if "/@connections/" in unquote(path):
        return Call("sockets", _SOCKET_VERBS[method], method != "GET") if method in _SOCKET_VERBS else None
    if "/s3/aws4_request" in headers.get("Authorization", "") or "%2Fs3%2Faws4_request" in query:
        return _object_call(method, path, query, is_conditional="If-None-Match" in headers)
    return None


def _targeted(target: str) -> Call | None:
    prefix, _, operation = target.partition(".")
    door = _TARGETS.get(prefix)
    writes = _OPERATIONS[door].get(operation) if door else None
    return Call(door, operation, writes, operation in _CONTENDING) if door and writes is not None else None


def _object_call(method: str, path: str, query: str, *, is_conditional: bool) -> Call | None:
    _bucket, _, key = path.lstrip("/").partition("/")
    if key:
        writes = method not in {"GET", "HEAD"}
        return Call("objects", _OBJECT_VERBS.get(method, "PostObject"), writes, writes and is_conditional)
    if method == "POST" and "delete" in query:
        return Call("objects", "DeleteObjects", True)
    return Call("objects", "ListObjectsV2", False) if method == "GET" and "list-type=2" in query else None
