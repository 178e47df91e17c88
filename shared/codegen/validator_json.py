"""Python annotations as Convex's validators in JSON, the form of its function specification (protocol section 10.1).

What a caller passes and what a function answers differ: an argument with a default may be absent; an absent field of
an answer is one that would be None (see `shared.schema.wire`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from shared.runtime.validator_text import table_of, without
from shared.schema.document import NULLABLE, Document, Id
from shared.schema.record import FieldInfo, Record
from shared.schema.spilled import Spilled
from shared.schema.validation import fields_of
from shared.values import Int64

Json = dict[str, Any]
"""A validator: `{"type": "id", "tableName": "projects"}`."""

_SCALARS: Final = {
    Any: "any",
    str: "string",
    float: "number",
    int: "number",
    bool: "boolean",
    bytes: "bytes",
    Int64: "bigint",
    NoneType: "null",
}


def _unnamed(_: Any) -> Json | None:
    return None


@dataclass(frozen=True)
class Validators:
    """Makes validators.

    Attributes:
        of_answers: whether they are of what functions answer, rather than of what callers pass.
        named: what stands for a model instead of an object of its fields, if anything does.
    """

    of_answers: bool = False
    named: Callable[[Any], Json | None] = _unnamed

    def of(self, annotation: Any) -> Json:  # noqa: PLR0911 - one for each form
        """Return the validator that stands for an annotation.

        Raises:
            TypeError: no validator can express it.
        """
        if annotation in _SCALARS:
            return {"type": _SCALARS[annotation]}
        origin, inner = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.of(inner[0])
        if origin in (Union, UnionType, Literal):
            return union_of(self._cases(annotation))
        if origin is Id:
            return {"type": "id", "tableName": table_of(inner[0])}
        if origin is list:
            return {"type": "array", "value": self.of(inner[0])}
        if origin is dict and inner[0] is str:
            return {"type": "record", "keys": {"type": "string"}, "values": field_of(self.of(inner[1]))}
        if isinstance(origin or annotation, type) and issubclass(origin or annotation, Record):
            return self.named(annotation) or self.of_model(annotation)
        raise TypeError(f"{annotation!r} has no validator")

    def of_model(self, model: Any) -> Json:
        """Return the validator of an object with the fields of `model` that leave the backend."""
        fields = {}
        for name, info in fields_of(model).items():
            if name == "id" and isinstance(model, type) and issubclass(model, Document):
                fields["_id"] = field_of({"type": "id", "tableName": model.table_name()})
            elif not info.exclude:
                fields[info.alias] = self._field(info)
        return {"type": "object", "value": fields}

    def _field(self, info: FieldInfo) -> Json:
        if info.is_required():
            return field_of(self.of(info.annotation))
        if self.of_answers:
            return field_of(self.of(without(info.annotation, NoneType)), optional=info.default is None)
        annotation = info.annotation if NULLABLE in info.metadata else without(info.annotation, NoneType)
        return field_of(self.of(annotation), optional=True)

    def _cases(self, annotation: Any) -> Iterator[Json]:
        if get_origin(annotation) is Literal:
            for value in get_args(annotation):
                yield {"type": "literal", "value": value}
        elif get_origin(annotation) in (Union, UnionType):
            for member in get_args(annotation):
                # Where a value is stored is no concern of callers.
                if member is not Spilled:
                    yield from self._cases(member)
        else:
            yield self.of(annotation)


def field_of(validator: Json, *, optional: bool = False) -> Json:
    """Return the field of an object that holds what `validator` takes."""
    return {"fieldType": validator, "optional": optional}


def union_of(cases: Iterator[Json]) -> Json:
    """Return the validator of whatever one of `cases` takes."""
    distinct = []
    for case in cases:
        if case not in distinct:
            distinct.append(case)
    return distinct[0] if len(distinct) == 1 else {"type": "union", "value": distinct}
