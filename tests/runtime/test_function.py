from __future__ import annotations

from shared.runtime.context import QueryContext
from shared.runtime.function import query
from shared.schema.tables import Project
from tests.runtime import sample


def test_a_function_is_addressed_by_its_module_and_camel_case_name() -> None:
    assert sample.get_project.path == "runtime:getProject"
    assert sample.get_project.handler == "tests.runtime.sample.get_project"
    assert sample.get_project.route == "/api/run/runtime/getProject"


def test_a_trailing_underscore_keeps_a_name_off_a_python_word() -> None:
    @query()
    def list_(ctx: QueryContext) -> None: ...

    assert list_.name == "list"


def test_a_function_says_what_it_is_and_may_touch() -> None:
    assert (sample.create_for.kind, sample.create_for.internal, sample.create_for.bulk) == ("mutation", True, False)
    assert sample.create_for.access.readable == {Project}
    assert sample.create_projects.bulk
    assert sample.greet.description == "Greet somebody."
