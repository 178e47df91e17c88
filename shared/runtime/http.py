"""HTTP: from an API Gateway event (payload format 2.0) to a call, and from its outcome to a response.

    outcome                                     status  body
    a value                                     200     {"status": "success", "value": …, "logLines": []}
    the function refused, or the call is wrong  200     {"status": "error", "errorMessage": …, "errorData"?: …}
    the request cannot be understood            4xx     {"code": …, "message": …}
    conflict, throttling, deadline              503     {"code": …, "message": …}, worth repeating

The clients understand no other status than 200 for a function's error (protocol section 1.6).
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from shared import values
from shared.errors import (
    ApplicationError,
    BadRequest,
    CallError,
    InvalidCursor,
    PayloadTooLarge,
    RequestError,
    TransientError,
    Unauthorized,
    ValueTooLarge,
)
from shared.runtime.call import Caller, subject_of
from shared.runtime.exchange import Exchange
from shared.runtime.result import mebibytes

if TYPE_CHECKING:
    from shared.auth.identity import Identity
    from shared.runtime.function import Function

Event = Mapping[str, Any]
Response = dict[str, Any]

MAX_BODY_BYTES: Final = 10_000_000
"""API Gateway's limit of a request body."""

MAX_ARGUMENTS_BYTES: Final = 5_500_000
"""What fits into a Lambda event of 6 MB, with some room for headers."""

_ENCODED: Final = ("convex_encoded_json", "convex_json")
_CLEAN: Final = (None, "json", "convex_clean_json")
_IDEMPOTENCY_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")


def serve(event: Event, context: Any, choose: Callable[[dict[str, Any]], Function[Any]]) -> Response:
    """Answer a request to call a function.

    Args:
        event: API Gateway's.
        context: Lambda's, or None.
        choose: from the request's body to the function to call; raises a `PolarisError` when there is none.
    """
    exchange = Exchange.begin(context)
    error: Exception | None = None
    try:
        response = _call(exchange, event, choose)
    except Exception as caught:  # noqa: BLE001 - the boundary: whatever it is, the caller gets an answer
        error = caught
        response = failure(caught, exchange.request_id)
    exchange.end(error)
    return response


def respond(status: int, body: str) -> Response:
    """Return the response with this JSON text."""
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": body}


def read_json(event: Event) -> dict[str, Any]:
    """Return the JSON object that a request carries.

    Raises:
        PayloadTooLarge: the body is above API Gateway's limit.
        BadRequest: it is not a JSON object in UTF-8.
    """
    body = event.get("body") or ""
    if len(body) > MAX_BODY_BYTES * 4 // 3:
        raise PayloadTooLarge(f"The body is larger than {mebibytes(MAX_BODY_BYTES)}.")
    try:
        content = values.parse(b64decode(body, validate=True) if event.get("isBase64Encoded") else body)
    except ValueError as error:  # of base64
        raise BadRequest(f"The body cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise BadRequest("The body must be a JSON object.")
    return content


def failure(error: Exception, request_id: str) -> Response:
    """Return the response that tells the caller of `error`."""
    match error:
        case RequestError():
            return respond(error.status, _dumped({"code": error.code, "message": error.message}))
        case TransientError():
            return respond(503, _dumped({"code": error.code, "message": error.message}))
    told: dict[str, Any] = {"status": "error", "errorMessage": error_text(error, request_id), "logLines": []}
    if isinstance(error, ApplicationError | InvalidCursor):
        told["errorData"] = error.data
    return respond(200, _dumped(told))


def error_text(error: Exception, request_id: str) -> str:
    """Return what clients are told of a function's failure; of an unexpected one only where to find it in the log."""
    first = f"[Request ID: {request_id}] Server Error"
    match error:
        case ApplicationError():
            return f"{first}\nUncaught ConvexError: {error.message}"
        case InvalidCursor():
            return f"{first}\nUncaught ConvexError: InvalidCursor: {error.message}"
        case CallError():
            return f"{first}\n{error.message}"
    return first


def _call(exchange: Exchange, event: Event, choose: Callable[[dict[str, Any]], Function[Any]]) -> Response:
    headers = event.get("headers") or {}
    body = read_json(event)
    exchange.sent += [body, headers.get("authorization")]
    wants_clean = _wants_clean(body.get("format"))
    token = _bearer_token(headers)
    identity = exchange.environment.verifier.verify(token) if token else None
    function = choose(body)
    exchange.names(function)
    _check_size(event, function)
    if "args" not in body:
        raise BadRequest("The body must have a field `args`, an object of arguments.")
    caller = Caller(identity, exchange.deadline_ms, key=_idempotency_key(headers, function, identity))
    result = exchange.run(function, values.decode(body["args"]), caller)
    value = values.clean_text(result.value) if wants_clean else result.value
    return respond(200, f'{{"status":"success","value":{value},"logLines":[]}}')


def _wants_clean(name: Any) -> bool:
    if name in _CLEAN:
        return True
    if name in _ENCODED:
        return False
    raise BadRequest("The field `format` must be `json` or `convex_encoded_json`.")


def _bearer_token(headers: Mapping[str, str]) -> str | None:
    header = headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    if scheme.lower() == "convex":
        raise Unauthorized("Admin keys are not supported; send `Authorization: Bearer <token>`.")
    raise BadRequest("The Authorization header must be `Bearer <token>`.")


def _check_size(event: Event, function: Function[Any]) -> None:
    size_bytes = len(event["body"]) * (3 if event.get("isBase64Encoded") else 4) // 4
    if size_bytes > MAX_ARGUMENTS_BYTES:
        raise ValueTooLarge(
            f"Arguments for {function.path} are too large "
            f"(actual: {mebibytes(size_bytes)}, limit: {mebibytes(MAX_ARGUMENTS_BYTES)})"
        )


def _idempotency_key(headers: Mapping[str, str], function: Function[Any], identity: Identity | None) -> str | None:
    """Return the caller's key in a namespace of its own; the subject is hashed since it may hold any character."""
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest("The Idempotency-Key header must be 1 to 255 printable ASCII characters.")
    subject = hashlib.sha256(subject_of(function, identity).encode()).hexdigest()
    return f"key/{subject}/{key}"


def _dumped(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
