"""Documents ↔ items.

Scalars are stored as they are. Anything else is stored as `{"json": text}`, which keeps every value exactly; a large
value of a field that may spill is stored as `{"spilled": {...}}`, and its bytes in the content bucket. Where an index
finds documents by an absent field, a shadow attribute holds the field's value or `ABSENT_KEY`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, TypeVar

from shared import values
from shared.db.engine import Item
from shared.errors import ValueTooLarge
from shared.schema.document import Document
from shared.schema.spilled import Spilled
from shared.schema.wire import plain

D = TypeVar("D", bound=Document)

SPILL_ABOVE_BYTES: Final = 16 * 1024
"""A transactional write costs 2 units per KB of the whole item; from about here S3 is the cheaper place (ADR 3)."""

MAX_FIELD_BYTES: Final = 1024 * 1024
"""Convex's limit of a document; here of each field that may spill."""

MAX_ITEM_BYTES: Final = 400 * 1000
"""Below DynamoDB's 400 KB per item, by a margin for attribute names and system attributes."""

_SMALLEST: Final = 1e-130
_LARGEST: Final = 9e125
"""The magnitudes of DynamoDB's numbers; it has no negative zero, infinity or NaN."""

Spill = Callable[[str, bytes, bool], Spilled]
"""From (field's stored name, bytes, is JSON) to the pointer of the object that now holds them."""


def encode(document: Document, spill: Spill) -> Item:
    """Return the item of `document`, moving large values out through `spill`.

    Raises:
        ValueTooLarge: a field is above `MAX_FIELD_BYTES`, or what stays in the row is above `MAX_ITEM_BYTES`.
    """
    item: Item = {}
    for name, field in type(document).model_fields.items():
        value = getattr(document, name)
        if value is not None:
            stored_name = field.alias
            item[stored_name] = _attribute(document, name, stored_name, value, spill)
    for index in document.indexes:
        for field_name in index.found_absent:
            if index.has_entries:
                item[index.key_attribute(field_name)] = index.key_value(field_name, getattr(document, field_name))
    size_bytes = _size_bytes(item)
    if size_bytes > MAX_ITEM_BYTES:
        raise ValueTooLarge(
            f"Document {document.id} of table {document.table_name()} is too large "
            f"({size_bytes} bytes > maximum size {MAX_ITEM_BYTES}); only text and tool calls may be larger."
        )
    return item


def decode(document: type[D], item: Item) -> D:
    """Return the document that `item` holds."""
    fields = {name: stored_value(item, name) for name in item if not name.endswith("OrAbsent")}
    return document.model_read(fields)


def _attribute(document: Document, name: str, stored_name: str, value: Any, spill: Spill) -> Any:
    if isinstance(value, Spilled):
        return {
            "spilled": {
                "key": value.key, "sha256": value.sha256, "bytes": value.size_bytes, "isJson": value.is_json
            }
        }  # fmt: skip
    kept = stored_form(value)
    is_text = isinstance(kept, str)
    if not is_text and not isinstance(kept, dict):
        return kept
    text: str = kept if is_text else kept["json"]
    if document.can_spill(name) and len(text) * 4 > SPILL_ABOVE_BYTES:
        raw = text.encode()
        if len(raw) > MAX_FIELD_BYTES:
            raise ValueTooLarge(
                f"Value of `{stored_name}` is too large ({len(raw)} bytes > maximum size {MAX_FIELD_BYTES})."
            )
        if len(raw) > SPILL_ABOVE_BYTES:
            return _attribute(document, name, stored_name, spill(stored_name, raw, not is_text), spill)
    return kept


def stored_form(value: Any) -> Any:
    """Return what an attribute holds for `value`, were it kept in the row."""
    if isinstance(value, str):
        return str(value)
    is_kept = _is_exact(value) if isinstance(value, float) else isinstance(value, bool | int | None)
    return value if is_kept else {"json": values.dumps(plain(value))}


def _is_exact(number: float) -> bool:
    """Tell whether a DynamoDB number holds `number` exactly."""
    return _SMALLEST <= abs(number) <= _LARGEST or (number == 0 and math.copysign(1, number) > 0)


def stored_value(item: Item, name: str) -> Any:
    """Return what the item holds under the stored name `name`: a value, a pointer to one, or None."""
    match item.get(name):
        case {"json": text}:
            return values.loads(text)
        case {"spilled": {"key": key, "sha256": sha256, "bytes": size_bytes, "isJson": is_json}}:
            return Spilled(item["_id"], name, key, sha256, size_bytes, is_json)
        case content:
            return content


def _size_bytes(value: Any) -> int:
    match value:
        case str():
            return len(value.encode())
        case dict():
            return sum(len(name) + _size_bytes(content) for name, content in value.items())
        case list():
            return sum(1 + _size_bytes(element) for element in value)
    return 21
