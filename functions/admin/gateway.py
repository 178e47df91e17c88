"""The door of the functions for administrators; besides live queries of theirs, no other runs them."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from functions.admin import actions, jobs, rows, schema
from shared.auth.administrators import is_admin
from shared.db.access import union
from shared.runtime.door import Event, Response, door
from shared.runtime.exchange import Exchange
from shared.runtime.function import Function, Kind
from shared.runtime.function_path import canonical
from shared.runtime.http import call as call_function
from shared.runtime.http import caller_of, serve
from shared.runtime.registry import Registry, find

_KINDS: Final[dict[str, Kind]] = {"POST /api/admin/query": "query", "POST /api/admin/mutation": "mutation"}
"""The kind of function that each route calls."""


def _functions(*modules: ModuleType) -> Registry:
    declared = [value for module in modules for value in vars(module).values() if isinstance(value, Function)]
    return {function.path: function for function in declared}


_ADMINISTRATION: Final = _functions(actions, jobs, rows, schema)


def administration() -> Registry:
    """Return the functions for administrators."""
    return _ADMINISTRATION


@door(*_KINDS, access=union(function.access for function in _ADMINISTRATION.values()), uses=("rows",))
def call(event: Event, context: Any) -> Response:
    """Runs the functions for administrators, for them."""
    return serve(context, "admin", lambda exchange: _answer(exchange, event))


def _answer(exchange: Exchange, event: Event) -> Response:
    def choose(body: dict[str, Any]) -> Function[Any]:
        # To anybody else there are none.
        there = administration() if is_admin(caller_of(exchange, event.get("headers") or {})) else {}
        return find(there, canonical(body.get("path")), _KINDS[event["routeKey"]])

    return call_function(exchange, event, choose, caller_of)
