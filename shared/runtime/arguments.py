"""A function's arguments, validated from its signature.

    def rename(ctx: MutationContext, *, id: Id[Project], name: str) -> None

accepts `{"id": "…", "name": "…"}` and nothing else. A parameter with a default may be absent or null; one of type
`X | None` without a default must be given, and may be null. Numbers are float64 on the wire: `int` takes whole ones.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, NotRequired, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from shared.errors import ArgumentValidation
from shared.runtime.argument_errors import INTERNAL_KEY, explain, not_an_object
from shared.runtime.validator_text import Validator, object_of, validator_of, without
from shared.schema.spilled import Spilled
from shared.values import Int64


class Absent(Enum):
    """The default of a parameter that tells null from absent: `ends_at: float | None | Absent = ABSENT`."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


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


@dataclass(frozen=True, eq=False, repr=False)
class Arguments:
    """The validator of a function's arguments.

    Attributes:
        validator: in Convex's words.
        adapter: from the arguments' object to the function's keyword arguments.
        omitted_if_null: wire names for which null means absent.
    """

    validator: Validator
    adapter: TypeAdapter[dict[str, Any]]
    omitted_if_null: frozenset[str]

    @classmethod
    def of(cls, body: Callable[..., Any], *, with_internal_key: bool) -> Arguments:
        """Make the validator from the keyword-only parameters of `body`.

        Args:
            body: the decorated function.
            with_internal_key: whether callers also pass `internalKey`.

        Raises:
            TypeError: a parameter is not keyword-only, or its type has no validator.
        """
        hints = get_type_hints(body, include_extras=True)
        fields: dict[str, Any] = {}
        validators: dict[str, Validator] = {}
        omitted_if_null = set()
        for parameter in list(inspect.signature(body).parameters.values())[1:]:
            if parameter.kind is not parameter.KEYWORD_ONLY:
                raise TypeError(f"{body.__qualname__}: parameter {parameter.name} must be keyword-only")
            wire_name = to_camel(parameter.name.rstrip("_"))
            annotation = without(hints[parameter.name], Absent)
            field: Any = Annotated[_checked(annotation), Field(alias=wire_name)]
            if parameter.default is parameter.empty:
                fields[parameter.name] = field
                validators[wire_name] = validator_of(annotation)
                continue
            fields[parameter.name] = NotRequired[field]
            if parameter.default is not ABSENT:
                omitted_if_null.add(wire_name)
                annotation = without(annotation, NoneType)
            validators[wire_name] = validator_of(annotation).optional
        if with_internal_key:
            fields["internal_key"] = Annotated[str, Field(alias=INTERNAL_KEY)]
            validators[INTERNAL_KEY] = validator_of(str)
        return cls(object_of(validators), _adapter(fields), frozenset(omitted_if_null))

    def validate(self, args: Any) -> dict[str, Any]:
        """Return the keyword arguments for the function; those absent are left to its defaults.

        Args:
            args: decoded arguments.

        Raises:
            ArgumentValidation: they do not match the signature.
        """
        if not isinstance(args, dict):
            raise ArgumentValidation(not_an_object(args))
        given = {name: value for name, value in args.items() if value is not None or name not in self.omitted_if_null}
        try:
            return self.adapter.validate_python(given, strict=True, by_alias=True, by_name=False)
        except ValidationError as error:
            raise ArgumentValidation(explain(error, self.validator, given)) from None


def partial_adapter(fields: Mapping[str, tuple[str, Any]]) -> TypeAdapter[dict[str, Any]]:
    """Return the validator of an object any of whose fields may be absent, checked as arguments are.

    Args:
        fields: the wire name and the annotation of each by its Python name, which the validated object has.
    """
    return _adapter(
        {name: NotRequired[Annotated[_checked(hint), Field(alias=alias)]] for name, (alias, hint) in fields.items()}
    )


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
