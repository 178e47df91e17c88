"""A function's signature as Convex's validators: what callers pass, and what they are answered."""

from __future__ import annotations

import inspect
from types import NoneType
from typing import Any, get_type_hints

from shared.codegen.validator_json import Json, Validators, field_of
from shared.runtime.argument_errors import INTERNAL_KEY
from shared.runtime.arguments import ABSENT, Absent
from shared.runtime.function import Function
from shared.runtime.validator_text import without
from shared.schema.camel import camel_case


def arguments_of(function: Function[Any], validators: Validators) -> Json:
    """Return the validator of the object of arguments, by their wire names."""
    hints = get_type_hints(function.body, include_extras=True)
    fields: dict[str, Json] = {}
    for parameter in list(inspect.signature(function.body).parameters.values())[1:]:
        annotation = without(hints[parameter.name], Absent)
        required = parameter.default is parameter.empty
        if not required and parameter.default is not ABSENT:
            annotation = without(annotation, NoneType)
        fields[camel_case(parameter.name.rstrip("_"))] = field_of(validators.of(annotation), optional=not required)
    if function.internal:
        fields[INTERNAL_KEY] = field_of(validators.of(str))
    return {"type": "object", "value": fields}


def answer_of(function: Function[Any]) -> Any:
    """Return the annotation of what a function answers."""
    return get_type_hints(function.body, include_extras=True)["return"]
