"""A function's arguments, validated from its signature.

    def rename(ctx: MutationContext, *, id: Id[Project], name: str) -> None

accepts `{"id": "…", "name": "…"}` and nothing else. A parameter with a default may be absent or null; one of type
`X | None` without a default must be given, and may be null. Numbers are float64 on the wire: `int` takes whole ones.

Arguments of the usual types are taken at a glance (`shared.schema.glance`). Whatever is not is for pydantic, which
finds out what is right with the others, and what is wrong (`shared.runtime.validation`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_type_hints

from shared.errors import ArgumentValidation
from shared.runtime.argument_errors import INTERNAL_KEY, not_an_object
from shared.runtime.validator_text import Validator, object_of, validator_of, without
from shared.schema.camel import camel_case
from shared.schema.glance import REFUSED, Glance, glance_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class Absent(Enum):
    """The default of a parameter that tells null from absent: `ends_at: float | None | Absent = ABSENT`."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Parameter(NamedTuple):
    """A parameter of a function.

    Attributes:
        name: its Python name.
        annotation: its type.
        required: whether it must be given.
        omitted_if_null: whether null means absent.
        glance: takes its usual values, if they can be told at a glance.
    """

    name: str
    annotation: Any
    required: bool
    omitted_if_null: bool
    glance: Glance | None

    @property
    def validator(self) -> Validator:
        """Its validator, in Convex's words."""
        if self.required:
            return validator_of(self.annotation)
        return validator_of(without(self.annotation, NoneType) if self.omitted_if_null else self.annotation).optional


@dataclass(frozen=True, eq=False, repr=False)
class Arguments:
    """The validator of a function's arguments.

    Attributes:
        parameters: by their wire names.
    """

    parameters: Mapping[str, Parameter]

    @classmethod
    def of(cls, body: Callable[..., Any], *, with_internal_key: bool) -> Arguments:
        """Make the validator from the keyword-only parameters of `body`.

        Args:
            body: the decorated function.
            with_internal_key: whether callers also pass `internalKey`.

        Raises:
            TypeError: a parameter is not keyword-only.
        """
        hints = get_type_hints(body, include_extras=True)
        parameters: dict[str, Parameter] = {}
        for parameter in list(inspect.signature(body).parameters.values())[1:]:
            if parameter.kind is not parameter.KEYWORD_ONLY:
                raise TypeError(f"{body.__qualname__}: parameter {parameter.name} must be keyword-only")
            annotation = without(hints[parameter.name], Absent)
            required = parameter.default is parameter.empty
            parameters[camel_case(parameter.name.rstrip("_"))] = Parameter(
                parameter.name,
                annotation,
                required,
                omitted_if_null=not required and parameter.default is not ABSENT,
                glance=glance_of(annotation),
            )
        if with_internal_key:
            parameters[INTERNAL_KEY] = Parameter("internal_key", str, True, False, glance_of(str))
        return cls(parameters)

    @cached_property
    def validator(self) -> Validator:
        """The validator in Convex's words.

        Raises:
            TypeError: the type of a parameter has none.
        """
        return object_of({name: parameter.validator for name, parameter in self.parameters.items()})

    @cached_property
    def adapter(self) -> TypeAdapter[dict[str, Any]]:
        """Pydantic's validator, from the arguments' object to the function's keyword arguments."""
        from shared.runtime.validation import adapter_of  # noqa: PLC0415 - pydantic

        return adapter_of(self.parameters)

    def validate(self, args: Any) -> dict[str, Any]:
        """Return the keyword arguments for the function; those absent are left to its defaults.

        Args:
            args: decoded arguments.

        Raises:
            ArgumentValidation: they do not match the signature.
        """
        if not isinstance(args, dict):
            raise ArgumentValidation(not_an_object(args))
        taken = self._at_a_glance(args)
        if taken is not None:
            return taken
        from shared.runtime.validation import validated  # noqa: PLC0415 - pydantic

        given = {
            name: value
            for name, value in args.items()
            if value is not None or name not in self.parameters or not self.parameters[name].omitted_if_null
        }
        return validated(self.adapter, given, self.validator)

    def _at_a_glance(self, args: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the keyword arguments, or None where that takes more than a glance."""
        taken: dict[str, Any] = {}
        for name, parameter in self.parameters.items():
            value = args.get(name)
            if name not in args or (value is None and parameter.omitted_if_null):
                if parameter.required:
                    return None
                continue
            value = REFUSED if parameter.glance is None else parameter.glance(value)
            if value is REFUSED:
                return None
            taken[parameter.name] = value
        return taken if args.keys() <= self.parameters.keys() else None
