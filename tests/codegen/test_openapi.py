"""The OpenAPI description: it covers every route, and its examples are what it describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

import functions
from shared.codegen.example import INTERNAL_KEY
from shared.codegen.openapi import openapi
from shared.errors import RequestError, TransientError
from shared.runtime.door import Door
from shared.runtime.registry import discover, discover_doors

REGISTRY = discover(functions)
DOORS = discover_doors(functions)
TEXT = openapi(REGISTRY, DOORS, "http://127.0.0.1:3210")
DESCRIPTION = json.loads(TEXT)


def operations() -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in DESCRIPTION["paths"].items()
        for method, operation in item.items()
    }


def contents() -> Iterator[tuple[str, Any]]:
    """Every description of a body, with the place it stands in."""
    for route, operation in operations().items():
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{route} {kind}", content
        for kind, content in operation["responses"]["200"].get("content", {}).items():
            yield f"{route} 200 {kind}", content
    for name, response in DESCRIPTION["components"]["responses"].items():
        yield name, response["content"]["application/json"]


def test_every_http_route_is_described_once() -> None:
    routes = [f"POST {function.route}" for function in REGISTRY.values()]
    routes += [route for door in DOORS for route in door.routes if " /api/admin/" not in route]
    assert sorted(operations()) == sorted([*routes, "GET /api/storage/{uuid}"])
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)


def test_a_route_that_nothing_describes_is_refused() -> None:
    with pytest.raises(KeyError, match="POST /api/new"):
        openapi(REGISTRY, [*DOORS, Door(lambda _event, _context: {}, ("POST /api/new",), None)], "")


def test_references_lead_somewhere() -> None:
    for part in TEXT.split('"$ref": "#/components/')[1:]:
        kind, name = part.partition('"')[0].split("/")
        assert name in DESCRIPTION["components"][kind]


@pytest.mark.parametrize(("place", "content"), [*contents()])
def test_examples_are_what_is_described(place: str, content: Any) -> None:
    schema = {**content["schema"], "components": DESCRIPTION["components"]}
    examples = [content["example"]] if "example" in content else []
    for example in content.get("examples", {}).values():
        found = (
            DESCRIPTION["components"]["examples"][example["$ref"].split("/")[-1]] if "$ref" in example else example
        )
        examples.append(found["value"])
    assert examples or content["schema"].get("format") == "binary", place
    for example in examples:
        Draft202012Validator(schema).validate(example)


def test_functions_accept_the_examples_of_their_arguments() -> None:
    for function in REGISTRY.values():
        example = operations()[f"POST {function.route}"]["requestBody"]["content"]["application/json"]["example"]
        assert function.arguments.validate(example["args"]).get("internal_key") in (None, INTERNAL_KEY)


def test_every_error_code_of_a_request_is_with_its_status() -> None:
    responses = DESCRIPTION["components"]["responses"].values()
    told = "\n".join(response["description"] for response in responses)
    pending: list[Any] = [RequestError, TransientError]
    while pending:
        error = pending.pop()
        pending += error.__subclasses__()
        assert error in (RequestError, TransientError) or f"- `{error.code}`: " in told


def test_who_may_call_is_told_of_each_function() -> None:
    for function in REGISTRY.values():
        operation = operations()[f"POST {function.route}"]
        assert operation["security"] == ([] if function.internal else [{"token": []}, {}])
        args = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["args"]
        assert ("internalKey" in args.get("required", [])) == function.internal
        assert args["additionalProperties"] is False
