"""How AWS refuses: status, headers and body of each service, so that botocore raises what it would raise there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from tests.faults.calls import Call, Door
from tests.faults.weather import Fault


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Refusal(NamedTuple):
    status: int
    code: str
    message: str


_REQUEST_ID: Final = "INJECTED00000000000000000000000000000000000000000000"
_EXPIRED: Final = "The security token included in the request is expired"
_INVALID: Final = "The security token included in the request is invalid."
_CONGESTED: Final = (
    "The level of configured provisioned throughput for the table was exceeded."
    " Consider increasing your provisioning level with the UpdateTable API."
)
_FAILED: Final = "The request processing has failed because of an unknown error, exception or failure."
_BUSY: Final = "Transaction is ongoing for the item"
_DYNAMODB: Final = "com.amazonaws.dynamodb.v20120810#"
_CORAL: Final = "com.amazon.coral.service#"

_REFUSALS: Final[Mapping[Door, Mapping[Fault, tuple[_Refusal, ...]]]] = {
    "database": {
        Fault.THROTTLED: (
            _Refusal(400, _DYNAMODB + "ProvisionedThroughputExceededException", _CONGESTED),
            _Refusal(400, _DYNAMODB + "RequestLimitExceeded", "Throughput exceeds the current capacity"),
            _Refusal(400, "com.amazon.coral.availability#ThrottlingException", "Rate exceeded"),
        ),
        Fault.CONFLICT: (_Refusal(400, _DYNAMODB + "TransactionConflictException", _BUSY),),
        Fault.IN_PROGRESS: (
            _Refusal(400, _DYNAMODB + "TransactionInProgressException", "The transaction is already in progress"),
        ),
        Fault.FAILED: (
            _Refusal(500, _DYNAMODB + "InternalServerError", "Internal server error"),
            _Refusal(503, _CORAL + "ServiceUnavailableException", "Service is unavailable"),
        ),
        Fault.EXPIRED: (_Refusal(400, _CORAL + "ExpiredTokenException", _EXPIRED),),
        Fault.UNRECOGNISED: (_Refusal(400, _CORAL + "UnrecognizedClientException", _INVALID),),
    },
    "objects": {
        Fault.THROTTLED: (_Refusal(503, "SlowDown", "Please reduce your request rate."),),
        Fault.CONFLICT: (
            _Refusal(409, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflict."),
        ),
        Fault.FAILED: (_Refusal(500, "InternalError", "We encountered an internal error. Please try again."),),
        Fault.EXPIRED: (_Refusal(400, "ExpiredToken", "The provided token has expired."),),
        Fault.UNRECOGNISED: (
            _Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
        ),
    },
    "queues": {
        Fault.THROTTLED: (_Refusal(400, "com.amazonaws.sqs#RequestThrottled", "The request was denied."),),
        Fault.FAILED: (_Refusal(500, _CORAL + "InternalFailure", _FAILED),),
        Fault.EXPIRED: (_Refusal(403, _CORAL + "ExpiredTokenException", _EXPIRED),),
        Fault.UNRECOGNISED: (_Refusal(403, _CORAL + "UnrecognizedClientException", _INVALID),),
    },
    "executions": {
        Fault.THROTTLED: (_Refusal(400, "com.amazon.coral.availability#ThrottlingException", "Rate exceeded"),),
        Fault.FAILED: (_Refusal(500, _CORAL + "InternalFailure", _FAILED),),
        Fault.EXPIRED: (_Refusal(400, _CORAL + "ExpiredTokenException", _EXPIRED),),
        Fault.UNRECOGNISED: (_Refusal(400, _CORAL + "UnrecognizedClientException", _INVALID),),
    },
    "sockets": {
        Fault.THROTTLED: (_Refusal(429, "LimitExceededException", "Rate exceeded"),),
        Fault.GONE: (_Refusal(410, "GoneException", "Gone"),),
        Fault.FAILED: (_Refusal(500, "InternalServerErrorException", "Internal server error"),),
        Fault.EXPIRED: (_Refusal(403, "ExpiredTokenException", _EXPIRED),),
        Fault.UNRECOGNISED: (_Refusal(403, "UnrecognizedClientException", _INVALID),),
    },
}
"""Where a service has several words for one thing, any of them."""


def refusal(call: Call, fault: Fault, request: bytes, choice: float) -> Answer:
    """Return AWS's answer.

    Args:
        call: what is refused.
        fault: why.
        request: its body.
        choice: a number from [0, 1) that chooses among the answers there are.
    """
    fault = Fault.FAILED if fault is Fault.FAILED_APPLIED else fault
    if fault is Fault.CONFLICT and call.operation.startswith("Transact"):
        return _cancelled(json.loads(request), choice)
    kinds = _REFUSALS[call.door][fault]
    refused = kinds[int(choice * len(kinds))]
    if call.door == "objects":
        return _xml(refused)
    if call.door == "sockets":
        return _json(refused, {"message": refused.message}, {"x-amzn-ErrorType": refused.code})
    return _json(refused, {"__type": refused.code, "message": refused.message})


def _cancelled(request: dict[str, Any], choice: float) -> Answer:
    """Refuse a transaction because another one has one of its items."""
    reasons: list[dict[str, str]] = [{"Code": "None"} for _ in request["TransactItems"]]
    reasons[int(choice * len(reasons))] = {"Code": "TransactionConflict", "Message": _BUSY}
    told = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{told}]"
    refused = _Refusal(400, _DYNAMODB + "TransactionCanceledException", message)
    return _json(refused, {"__type": refused.code, "Message": message, "CancellationReasons": reasons})


def _json(refused: _Refusal, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    kind = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": _REQUEST_ID}
    return Answer(refused.status, {**kind, **(headers or {})}, json.dumps(body).encode())


def _xml(refused: _Refusal) -> Answer:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{refused.code}</Code>'
        f"<Message>{refused.message}</Message><RequestId>{_REQUEST_ID}</RequestId><HostId>injected</HostId></Error>"
    )
    headers = {"Content-Type": "application/xml", "x-amz-request-id": _REQUEST_ID}
    return Answer(refused.status, headers, body.encode())
