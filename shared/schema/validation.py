"""What pydantic has to do with records: it validates them, and describes them as JSON Schema.

Each class of records has a model of pydantic's with the same name, fields and rules.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, create_model
from pydantic_core import core_schema

from shared.schema.camel import camel_case
from shared.schema.record import FieldInfo, Record


class Model(BaseModel):
    """The base of records' models."""

    model_config = ConfigDict(
        alias_generator=camel_case,
        populate_by_name=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )


RECORDS: dict[type[BaseModel], Any] = {}
"""Which record, or generic record of something, a model stands for."""


@cache
def model_of(record: Any) -> type[BaseModel]:
    """Return the model of a class of records, or of a generic one of something, such as `PaginationResult[File]`."""
    origin, arguments = get_origin(record) or record, get_args(record)
    of_what = ", ".join(argument.__name__ for argument in arguments)
    title = f"{origin.__name__}[{of_what}]" if arguments else origin.__name__
    fields: dict[str, Any] = {name: _declared(info) for name, info in fields_of(record).items()}
    model = create_model(title, __base__=Model, __doc__=origin.__doc__, __module__=origin.__module__, **fields)
    RECORDS[model] = record
    return model


def fields_of(record: Any) -> dict[str, FieldInfo]:
    """Return the fields of a class of records, or of a generic one of something."""
    origin, arguments = get_origin(record) or record, get_args(record)
    if not arguments:
        return dict(origin.model_fields)
    given = dict(zip(origin.__parameters__, arguments, strict=True))
    return {name: _filled(info, given) for name, info in origin.model_fields.items()}


def schema_of(record: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    """Return the schema of a field that holds such a record: one that is made already is right."""
    origin: type[Record] = get_origin(record) or record

    def take(value: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> Record:
        return value if isinstance(value, origin) else origin._made(vars(validate(value)))

    return core_schema.no_info_wrap_validator_function(take, handler.generate_schema(model_of(record)))


def _declared(info: FieldInfo) -> tuple[Any, Any]:
    default: Any = ... if info.is_required() else info.default
    return info.hint, Field(default, alias=info.alias, exclude=info.exclude or None)


def _filled(info: FieldInfo, given: dict[TypeVar, Any]) -> FieldInfo:
    parameters = getattr(info.annotation, "__parameters__", ())
    if not parameters:
        return info
    annotation = info.annotation[tuple(given[parameter] for parameter in parameters)]
    return info._replace(annotation=annotation, hint=annotation)
