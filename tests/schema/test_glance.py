"""What is taken at a glance is what pydantic takes, as pydantic takes it."""

from __future__ import annotations

import math
from typing import Any, Literal

import pytest
from pydantic.alias_generators import to_camel

import functions
from shared.runtime.arguments import Arguments
from shared.runtime.context import QueryContext
from shared.runtime.registry import discover
from shared.runtime.validation import adapter_of
from shared.schema.camel import camel_case
from shared.schema.document import Document, Id
from shared.schema.glance import REFUSED, glance_of
from shared.schema.record import names_of
from shared.schema.spilled import Text
from shared.schema.tables import File, Project, User
from shared.values import Int64

PROJECT = Project.mint_id(b"p" * 16)
USER = User.mint_id(b"u" * 16)
VALUES: list[Any] = [
    *(None, True, False, "", "user", "text", str(PROJECT), str(USER), PROJECT, b"", b"raw"),
    *(0, 1, -3, 2**53, 0.0, 1.0, -0.0, 1.5, 1e300, math.inf, Int64(1)),
    *([], ["a"], [1.0], [True, None], [str(PROJECT)], [["a"]], {}, {"a": 1.0}, {"_id": str(PROJECT)}),
]
ANNOTATIONS: list[Any] = [
    *(str, bool, float, int, Text, Id[Project], Id[File], Literal["user", "assistant"], Literal["text"]),
    *(list[str], list[float], list[Id[Project]], list[list[str]], str | None, Id[Project] | None, float | None),
    *(list[str] | None, Literal["user"] | None, bool | str, Any, bytes, Int64, dict[str, float], Id[Any]),
]


@pytest.mark.parametrize("annotation", ANNOTATIONS, ids=str)
def test_whatever_is_taken_at_a_glance_pydantic_takes_for_the_same(annotation: Any) -> None:
    def body(ctx: QueryContext, *, value: Any) -> None: ...

    body.__annotations__["value"] = annotation
    arguments = Arguments.of(body, with_internal_key=False)
    glance = glance_of(annotation)
    for value in VALUES:
        taken = REFUSED if glance is None else glance(value)
        if taken is not REFUSED:
            judged = adapter_of(arguments.parameters).validate_python(
                {"value": value}, strict=True, by_alias=True, by_name=False
            )
            assert (type(taken), repr(taken)) == (type(judged["value"]), repr(judged["value"])), value


@pytest.mark.parametrize("annotation", [str, bool, Id[Project], float, int, list[str], str | None])
def test_the_usual_types_are_told_at_a_glance(annotation: Any) -> None:
    glance = glance_of(annotation)
    assert glance is not None
    assert any(glance(value) is not REFUSED for value in VALUES)


def test_wire_names_are_those_of_pydantic() -> None:
    registry = discover(functions).values()
    names = {function.body.__name__.rstrip("_") for function in registry}
    names |= {name for function in registry for name in function.body.__annotations__}
    names |= {name for document in Document.__subclasses__() for name in names_of(document)}
    assert {name: camel_case(name) for name in names} == {name: to_camel(name) for name in names}
