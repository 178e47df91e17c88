"""The OpenAPI 3.1 description of every HTTP route, for clients in other languages and for testing tools."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, Final

from shared.codegen.doors import BUCKET, DOORS
from shared.codegen.job_routes import route_responses, route_schemas
from shared.codegen.json_schema import Components
from shared.codegen.operations import of_function
from shared.codegen.refusals import Json, error_examples, error_responses, error_schemas
from shared.runtime.door import ADMIN, Door
from shared.runtime.registry import Registry

_ABOUT: Final = """The backend of Polaris, a browser editor for code.

Each function has a route of its own, which takes `{"args": {…}}` and answers clean JSON. A function's refusal has the
status 200 and `"status": "error"`, as the Convex clients need; every other status means that no function has run.
Live queries are served over a WebSocket at `/api/sync`, which is not described here.
"""
_SIGN_IN: Final = """An ID token of one of the deployment's identity providers. Without it the caller is nobody, and
what needs somebody is refused with `UNAUTHENTICATED`."""
_TAGS: Final = {
    "clients": "The routes of the Convex clients.",
    "jobs": "The routes that frontends call on their own servers.",
    "storage": "Binary files.",
}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A mutation sent again with its key is not run again: its first result is answered.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def openapi(registry: Registry, doors: Iterable[Door], url: str) -> str:
    """Return the description of the deployment at `url`.

    Raises:
        KeyError: nothing describes a door's route.
    """
    components = Components()
    routes = [route for door in doors for route in door.routes if ADMIN not in route]
    operations = {route: DOORS[route] for route in routes} | BUCKET
    for function in sorted(registry.values(), key=lambda function: function.path):
        operations[f"POST {function.route}"] = of_function(function, components)
    description = {
        "openapi": "3.1.0",
        "info": {"title": "Polaris", "version": "1", "description": _ABOUT},
        "servers": [{"url": url}],
        "tags": _tags(registry),
        "paths": _paths(operations),
        "components": {
            "schemas": components.schemas | error_schemas() | route_schemas(),
            "responses": error_responses() | route_responses(),
            "examples": error_examples(),
            "parameters": {"IdempotencyKey": _IDEMPOTENCY_KEY},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": _SIGN_IN}
            },
        },
    }
    return json.dumps(description, indent=1, ensure_ascii=False) + "\n"


def _paths(operations: dict[str, Json]) -> Json:
    paths: Json = {}
    for route, operation in operations.items():
        method, _, path = route.partition(" ")
        paths.setdefault(path, {})[method.lower()] = operation
    return paths


def _tags(registry: Registry) -> list[Any]:
    modules = {function.module: ".".join(function.body.__module__.split(".")[:2]) for function in registry.values()}
    told = {name: (sys.modules[module].__doc__ or "").partition("\n")[0] for name, module in sorted(modules.items())}
    return [{"name": name, "description": description} for name, description in (_TAGS | told).items()]
