"""Documents and records as plain values by their wire names, without absent fields.

None in an optional field means that it is absent; in a required one (of type `Any`) it is the value null.
"""

from __future__ import annotations

from typing import Any

from shared.schema.record import Record


def plain(value: Any) -> Any:
    """Turn documents and records anywhere in `value` into dictionaries; other values stay as they are."""
    match value:
        case Record():
            return {
                field.alias: plain(content)
                for name, field in type(value).model_fields.items()
                if not field.exclude and ((content := getattr(value, name)) is not None or field.is_required())
            }
        case list() | tuple():
            return [plain(element) for element in value]
        case dict():
            return {key: plain(content) for key, content in value.items()}
    return value
