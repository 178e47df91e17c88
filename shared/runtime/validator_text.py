"""Python annotations in the words of Convex's validators: `Id[Project]` is `v.id("projects")`.

Error messages about arguments quote them (protocol section 9.6).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from shared.schema.document import DOCUMENTS, NULLABLE, Id
from shared.schema.record import FieldInfo, Record
from shared.schema.spilled import Spilled
from shared.values import Int64

_SCALARS: Mapping[Any, str] = {
    Any: "v.any()",
    str: "v.string()",
    float: "v.float64()",
    int: "v.float64()",
    bool: "v.boolean()",
    bytes: "v.bytes()",
    Int64: "v.int64()",
    NoneType: "v.null()",
}


class Validator(NamedTuple):
    """A validator's text, and those of the values inside the value it checks.

    Attributes:
        text: as Convex prints it.
        fields: of an object: the validators of its fields by wire name.
        element: of an array: that of its elements; of a record: that of its values.
    """

    text: str
    fields: Mapping[str, Validator] = MappingProxyType({})
    element: Validator | None = None

    @property
    def optional(self) -> Validator:
        """This validator for a field that may be absent."""
        return Validator(f"v.optional({self.text})", self.fields, self.element)


def object_of(fields: Mapping[str, Validator]) -> Validator:
    """Return the validator of an object with these fields."""
    ordered = dict(sorted(fields.items()))
    inside = ", ".join(f"{name}: {validator.text}" for name, validator in ordered.items())
    return Validator(f"v.object({{{inside}}})", ordered)


def validator_of(annotation: Any) -> Validator:  # noqa: PLR0911 - one for each form
    """Return the validator that stands for a Python annotation.

    Raises:
        TypeError: no validator can express it.
    """
    if annotation in _SCALARS:
        return Validator(_SCALARS[annotation])
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return validator_of(inner[0])
    if origin in (Union, UnionType, Literal):
        return _union(annotation)
    if origin is Id:
        return Validator(f'v.id("{table_of(inner[0])}")')
    if origin is list:
        element = validator_of(inner[0])
        return Validator(f"v.array({element.text})", element=element)
    if origin is dict and inner[0] is str:
        element = validator_of(inner[1])
        return Validator(f"v.record(v.string(), {element.text})", element=element)
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return object_of({info.alias: _model_field(info) for info in annotation.model_fields.values()})
    raise TypeError(f"{annotation!r} cannot be the type of an argument")


def without(annotation: Any, excluded: type) -> Any:
    """Return a union's annotation without the member `excluded`; any other annotation as it is."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    return Union[tuple(member for member in get_args(annotation) if member is not excluded)]  # noqa: UP007 - built at run time


def _union(annotation: Any) -> Validator:
    cases = list(_cases(annotation))
    return cases[0] if len(cases) == 1 else Validator(f"v.union({', '.join(case.text for case in cases)})")


def _cases(annotation: Any) -> Iterator[Validator]:
    """Flatten nested unions; where a value is stored is no concern of callers, so `Spilled` is left out."""
    if get_origin(annotation) is Literal:
        for value in get_args(annotation):
            yield Validator(f"v.literal({json.dumps(value)})")
    elif get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            if member is not Spilled:
                yield from _cases(member)
    else:
        yield validator_of(annotation)


def _model_field(info: FieldInfo) -> Validator:
    if info.is_required():
        return validator_of(info.annotation)
    if NULLABLE in info.metadata:
        return validator_of(info.annotation).optional
    return validator_of(without(info.annotation, NoneType)).optional


def table_of(target: Any) -> str:
    """Return the name of the table that `Id[target]` is of."""
    if isinstance(target, type):
        return str(target.table_name())  # type: ignore[attr-defined]  # `Id` is only of documents
    name = getattr(target, "__forward_arg__", target)
    return next(table for table, document in DOCUMENTS.items() if document.__name__ == name)
