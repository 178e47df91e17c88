"""The operations of the OpenAPI description: one for each function's own route, and those of the doors."""

from __future__ import annotations

from typing import Any, Final

from shared.codegen.description import description_of
from shared.codegen.example import example_of
from shared.codegen.json_schema import Components
from shared.codegen.refusals import Json, responses
from shared.codegen.signature import answer_of, arguments_of
from shared.codegen.validator_json import Validators
from shared.runtime.function import Function

FORMAT: Final = {
    "type": "string",
    "enum": ["json", "convex_encoded_json"],
    "default": "json",
    "description": "How the result is written: clean JSON, or that of the Convex clients.",
}
TOKEN_OR_NOBODY: Final[list[Json]] = [{"token": []}, {}]
_REFUSED: Final = (400, 401, 413, 429, 431, 500, 503)
_EXAMPLES: Final = {name: {"$ref": f"#/components/examples/{name}"} for name in ("Refused", "WrongArguments")}
_KEY: Final = {"$ref": "#/components/parameters/IdempotencyKey"}


def of_function(function: Function[Any], components: Components) -> Json:
    """Return the operation that calls one function."""
    description = description_of(function)
    refusals = "\n".join(f"- `{code}`: {when}" for code, when in description.refusals)
    paragraphs = [
        description.paragraphs,
        f"Refusals:\n\n{refusals}" if refusals else "",
        f"Convex clients call this {function.kind} as `{function.path}`.",
    ]
    arguments = example_of(arguments_of(function, Validators()))
    value = example_of(Validators(of_answers=True).of(answer_of(function)))
    operation = {
        "operationId": f"{function.module}_{function.name}",
        "summary": description.summary,
        "description": "\n\n".join(filter(None, paragraphs)),
        "tags": [function.module],
        "security": [] if function.internal else TOKEN_OR_NOBODY,
        "requestBody": body(call(args=components.arguments(function), format=FORMAT), {"args": arguments}),
        "responses": {"200": outcome(components.answer(function), value), **refused(function.kind)},
        "x-convex": {"path": function.path, "type": function.kind},
    }
    return operation | ({"parameters": [_KEY]} if function.kind == "mutation" else {})


def of_gateway(kind: str, summary: str, *, timestamp: bool = False) -> Json:
    """Return the operation by which Convex clients call any function of a kind."""
    path = {"type": "string", "description": "The function, such as `projects:getById`.", "format": "function-path"}
    args = {
        "anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}, "maxItems": 1}],
        "description": "Its arguments; JavaScript clients put them into an array.",
    }
    schema = call(path=path, args=args, format=FORMAT)
    example: Json = {"path": "projects:get", "args": {}, "format": "json"}
    if timestamp:
        schema["properties"]["ts"] = {"type": "string", "description": "What `/api/query_ts` answered."}
        schema["required"].append("ts")
        example["ts"] = "AAAAAAAAAAA="
    operation = {
        "operationId": kind,
        "summary": summary,
        "tags": ["clients"],
        "security": TOKEN_OR_NOBODY,
        "requestBody": body(schema, example),
        "responses": {"200": outcome({}, []), **refused("mutation" if kind in _CHANGING else "query")},
    }
    return operation | ({"parameters": [_KEY]} if kind in _CHANGING else {})


_CHANGING: Final = ("mutation", "function")


def call(**properties: Json) -> Json:
    """Return the schema of a call."""
    required = [name for name in properties if name != "format"]
    return {"type": "object", "properties": properties, "required": required}


def body(schema: Json, example: Json) -> Json:
    """Return a request body of JSON."""
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def outcome(value: Json, example: Any) -> Json:
    """Return the response that holds a function's value or its refusal."""
    success = {
        "type": "object",
        "properties": {
            "status": {"const": "success"},
            "value": value,
            "logLines": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["status", "value", "logLines"],
        "additionalProperties": False,
    }
    answered = {"summary": "The function's value", "value": {"status": "success", "value": example, "logLines": []}}
    return {
        "description": "What the function answered, or why it did not.",
        "content": {
            "application/json": {
                "schema": {"oneOf": [success, {"$ref": "#/components/schemas/FunctionError"}]},
                "examples": {"Answered": answered, **_EXAMPLES},
            }
        },
    }


def refused(kind: str) -> Json:
    """Return the other responses to a call of a function of this kind."""
    return responses(*sorted({*_REFUSED, *([409] if kind == "mutation" else [])}))
