"""What the owner of a job is told of its failure."""

from __future__ import annotations

import inspect
import json
from contextlib import suppress
from typing import Any, Final

from shared import errors, service_errors
from shared.errors import ApplicationError
from shared.service_errors import ServiceError

_TIMED_OUT: Final = ("States.Timeout", "Sandbox.Timedout")
TOO_LONG: Final = "It took too long and was stopped. Please try again."
"""What is told of a job that was stopped because its time was up."""

_MAX_CHARACTERS: Final = 1000


def told_of(error: str | None, cause: str | None) -> str | None:
    """Return the words for a failure, or None: it was unexpected, and its text is not for users.

    Args:
        error: the name of the error, as Step Functions reports it, or None.
        cause: what Step Functions says of it: of a Lambda's exception, JSON with an `errorMessage`.
    """
    if error in _TIMED_OUT:
        return TOO_LONG
    if error is None or not _is_for_users(error):
        return None
    message: Any = None
    with suppress(ValueError, AttributeError):
        message = json.loads(cause or "").get("errorMessage")
    return str(message or cause or error)[:_MAX_CHARACTERS]


def _is_for_users(name: str) -> bool:
    declared = getattr(service_errors, name, None) or getattr(errors, name, None)
    return inspect.isclass(declared) and issubclass(declared, ServiceError | ApplicationError)
