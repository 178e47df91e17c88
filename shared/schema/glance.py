"""What is certainly right with a value, told without pydantic, which is a quarter of a cold start.

A glance takes text, ids, numbers, booleans, literals, null, records that are made already, and lists of those.
Nothing is refused here for good: a value that is not taken, for whatever reason, is pydantic's to judge.
"""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from shared.schema.spilled import Spilled

REFUSED: Final = object()
"""Returned for a value that is not taken."""

Glance = Callable[[Any], Any]
"""From a value to what is made of it, or to `REFUSED`."""


def glance_of(annotation: Any) -> Glance | None:
    """Return what takes values of a type, or None: none are.

    A class may have a `taking`, which returns that for an annotation: `Id` and records have.
    """
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal and all(type(value) is str for value in inner):
        return lambda value: value if type(value) is str and value in inner else REFUSED
    if origin is list:
        return _list_of(glance_of(inner[0]))
    if origin in (Union, UnionType):
        return _first_of([glance_of(member) for member in inner])
    taking: Callable[[Any], Glance | None] | None = getattr(origin or annotation, "taking", None)
    return None if taking is None else taking(annotation)


def instance_of(kind: type) -> Glance:
    """Return what takes instances of a class."""
    return lambda value: value if isinstance(value, kind) else REFUSED


def _list_of(glance: Glance | None) -> Glance | None:
    if glance is None:
        return None

    def take(value: Any) -> Any:
        taken = [glance(element) for element in value] if type(value) is list else [REFUSED]
        return REFUSED if any(one is REFUSED for one in taken) else taken

    return take


def _first_of(glances: list[Glance | None]) -> Glance:
    """Return what takes whatever one of the members does; no value is right for two of them."""
    known = [glance for glance in glances if glance is not None]

    def take(value: Any) -> Any:
        for glance in known:
            taken = glance(value)
            if taken is not REFUSED:
                return taken
        return REFUSED

    return take


def _float(value: Any) -> Any:
    return float(value) if type(value) in (float, int) else REFUSED


def _whole(value: Any) -> Any:
    return int(value) if type(value) is int or (type(value) is float and value.is_integer()) else REFUSED


_SCALARS: Final[dict[Any, Glance]] = {
    str: lambda value: value if type(value) is str else REFUSED,
    bool: lambda value: value if type(value) is bool else REFUSED,
    float: _float,
    int: _whole,
    NoneType: lambda value: value if value is None else REFUSED,
    Spilled: instance_of(Spilled),
    Any: lambda value: value,
}
