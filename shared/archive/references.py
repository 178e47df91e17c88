"""What documents refer to: fields declared as `Id[…]`, wherever in a document they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

from shared.schema.document import Document, Id, document_named
from shared.schema.record import Record

Visit = Callable[[str, type[Document], str], str]
"""Given a field's stored name, the table that its id should be of, and the id; returns what is to take its place."""


class Reference(NamedTuple):
    """A field of a document that holds the id of another.

    Attributes:
        field: its Python name.
        name: its stored name.
        target: the table that the id is of.
        is_binding: whether the document cannot be without the other: the field is required, or says where in a tree
            of its own kind the document is.
    """

    field: str
    name: str
    target: type[Document]
    is_binding: bool


@cache
def references_of(document: type[Document]) -> tuple[Reference, ...]:
    """Return the fields of a table that refer to other documents."""
    found = []
    for field, info in document.model_fields.items():
        target = _target(info.annotation)
        if target is not None:
            name = info.alias
            found.append(Reference(field, name, target, info.is_required() or target is document))
    return tuple(found)


def visit_fields(model: type[Record], fields: dict[str, Any], visit: Visit, within: str = "") -> dict[str, Any]:
    """Return the fields of a document or record, by stored names, with what `visit` makes of every id in them.

    Values that do not fit their declaration stay as they are: telling that is validation's business.

    Args:
        model: the class of the document or record.
        fields: its fields.
        visit: is told of each id.
        within: what precedes the names of the fields.
    """
    declared = {info.alias: info.annotation for name, info in model.model_fields.items()}
    return {name: _visited(declared.get(name), value, visit, within + name) for name, value in fields.items()}


def _visited(annotation: Any, value: Any, visit: Visit, name: str) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Id:
        is_reference = arguments[0] is not Any and isinstance(value, str)
        return visit(name, document_named(arguments[0]), value) if is_reference else value
    if origin in (Union, UnionType):
        changed = (_visited(member, value, visit, name) for member in arguments)
        return next((new for new in changed if new is not value), value)
    if origin is list and isinstance(value, list):
        return [_visited(arguments[0], element, visit, name) for element in value]
    if origin is dict and isinstance(value, dict):
        return {key: _visited(arguments[1], element, visit, f"{name}.{key}") for key, element in value.items()}
    if isinstance(annotation, type) and issubclass(annotation, Record) and isinstance(value, dict):
        return visit_fields(annotation, value, visit, f"{name}.")
    return value


def _target(annotation: Any) -> type[Document] | None:
    """Return the table of a field that holds one id, or None."""
    if get_origin(annotation) is Id:
        (target,) = get_args(annotation)
        return None if target is Any else document_named(target)
    if get_origin(annotation) in (Union, UnionType):
        return next((found for member in get_args(annotation) if (found := _target(member)) is not None), None)
    return None
