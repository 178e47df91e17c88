"""What a request may be answered instead of a result: the shapes of errors, and responses by their status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from shared.errors import ApplicationError, InvalidCursor, NotFound, PolarisError, RequestError, TransientError

Json = dict[str, Any]

_REQUEST_ID: Final = "[Request ID: 7f3a9c0e5b21d846] Server Error"

_FAILURE: Final = {"$ref": "#/components/schemas/Failure"}
_BY_GATEWAY: Final = {"$ref": "#/components/schemas/GatewayFailure"}
_TOO_MANY: Final = {"anyOf": [{"$ref": "#/components/schemas/FunctionError"}, _BY_GATEWAY]}


def error_schemas() -> Json:
    """Return the components that are the shapes of errors."""
    codes = sorted({error.code for error in _below(ApplicationError)})
    refused = _object(
        code={"type": "string", "enum": codes},
        message={"type": "string"},
        retryAfterMs={"type": "number", "description": "When to call again, of `RATE_LIMITED`."},
    )
    refused["required"].remove("retryAfterMs")
    cursor = _object(**{name: {"const": value} for name, value in InvalidCursor.data.items()})
    failed = _object(
        status={"const": "error"},
        errorMessage={"type": "string", "description": "For people; its first line holds the request's id."},
        errorData={"anyOf": [refused, cursor], "description": "What `ConvexError.data` is, when it is one."},
        logLines={"type": "array", "items": {"type": "string"}},
    )
    failed["required"].remove("errorData")
    failed["description"] = "The function refused, or cannot be called like that."
    text = {"type": "string"}
    failure = _object(code=text, message=text) | {"description": "The request failed before any function ran."}
    gateway = {
        "type": "object",
        "properties": {"code": text, "message": text},
        "required": ["message"],
        "description": "API Gateway refused the request or Lambda failed; there may be no code.",
    }
    return {"FunctionError": failed, "Failure": failure, "GatewayFailure": gateway}


def error_examples() -> Json:
    """Return the components that are examples of errors."""
    refused = {
        "status": "error",
        "errorMessage": f"{_REQUEST_ID}\nUncaught ConvexError: Project not found",
        "errorData": {"code": NotFound.code, "message": "Project not found"},
        "logLines": [],
    }
    wrong = {
        "status": "error",
        "errorMessage": f"{_REQUEST_ID}\nArgumentValidationError: Object contains extra field `x` that is not in the "
        "validator.",
        "logLines": [],
    }
    return {
        "Refused": {"summary": "The function refuses", "value": refused},
        "WrongArguments": {"summary": "The arguments do not match the function's", "value": wrong},
    }


def responses(*statuses: int) -> Json:
    """Return references to responses other than 200, by status."""
    return {str(status): {"$ref": f"#/components/responses/{_SAID[status].name}"} for status in statuses}


def error_responses() -> Json:
    """Return the components that are responses other than 200, with the error codes there are."""
    return {said.name: _response(status, said) for status, said in _SAID.items()}


def _response(status: int, response: _Said) -> Json:
    _, said, schema, example = response
    told = [error for error in _told(status) if error.code != TransientError.code]
    codes = "".join(f"\n- `{error.code}`: {_summary(error)}" for error in told)
    if told:
        example = {"code": told[0].code, "message": _summary(told[0])}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": said + ("\n" + codes if codes else ""), "content": content}


def _told(status: int) -> Iterable[type[PolarisError]]:
    requests = [error for error in _below(RequestError) if error.status == status]
    return [*requests, *_below(TransientError)] if status == 503 else requests


def _below(base: type[PolarisError]) -> Iterator[Any]:
    for error in base.__subclasses__():
        yield error
        yield from _below(error)


def _summary(error: type[PolarisError]) -> str:
    return (error.__doc__ or "").partition("\n")[0]


def _object(**properties: Any) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


class _Said(NamedTuple):
    name: str
    description: str
    schema: Json
    example: Json


_NO_RANGE: Final = {"code": "RangeNotSatisfiable", "message": "The file has no such range."}
_SAID: Final = {
    400: _Said("BadRequest", "The request cannot be understood.", _FAILURE, {}),
    401: _Said("Unauthorized", "The token proves nobody's identity.", _FAILURE, {}),
    403: _Said("Forbidden", "The URL gives no permission.", _FAILURE, {}),
    404: _Said("NotFound", "There is nothing there.", _FAILURE, {}),
    409: _Said("Conflict", "The request contradicts an earlier one.", _FAILURE, {}),
    413: _Said("TooLarge", "The request is too large.", _BY_GATEWAY, {}),
    416: _Said("NoSuchRange", "The file has no such range.", _FAILURE, _NO_RANGE),
    429: _Said(
        "TooMany",
        "Too many requests; the caller's own with `RATE_LIMITED`.",
        _TOO_MANY,
        {"message": "Too Many Requests"},
    ),
    431: _Said("LongHeaders", "The headers are above 10,240 bytes.", _BY_GATEWAY, {"message": "Header too long"}),
    500: _Said("Failed", "An unexpected failure.", _BY_GATEWAY, {"message": "Internal Server Error"}),
    503: _Said("Unavailable", "Nothing the caller did; asking again may help.", _BY_GATEWAY, {}),
}
