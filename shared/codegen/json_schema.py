"""What functions are passed and what they answer, as JSON Schema: pydantic's, but of what is on the wire."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from shared.codegen.description import description_of_model
from shared.codegen.signature import answer_of
from shared.runtime.argument_errors import INTERNAL_KEY
from shared.runtime.function import Function
from shared.runtime.validator_text import table_of
from shared.schema.document import Document
from shared.schema.spilled import Spilled
from shared.schema.validation import RECORDS

_COMPONENT: Final = "#/components/schemas/{model}"
_PASSED: Final = "Input"
"""Ends the name of a component that is passed, since its optional fields are not those of an answer."""

_KEY_SCHEMA: Final = {
    "type": "string",
    "format": "password",
    "description": "The deployment's internal key, which only the app's own servers know.",
}


_KEYWORDS: Final = {"ge": "minimum", "le": "maximum"}
"""Constraints behind a validator of our own, which pydantic leaves as they are."""

_SPILLED: Final = f"{Spilled.__module__}.{Spilled.__qualname__}"


class Components:
    """The schemas that others refer to, by name, collected while those are made."""

    def __init__(self) -> None:
        self.schemas: dict[str, JsonSchemaValue] = {}

    def arguments(self, function: Function[Any]) -> JsonSchemaValue:
        """Return the schema of a function's arguments."""
        schema = function.arguments.adapter.json_schema(
            ref_template=_COMPONENT + _PASSED, schema_generator=_WireSchema
        )
        self._collect(schema, _PASSED)
        if INTERNAL_KEY in schema["properties"]:
            schema["properties"][INTERNAL_KEY] = _KEY_SCHEMA
        del schema["title"]
        return schema

    def answer(self, function: Function[Any]) -> JsonSchemaValue:
        """Return the schema of what a function answers."""
        annotation: Any = list.__class_getitem__(answer_of(function))  # in a list, so that a model is referred to
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        schema = adapter.json_schema(ref_template=_COMPONENT, schema_generator=_WireSchema, mode="serialization")
        self._collect(schema, "")
        answer: JsonSchemaValue = schema["items"]
        return answer

    def _collect(self, schema: JsonSchemaValue, ending: str) -> None:
        for name, definition in schema.pop("$defs", {}).items():
            if self.schemas.setdefault(name + ending, definition) != definition:
                raise TypeError(f"two different models are called {name}")


def arguments_of(function: Function[Any]) -> JsonSchemaValue:
    """Return the schema of a function's arguments without the internal key.

    What it refers to stands where it is referred to: `$ref` and `$defs` cannot be sent as a Convex value.
    """
    schema = function.arguments.adapter.json_schema(schema_generator=_WireSchema)
    schema["properties"].pop(INTERNAL_KEY, None)
    schema["required"] = [name for name in schema.get("required", ()) if name != INTERNAL_KEY]
    del schema["title"]
    inlined: JsonSchemaValue = _inlined(schema, schema.pop("$defs", {}))
    return inlined


def _inlined(schema: Any, definitions: dict[str, JsonSchemaValue]) -> Any:
    match schema:
        case {"$ref": str() as reference}:
            return _inlined(definitions[reference.rpartition("/")[2]], definitions)
        case dict():
            return {keyword: _inlined(value, definitions) for keyword, value in schema.items()}
        case list():
            return [_inlined(value, definitions) for value in schema]
    return schema


class _WireSchema(GenerateJsonSchema):
    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        target = (schema.get("metadata") or {}).get("id_of")
        if target not in (None, Any):
            return _id_schema(table_of(target))
        made = super().generate_inner(schema)
        return {_KEYWORDS.get(keyword, keyword): value for keyword, value in made.items()}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made, model = super().model_schema(schema), RECORDS[schema["cls"]]
        made["description"] = description_of_model(model)
        del made["title"]
        if isinstance(model, type) and issubclass(model, Document):
            made["properties"]["_id"] = _id_schema(model.table_name())
        return made

    def union_schema(self, schema: core_schema.UnionSchema) -> JsonSchemaValue:
        """Leave out where a value is stored, which is no concern of callers."""
        choices = [choice for choice in schema["choices"] if _SPILLED not in str(choice)]
        return super().union_schema({**schema, "choices": choices})

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave null out of an answer's optional field, which is absent instead."""
        if schema.get("default") is not None and self.mode == "validation":
            return super().default_schema(schema)
        inner = schema["schema"]
        is_absent = schema.get("default") is None and inner["type"] == "nullable" and self.mode == "serialization"
        return self.generate_inner(inner["schema"] if is_absent else inner)

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Require of an answer each field whose default is a value, since that is sent."""
        has_value = field["schema"]["type"] == "default" and field["schema"].get("default") is not None
        return super().field_is_required(field, total) or (self.mode == "serialization" and has_value)

    def normalize_name(self, name: str) -> str:
        return super().normalize_name(name).strip("_")

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - names say it already
        return False


def _id_schema(table: str) -> JsonSchemaValue:
    return {"type": "string", "format": f"{table}-id"}
