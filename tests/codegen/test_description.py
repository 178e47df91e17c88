"""What docstrings tell the readers of other languages."""

from __future__ import annotations

import pytest

import functions
from shared.codegen.api_module import api_types
from shared.codegen.data_model import data_model_types
from shared.codegen.description import Refusal, description_of
from shared.codegen.typescript import comment
from shared.runtime.context import QueryContext
from shared.runtime.function import query
from shared.runtime.registry import discover


@query()
def told(ctx: QueryContext) -> None:
    """Do something.

    Slowly, */ and
    with care.

    Raises:
        NotFound: there is nothing
            to do.
        Conflict: it is done.
    """


@query()
def mistold(ctx: QueryContext) -> None:
    """Do something.

    Raises:
        Missing: there is no such error.
    """


def test_a_docstring_has_a_summary_details_and_refusals() -> None:
    summary, details, refusals = description_of(told)
    assert summary == "Do something."
    assert details == "Slowly, */ and\nwith care."
    assert refusals == (Refusal("NOT_FOUND", "there is nothing to do."), Refusal("CONFLICT", "it is done."))


def test_an_error_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="raises Missing, which is no error"):
        description_of(mistold)


def test_a_comment_does_not_end_early() -> None:
    assert comment("a */ b").count("*/") == 1


def test_docstrings_are_carried_over() -> None:
    registry = discover(functions)
    types = api_types(registry)
    assert all(description_of(function).summary.replace("\n", "\n     * ") in types for function in registry.values())
    assert "     * @throws `LIMIT_REACHED`: the caller's plan does not allow another project.\n" in types
    assert "a root entry has no `parentId`." in data_model_types()
