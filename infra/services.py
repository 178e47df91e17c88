"""From the declared functions and doors to the Lambdas that run them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from infra.constructs.service_function import MEMORY_MB, TIMEOUT_S, Service
from infra.grants import grants
from infra.names import Names
from infra.source_grants import source_grants
from infra.use_grants import use_grants
from shared.db.access import union
from shared.runtime.door import ADMIN, Door
from shared.runtime.function import Function
from shared.runtime.registry import Registry


def service_of(function: Function[Any], names: Names) -> Service:
    """Describe the Lambda of a function."""
    allowed = grants(
        function.access,
        names,
        mutates=function.kind == "mutation",
        internal=function.checks_internal_key,
        charges=not function.internal,
    )
    return Service(
        name=function.path.replace(":", "-"),
        handler=function.handler,
        description=function.description,
        routes=(f"POST {function.route}",),
        grants=tuple(allowed),
    )


def service_of_door(door: Door, registry: Registry, names: Names) -> Service:
    """Describe the Lambda of a door. One without an access of its own runs any function, so it may what they may."""
    access = door.access or union(function.access for function in registry.values())
    runs_functions = door.access is None
    allowed = grants(
        access,
        names,
        mutates=runs_functions or bool(access.writes),
        internal=runs_functions,
        charges=runs_functions or any(ADMIN not in route for route in door.routes),
    )
    return Service(
        name=door.name,
        handler=door.handler,
        description=door.description,
        routes=door.routes,
        grants=(*allowed, *source_grants(door.sources, names), *use_grants(door.uses, names)),
        sources=door.sources,
        timeout_s=door.timeout_s or TIMEOUT_S,
        memory_mb=door.memory_mb or MEMORY_MB,
        # A trace of what only passes events on, or keeps sockets alive, says little and costs more than the call.
        begins_traces=runs_functions or not door.sources or door.handler.startswith("functions.workflows."),
    )


def by_module(functions: Iterable[Function[Any]]) -> dict[str, list[Function[Any]]]:
    """Group functions by the Python module they stand in: `projects`, `system-files`."""
    modules: dict[str, list[Function[Any]]] = {}
    for function in sorted(functions, key=lambda function: function.path):
        _, *parts = function.body.__module__.split(".")
        modules.setdefault("-".join(parts), []).append(function)
    return modules
