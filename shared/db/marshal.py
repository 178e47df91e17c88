"""Plain values ↔ DynamoDB's typed attribute values (numbers as decimal text, exact both ways)."""

from __future__ import annotations

from typing import Any

from shared.db.engine import Item


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
            return int(content) if content.lstrip("-").isdigit() else float(content)
        case "L":
            return [_plain(element) for element in content]
        case "M":
            return to_item(content)
        case "NULL":
            return None
    raise TypeError(f"an attribute of type {kind} was not written by this backend")


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
            return {"N": str(int(value)) if value.is_integer() else repr(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [typed(element) for element in value]}
        case dict():
            return {"M": from_item(value)}
    raise TypeError(f"cannot store a {type(value).__name__}")
