"""`docs/errors.md`: every code that clients may meet, from the tree of errors."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Final

from shared import errors
from shared.codegen.schema_page import HEADER
from shared.errors import ApplicationError, CallError, PolarisError, RequestError, TransientError

_INTRODUCTION: Final = (
    "Codes are stable. Whatever else goes wrong inside the backend reaches clients as `Server Error` with the id\n"
    "of the request, under which the log has the rest.\n"
)
_KINDS: Final = {
    ApplicationError: (
        "The function refused. Convex's clients throw a `ConvexError` whose `data` is `{ code, message }`."
    ),
    CallError: (
        "The call was wrong or too large, so that no function decided anything. Clients throw an `Error` with the\n"
        "message; the code is in the log."
    ),
    RequestError: (
        "The HTTP request could not be understood or authenticated: answered with the status and\n"
        "`{ code, message }`. Over a WebSocket a refused token is told by an `AuthError`."
    ),
    TransientError: (
        "Nothing that the caller did. Over HTTP answered with the status 503 and `{ code, message }`: ask again, a\n"
        "mutation with the same `Idempotency-Key`. Over a WebSocket the backend and the client do that."
    ),
}


def errors_page() -> str:
    """Return the page."""
    lines = [
        HEADER.format(source="shared/errors.py"),
        "# Errors\n",
        _INTRODUCTION,
    ]
    for kind, told in _KINDS.items():
        lines += [f"## {kind.__name__}\n", f"{told}\n", *_table(kind), ""]
    return "\n".join(lines)


def coded_errors(kind: type[PolarisError] = PolarisError) -> list[type[PolarisError]]:
    """Return the errors of a kind that have a code of their own, in the order of their declaration."""
    classes = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, kind)]
    return [error for error in classes if "code" in vars(error) and error is not PolarisError]


def _table(kind: type[PolarisError]) -> Iterator[str]:
    has_status = issubclass(kind, RequestError)
    yield "| code | status | meaning |" if has_status else "| code | meaning |"
    yield "| --- | --- | --- |" if has_status else "| --- | --- |"
    for error in coded_errors(kind):
        meaning = " ".join(inspect.cleandoc(error.__doc__ or "").split())
        status = f" {error.status} |" if issubclass(error, RequestError) else ""
        yield f"| `{error.code}` |{status} {meaning} |"
