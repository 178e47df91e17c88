"""HTTP: from an API Gateway event (payload format 2.0) to a call, and from its outcome to a response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shared import values
from shared.auth.header import bearer_token
from shared.errors import BadRequest
from shared.runtime.addresses import address_of
from shared.runtime.administrators import require_user
from shared.runtime.admission import Caller, subject_of, unwrapped
from shared.runtime.exchange import Exchange
from shared.runtime.http_request import (
    Event,
    check_arguments_size,
    idempotency_key,
    read_json,
    wants_clean,
)
from shared.runtime.http_response import Response, failure, success

if TYPE_CHECKING:
    from shared.auth.identity import Identity
    from shared.runtime.function import Function

Choose = Callable[[dict[str, Any]], "Function[Any]"]
"""From a request's JSON body to the function to call; raises a `PolarisError` when there is none."""

Identify = Callable[[Exchange, Mapping[str, str]], "Identity | None"]
"""From a request's headers to who calls."""

Refuse = Callable[[Exception, str], Response]
"""From an error and the request id to what the caller is told."""


def serve(context: Any, name: str, handle: Callable[[Exchange], Response], refuse: Refuse = failure) -> Response:
    """Answer one request: whatever `handle` raises becomes a response, and one line is logged.

    Args:
        context: Lambda's, or None.
        name: what the log line calls the request until `handle` names a function.
        handle: makes the response.
        refuse: makes the response to an error.
    """
    exchange = Exchange.begin(context, name)
    error: Exception | None = None
    try:
        response = handle(exchange)
    except Exception as caught:  # noqa: BLE001 - the boundary: whatever it is, the caller gets an answer
        error = caught
        response = refuse(caught, exchange.request_id)
    exchange.end(error)
    return response


def call(exchange: Exchange, event: Event, choose: Choose, identify: Identify | None = None) -> Response:
    """Call the function that `choose` finds for the request's body, on behalf of whoever its token names.

    Args:
        exchange: the event on its way.
        event: the request.
        choose: finds the function.
        identify: tells who calls, if that may be somebody else than a user.
    """
    headers = event.get("headers") or {}
    body = read_json(event)
    exchange.sent += [body, headers.get("authorization")]
    clean = wants_clean(body.get("format"))
    identity = (identify or identity_of)(exchange, headers)
    function = choose(body)
    exchange.names(function)
    check_arguments_size(event, function.path)
    if "args" not in body:
        raise BadRequest("The body must have a field `args`, an object of arguments.")
    key = idempotency_key(headers, subject_of(function, identity))
    args = values.decode(body["args"])
    exchange.notes(identity, unwrapped(args))
    address = "" if identity else address_of(event, exchange.environment.edge_key)
    result = exchange.run(function, args, Caller(identity, exchange.deadline_ms, key=key, address=address))
    return success(values.clean_text(result.value) if clean else result.value)


def identity_of(exchange: Exchange, headers: Mapping[str, str]) -> Identity | None:
    """Return which user the request's token proves, or None without a token.

    Raises:
        Forbidden: it is an administrator's.
        Unauthorized: it proves nobody; this and others as of `TokenVerifier.verify`.
    """
    identity = caller_of(exchange, headers)
    require_user(identity)
    return identity


def caller_of(exchange: Exchange, headers: Mapping[str, str]) -> Identity | None:
    """Return who calls, user or administrator, or None without a token; errors as of `TokenVerifier.verify`."""
    token = bearer_token(headers.get("authorization"))
    exchange.sent.append(token)
    return exchange.environment.verifier.verify(token) if token else None
