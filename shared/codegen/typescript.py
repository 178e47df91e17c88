"""Convex's validators in JSON as TypeScript types."""

from __future__ import annotations

import json
import re
from typing import Any, Final, get_args, get_origin

from shared.codegen.validator_json import Json, Validators
from shared.db.page import PaginationOptions, PaginationResult
from shared.schema.document import Document

_SCALARS: Final = {
    "any": "any",
    "bigint": "bigint",
    "boolean": "boolean",
    "bytes": "ArrayBuffer",
    "null": "null",
    "number": "number",
    "string": "string",
}
_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_WIDTH: Final = 100


def named(model: Any) -> Json | None:
    """Return what stands for a record that has a name in the generated files or in the client's package."""
    if get_origin(model) is PaginationResult:
        (item,) = get_args(model)
        return {"type": "named", "text": f"PaginationResult<{type_text(ANSWERS.of(item))}>"}
    if issubclass(model, Document):
        return {"type": "named", "text": f'Doc<"{model.table_name()}">'}
    if issubclass(model, PaginationOptions):
        return {"type": "named", "text": "PaginationOptions"}
    return None


ARGUMENTS: Final = Validators(named=named)
ANSWERS: Final = Validators(of_answers=True, named=named)


def type_text(validator: Json, indent: str = "") -> str:  # noqa: PLR0911 - one for each form
    """Return the type of the values that `validator` takes.

    Args:
        validator: as `shared.codegen.validator_json` makes it, or with models that are `named`.
        indent: of the line it stands in.
    """
    match validator["type"]:
        case "named":
            return str(validator["text"])
        case "literal":
            return json.dumps(validator["value"])
        case "id":
            return f'Id<"{validator["tableName"]}">'
        case "array":
            return f"Array<{type_text(validator['value'], indent)}>"
        case "record":
            return f"Record<string, {type_text(validator['values']['fieldType'], indent)}>"
        case "object":
            return _object_text(validator["value"], indent)
        case "union":
            return " | ".join(type_text(member, indent) for member in validator["value"])
        case scalar:
            return _SCALARS[scalar]


def header(title: str) -> str:
    """Return the comment that begins a generated file."""
    said = f"{title}\n\nTHIS CODE IS AUTOMATICALLY GENERATED.\n\nTo regenerate, run `make codegen`.\n@module"
    return f"/* eslint-disable */\n{comment(said)}\n"


def comment(text: str, indent: str = "") -> str:
    """Return `text` as a documentation comment."""
    lines = [f"{indent} * {line}".rstrip() for line in text.replace("*/", "*\\/").splitlines()]
    return "\n".join([f"{indent}/**", *lines, f"{indent} */"])


def key_text(name: str) -> str:
    """Return `name` as the key of a property."""
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


def _object_text(fields: dict[str, Any], indent: str) -> str:
    if not fields:
        return "{}"
    inner = indent + "  "
    members = [
        f"{key_text(name)}{'?' * field['optional']}: {type_text(field['fieldType'], inner)};"
        for name, field in fields.items()
    ]
    line = f"{{ {' '.join(members).removesuffix(';')} }}"
    if len(line) <= _WIDTH - len(indent) and "\n" not in line:
        return line
    return "\n".join(["{", *(inner + member for member in members), indent + "}"])
