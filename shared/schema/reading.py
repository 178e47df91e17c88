"""From plain values, which were right when they were written, to what a field of a record holds."""

from __future__ import annotations

from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

Read = Callable[[Any], Any]
"""From a stored value to the field's."""


def read_of(annotation: Any) -> Read | None:
    """Return what makes a field's value of a plain one, or None: it is that value."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return read_of(inner[0])
    if origin in (Union, UnionType):
        return _in_turn([read for member in inner if (read := read_of(member)) is not None])
    if origin is list:
        return _of_elements(read_of(inner[0]))
    if origin is dict:
        return _of_values(read_of(inner[1]))
    if annotation is float:
        return _number
    return _of_record(getattr(origin or annotation, "model_read", None))


def _of_record(read: Read | None) -> Read | None:
    return None if read is None else lambda value: read(value) if isinstance(value, dict) else value


def _in_turn(reads: list[Read]) -> Read | None:
    """Return what applies each: at most one of them does anything, as the others are for other kinds of values."""
    if len(reads) < 2:
        return reads[0] if reads else None

    def read(value: Any) -> Any:
        for one in reads:
            value = one(value)
        return value

    return read


def _of_elements(read: Read | None) -> Read | None:
    return None if read is None else lambda value: [*map(read, value)] if isinstance(value, list) else value


def _of_values(read: Read | None) -> Read | None:
    if read is None:
        return None
    return lambda value: {k: read(v) for k, v in value.items()} if isinstance(value, dict) else value


def _number(value: Any) -> Any:
    """Return a whole number as a float: DynamoDB does not tell them apart."""
    return float(value) if type(value) is int else value
