"""The door of the Convex HTTP clients: runs any function in this process, whatever its module."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from functools import cache
from time import time_ns
from typing import Any, Final

import functions
from shared import values
from shared.errors import BadRequest, FunctionNotFound
from shared.runtime.door import Event, Response, door
from shared.runtime.exchange import Exchange
from shared.runtime.function import Function, Kind
from shared.runtime.function_path import canonical
from shared.runtime.http import call as call_function
from shared.runtime.http import serve
from shared.runtime.http_response import respond
from shared.runtime.registry import Registry, discover, find

_KINDS: Final[dict[str, Kind | None]] = {
    "POST /api/query": "query",
    "GET /api/query": "query",
    "POST /api/query_at_ts": "query",
    "POST /api/mutation": "mutation",
    "POST /api/action": None,
    "POST /api/function": None,
}
"""The kind of function that each route calls; None: any (of actions there are none)."""

_QUERY_TS: Final = "POST /api/query_ts"


@door(*_KINDS, _QUERY_TS, access=None)
def call(event: Event, context: Any) -> Response:
    """Runs any function for the Convex HTTP clients."""
    return serve(context, "gateway", lambda exchange: _answer(exchange, event))


def _answer(exchange: Exchange, event: Event) -> Response:
    route = event["routeKey"]
    if route == _QUERY_TS:
        return respond(200, f'{{"ts":"{_timestamp(time_ns())}"}}')
    if route == "GET /api/query":
        event = event | {"body": _body_of_query_string(event.get("queryStringParameters") or {})}
    return call_function(exchange, event, lambda body: _function(route, body))


def _function(route: str, body: dict[str, Any]) -> Function[Any]:
    """Return the function that the request names, if it may be called by this route."""
    path = canonical(body.get("path"))
    if route == "POST /api/query_at_ts":
        # Old versions of documents are not kept: what is answered is newer than asked for, as a later call would be.
        _check_timestamp(body.get("ts"))
    if route == "POST /api/action":
        raise FunctionNotFound(path)
    function = find(registry(), path, _KINDS[route])
    if route == "GET /api/query" and function.internal:
        raise BadRequest("An internal function is called by POST: addresses end up in logs, and would hold its key.")
    return function


def _body_of_query_string(parameters: dict[str, str]) -> str:
    return json.dumps(parameters | {"args": values.parse(parameters.get("args", "{}"))})


def _timestamp(ns: int) -> str:
    return b64encode(ns.to_bytes(8, "little")).decode()


def _check_timestamp(encoded: Any) -> None:
    try:
        raw = b64decode(encoded, validate=True)
        well_formed = len(raw) == 8 and raw[-1] < 0x80
    except (TypeError, ValueError):
        well_formed = False
    if not well_formed:
        raise BadRequest("The field `ts` must be a timestamp that `/api/query_ts` answered.")


@cache
def registry() -> Registry:
    """Return every function of the app."""
    return discover(functions)
