"""What is wrong with a call's arguments, in Convex's words (protocol section 9.6).

Of several faults the one that Convex meets first is told: declared fields in the order of their names, then extra
ones. Long values are cut, and keys and tokens are never shown.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from shared.runtime.validator_text import Validator
from shared.values import Int64

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

INTERNAL_KEY: Final = "internalKey"
SECRETS: Final = frozenset({INTERNAL_KEY, "githubToken"})
"""Arguments that prove what the caller may do."""

_SHOWN_CHARACTERS: Final = 200
_PREFIX: Final = "ArgumentValidationError: "
_CONSTRAINTS: Final = ("too_long", "too_short", "than", "than_equal", "multiple_of", "mismatch", "value_error")
"""Ends of pydantic's error types for a value of the right type that breaks a further rule."""


def explain(error: ValidationError, validator: Validator, args: Mapping[str, Any]) -> str:
    """Return the message for arguments that `validator` refused."""
    first = min(error.errors(include_url=False), key=_order)
    return _PREFIX + _explain(first, first["loc"], validator, args, "")


def not_an_object(args: Any) -> str:
    """Return the message for arguments that are not one object."""
    if isinstance(args, list):
        return (
            f"{_PREFIX}Expected to receive a single object as the function's argument. "
            f"Instead received {len(args)} arguments: {shown(args)}"
        )
    return f"{_PREFIX}Expected to receive an object as the function's argument. Instead received: {shown(args)}"


def shown(value: Any) -> str:
    """Return a value as Convex prints it, cut to a length that fits a message."""
    text = _printed(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _order(detail: ErrorDetails) -> tuple[tuple[bool, int | str], ...]:
    loc = detail["loc"]
    extra = detail["type"] == "extra_forbidden"
    return tuple((extra and place == len(loc) - 1, key) for place, key in enumerate(loc))


def _explain(detail: ErrorDetails, loc: tuple[int | str, ...], validator: Validator, value: Any, path: str) -> str:
    """Walk down `loc` as far as the validator has parts; a union has none, so it is told as a whole."""
    if loc and isinstance(value, dict) and _required(validator).startswith("v.object("):
        name = str(loc[0])
        if len(loc) == 1 and detail["type"] == "missing":
            problem = (
                f"Object is missing the required field `{name}`. Consider wrapping the field validator in "
                "`v.optional(...)` if this is expected."
            )
            return _told(problem, path, "Object", value, validator)
        if len(loc) == 1 and detail["type"] == "extra_forbidden":
            problem = f"Object contains extra field `{name[:_SHOWN_CHARACTERS]}` that is not in the validator."
            return _told(problem, path, "Object", value, validator)
        return _explain(detail, loc[1:], validator.fields[name], value[name], f"{path}.{name}")
    if loc and validator.element is not None and isinstance(value, list | dict):
        key = loc[0]
        step = f"[{key}]" if isinstance(value, list) else ".values()"
        return _explain(detail, loc[1:], validator.element, value[key], path + step)  # type: ignore[index]  # `loc` is a path into `value`
    return _mismatch(detail, validator, value, path)


def _mismatch(detail: ErrorDetails, validator: Validator, value: Any, path: str) -> str:
    if path.removeprefix(".") in SECRETS:
        value = "<redacted>"
    if detail["type"] == "id_table":
        context = detail["ctx"]
        return (
            f'Found ID "{value}" from table `{context["found"]}`, which does not match the table name in validator '
            f'`v.id("{context["expected"]}")`.\n{_at(path)}'
        )
    text = _required(validator)
    if detail["type"] == "literal_error" and text.startswith("v.literal("):
        return f"`{shown(value)}` does not match literal validator `{text}`.\n{_at(path)}"
    told = _told("Value does not match validator.", path, "Value", value, validator)
    return f"{told}\nReason: {detail['msg']}" if detail["type"].endswith(_CONSTRAINTS) else told


def _told(problem: str, path: str, noun: str, value: Any, validator: Validator) -> str:
    return f"{problem}\n{_at(path)}\n{noun}: {shown(value)}\nValidator: {_required(validator)}"


def _required(validator: Validator) -> str:
    text = validator.text
    return text[len("v.optional(") : -1] if text.startswith("v.optional(") else text


def _at(path: str) -> str:
    return f"Path: {path}" if path else ""


def _printed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_printed, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(_printed_field(name, value[name]) for name in sorted(value))}}}"
    return _printed_scalar(value)


def _printed_scalar(value: Any) -> str:
    match value:
        case str():
            return json.dumps(value[: _SHOWN_CHARACTERS + 1], ensure_ascii=False)
        case bytes():
            return f'b"{b64encode(value[:_SHOWN_CHARACTERS]).decode()}"'
        case None | bool() | Int64():
            return json.dumps(value)
    return repr(float(value)).replace("e+", "e")


def _printed_field(name: str, value: Any) -> str:
    return f"{name}: <redacted>" if name in SECRETS else f"{name}: {_printed(value)}"
