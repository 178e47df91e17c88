"""Arguments as pydantic validates them."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, NotRequired, Union, get_args, get_origin

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from shared.errors import ArgumentValidation
from shared.runtime.argument_errors import explain
from shared.runtime.validator_text import Validator
from shared.schema.spilled import Spilled
from shared.values import Int64

if TYPE_CHECKING:
    from shared.runtime.arguments import Parameter


def _number(value: Any) -> Any:
    if isinstance(value, bool | Int64):
        raise PydanticCustomError("float_type", "Input should be a float64")
    return value


def _whole(value: Any) -> Any:
    value = _number(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


_NUMBERS: Final = {
    float: Annotated[float, BeforeValidator(_number)],
    int: Annotated[int, BeforeValidator(_whole)],
}


def adapter_of(parameters: Mapping[str, Parameter]) -> TypeAdapter[dict[str, Any]]:
    """Return the validator of the arguments for a function's parameters, which are given by wire names."""
    fields: dict[str, Any] = {}
    for wire_name, parameter in parameters.items():
        field: Any = Annotated[_checked(parameter.annotation), Field(alias=wire_name)]
        fields[parameter.name] = field if parameter.required else NotRequired[field]
    return _adapter(fields)


def partial_adapter(fields: Mapping[str, tuple[str, Any]]) -> TypeAdapter[dict[str, Any]]:
    """Return the validator of an object any of whose fields may be absent, checked as arguments are.

    Args:
        fields: the wire name and the annotation of each by its Python name, which the validated object has.
    """
    return _adapter(
        {name: NotRequired[Annotated[_checked(hint), Field(alias=alias)]] for name, (alias, hint) in fields.items()}
    )


def validated(adapter: TypeAdapter[dict[str, Any]], given: dict[str, Any], validator: Validator) -> dict[str, Any]:
    """Return the keyword arguments for a function.

    Args:
        adapter: of its parameters.
        given: the arguments by wire names, without those that null makes absent.
        validator: the same in Convex's words.

    Raises:
        ArgumentValidation: they do not match the signature.
    """
    try:
        return adapter.validate_python(given, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        raise ArgumentValidation(explain(error, validator, given)) from None


def _adapter(fields: dict[str, Any]) -> TypeAdapter[dict[str, Any]]:
    shape: Any = TypedDict("Arguments", fields)  # type: ignore[misc]  # made at run time
    checked: Any = with_config(ConfigDict(extra="forbid", arbitrary_types_allowed=True))(shape)
    return TypeAdapter(checked)


def _checked(annotation: Any) -> Any:
    """Return `annotation` with numbers that are neither booleans nor int64, and without pointers to stored text."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Annotated[(_checked(inner[0]), *inner[1:])]
    if origin in (Union, UnionType):
        return Union[tuple(_checked(member) for member in inner if member is not Spilled)]  # noqa: UP007 - made at run time
    if origin is list:
        return list[_checked(inner[0])]  # type: ignore[misc]  # made at run time
    if origin is dict:
        return dict[inner[0], _checked(inner[1])]  # type: ignore[valid-type,misc]  # made at run time
    return _NUMBERS.get(annotation, annotation)
