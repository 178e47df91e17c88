"""What a function's own Lambda is sent: an HTTP request, or a direct invocation by a trusted AWS caller.

API Gateway sends {"version": "2.0", "requestContext": …, "body": …} and gets a response; Step Functions, another
Lambda or an administrator sends {"args": {…}} and gets the plain value, or an error is raised. Such a caller is
believed who it says it is: with {"args": {…}, "identity": {"subject": "ada"}} the function runs as that user.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from shared import values
from shared.errors import ArgumentValidation, BadRequest, PolarisError
from shared.runtime.admission import Caller
from shared.runtime.exchange import Exchange
from shared.runtime.http import call, serve
from shared.runtime.http_response import failure_by_status

if TYPE_CHECKING:
    from shared.runtime.function import Function


def answer(function: Function[Any], event: dict[str, Any], context: Any) -> Any:
    """Handle a Lambda event addressed to `function`.

    Args:
        function: the Lambda's function.
        event: an API Gateway request or `{"args": {...}}`, which may name an `identity`; encoded JSON values are
            understood in both.
        context: Lambda's, or None.

    Returns:
        The HTTP response; or, of a direct invocation, the function's result as clean JSON.

    Raises:
        PolarisError: a direct invocation failed. The class's name is what state machines match on; its text quotes
            no argument, and nothing of an unexpected exception.
    """
    if "requestContext" in event:
        return serve(
            context,
            function.path,
            lambda exchange: call(exchange, event, lambda _body: function),
            failure_by_status,
        )
    exchange = Exchange.begin(context, function.path)
    exchange.names(function)
    error: Exception | None = None
    try:
        return _invoke(function, event, exchange)
    except Exception as caught:  # noqa: BLE001 - the boundary
        error = caught
        raise tellable(caught, exchange.request_id) from None
    finally:
        exchange.end(error)


def _invoke(function: Function[Any], event: dict[str, Any], exchange: Exchange) -> Any:
    if "args" not in event:
        raise BadRequest('A direct invocation must be {"args": {...}}.')
    exchange.sent.append(event["args"])
    caller = _caller(function, event, exchange)
    return json.loads(values.clean_text(exchange.run(function, values.decode(event["args"]), caller).value))


def _caller(function: Function[Any], event: dict[str, Any], exchange: Exchange) -> Caller:
    """Return who calls: IAM itself, or the user as whom it calls, who may not do more for that."""
    if event.get("identity") is None:
        return Caller(None, exchange.deadline_ms, trusted=True)
    from shared.auth.assumed import assumed_identity  # noqa: PLC0415 - few calls name one

    exchange.sent.append(event["identity"])
    identity = assumed_identity(event["identity"], exchange.environment.settings)
    return Caller(identity, exchange.deadline_ms, trusted=function.internal, spends=False)


def tellable(error: Exception, request_id: str) -> PolarisError:
    """Return what a Lambda may raise for `error`, which Lambda itself logs: nothing that quotes arguments."""
    if isinstance(error, ArgumentValidation):
        return ArgumentValidation("\n".join(error.message.splitlines()[:2]))
    if isinstance(error, PolarisError):
        return error
    return PolarisError(f"[Request ID: {request_id}] Server Error")
