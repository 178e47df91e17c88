"""Plain values ↔ DynamoDB's typed attribute values (numbers as decimal text, exact both ways)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from shared.db.engine import Item

_WRITTEN_OUT_BELOW: Final = 1e21
"""Whole numbers from here on are written with an exponent: DynamoDB takes 38 digits."""


def to_item(typed: dict[str, dict[str, Any]]) -> Item:
    """Turn `{"n": {"N": "1"}}` into `{"n": 1}`."""
    return {name: _plain(value) for name, value in typed.items()}


def from_item(item: Item) -> dict[str, dict[str, Any]]:
    """Turn `{"n": 1}` into `{"n": {"N": "1"}}`."""
    return {name: typed(value) for name, value in item.items()}


def _plain(value: dict[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "S" | "BOOL" | "B":
            return content
        case "N":
            return int(content) if content.lstrip("-").isdigit() else _number(content)
        case "L":
            return [_plain(element) for element in content]
        case "M":
            return to_item(content)
        case "NULL":
            return None
    raise TypeError(f"an attribute of type {kind} was not written by this backend")


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(text)


def typed(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - one line per type
    """Turn one plain value into a typed attribute value."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case float():
            is_short = value.is_integer() and abs(value) < _WRITTEN_OUT_BELOW
            return {"N": str(int(value)) if is_short else repr(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [typed(element) for element in value]}
        case dict():
            return {"M": from_item(value)}
    raise TypeError(f"cannot store a {type(value).__name__}")
