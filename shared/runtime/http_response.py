"""What an HTTP caller is answered.

    outcome                                     status  body
    a value                                     200     {"status": "success", "value": …, "logLines": []}
    the function refused, or the call is wrong  200     {"status": "error", "errorMessage": …, "errorData"?: …}
    the request cannot be understood            4xx     {"code": …, "message": …}
    conflict, throttling, deadline              503     {"code": …, "message": …}, worth repeating
    another service of AWS cannot be reached    503     {"code": "ServiceUnavailable", "message": …}

The clients understand no other status than 200 for a function's error (protocol section 1.6). A function's own door
answers a caller who calls too often 429, with the same body; `Retry-After` says when at both.
"""

from __future__ import annotations

import json
from typing import Any

from shared.errors import ApplicationError, CallError, InvalidCursor, RateLimited, RequestError, TransientError

Response = dict[str, Any]


def respond(status: int, body: str) -> Response:
    """Return the response with this JSON text."""
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": body}


def success(value: str) -> Response:
    """Return the response with a function's result, given as JSON text."""
    return respond(200, f'{{"status":"success","value":{value},"logLines":[]}}')


def failure(error: Exception, request_id: str) -> Response:
    """Return the response that tells the caller of `error`."""
    match error:
        case RequestError():
            return respond(error.status, _dumped({"code": error.code, "message": error.message}))
        case TransientError() if error.code == TransientError.code:
            return respond(
                503, _dumped({"code": "ServiceUnavailable", "message": f"{_first(request_id)}; try again."})
            )
        case TransientError():
            return respond(503, _dumped({"code": error.code, "message": error.message}))
    told: dict[str, Any] = {"status": "error", "errorMessage": error_text(error, request_id), "logLines": []}
    if isinstance(error, ApplicationError | InvalidCursor):
        told["errorData"] = error.data
    return with_retry_after(respond(200, _dumped(told)), error)


def failure_by_status(error: Exception, request_id: str) -> Response:
    """Return what `failure` does, with a status that says whether the caller has called too often."""
    response = failure(error, request_id)
    return response | {"statusCode": 429} if isinstance(error, RateLimited) else response


def with_retry_after(response: Response, error: Exception) -> Response:
    """Return the response with the header that says when to call again, if the caller has called too often."""
    if isinstance(error, RateLimited):
        response["headers"]["retry-after"] = str(error.retry_after_s)
    return response


def error_text(error: Exception, request_id: str) -> str:
    """Return what clients are told of a function's failure; of an unexpected one only where to find it in the log."""
    first = _first(request_id)
    match error:
        case ApplicationError():
            return f"{first}\nUncaught ConvexError: {error.message}"
        case InvalidCursor():
            return f"{first}\nUncaught ConvexError: InvalidCursor: {error.message}"
        case CallError():
            return f"{first}\n{error.message}"
    return first


def _first(request_id: str) -> str:
    return f"[Request ID: {request_id}] Server Error"


def _dumped(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
