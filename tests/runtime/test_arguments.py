from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest

from shared.errors import ArgumentValidation
from shared.runtime.arguments import ABSENT, Absent, Arguments
from shared.runtime.context import QueryContext
from shared.schema.document import Id
from shared.schema.spilled import Text
from shared.schema.tables import File, Project, ProjectSettings, ToolCall, User
from shared.values import Int64
from tests.runtime import sample

PROJECT = Project.mint_id(b"p" * 16)
ZERO = Int64(0)
USER = User.mint_id(b"u" * 16)


def add_task(ctx: QueryContext, *, project: Id[Project], title: str, done: bool = False) -> None: ...


def tune(ctx: QueryContext, *, count: int = 1, share: float = 0.5, big: Int64 = ZERO, raw: bytes = b"") -> None: ...


def nest(
    ctx: QueryContext,
    *,
    tags: list[str] | None = None,
    settings: ProjectSettings | None = None,
    weights: dict[str, float] | None = None,
    calls: list[ToolCall] | None = None,
) -> None: ...


def choose(
    ctx: QueryContext,
    *,
    role: Literal["user", "assistant"] = "user",
    only: Literal["this"] = "this",
    parent: Id[File] | None = None,
    ends_at: float | Absent | None = ABSENT,
    must_say: str | None,
) -> None: ...


def validate(body: Callable[..., Any], args: Any, *, internal: bool = False) -> dict[str, Any]:
    return Arguments.of(body, with_internal_key=internal).validate(args)


def refusal(body: Callable[..., Any], args: Any, *, internal: bool = False) -> str:
    with pytest.raises(ArgumentValidation) as caught:
        validate(body, args, internal=internal)
    return caught.value.message


def test_arguments_become_keyword_arguments_by_their_python_names() -> None:
    assert validate(sample.configure.body, {"endsAt": 3}) == {"ends_at": 3.0}


def test_a_trailing_underscore_is_no_part_of_an_arguments_name() -> None:
    def list_(ctx: QueryContext, *, from_: str) -> None: ...

    assert validate(list_, {"from": "here"}) == {"from_": "here"}


def test_a_missing_argument_is_told_as_convex_tells_it() -> None:
    assert refusal(add_task, {"project": PROJECT}) == (
        "ArgumentValidationError: Object is missing the required field `title`. Consider wrapping the field "
        "validator in `v.optional(...)` if this is expected.\n"
        "\n"
        f'Object: {{project: "{PROJECT}"}}\n'
        'Validator: v.object({done: v.optional(v.boolean()), project: v.id("projects"), title: v.string()})'
    )


def test_an_extra_argument_is_told_as_convex_tells_it() -> None:
    assert refusal(add_task, {"project": PROJECT, "title": "Milk", "x": 3}) == (
        "ArgumentValidationError: Object contains extra field `x` that is not in the validator.\n"
        "\n"
        f'Object: {{project: "{PROJECT}", title: "Milk", x: 3.0}}\n'
        'Validator: v.object({done: v.optional(v.boolean()), project: v.id("projects"), title: v.string()})'
    )


def test_a_wrong_type_is_told_as_convex_tells_it() -> None:
    assert refusal(add_task, {"project": PROJECT, "title": 3}) == (
        "ArgumentValidationError: Value does not match validator.\nPath: .title\nValue: 3.0\nValidator: v.string()"
    )


def test_an_id_of_another_table_is_told_as_convex_tells_it() -> None:
    assert refusal(add_task, {"project": USER, "title": "Milk"}) == (
        f'ArgumentValidationError: Found ID "{USER}" from table `users`, which does not match the table name in '
        'validator `v.id("projects")`.\nPath: .project'
    )


@pytest.mark.parametrize("id_", ["", "p1", PROJECT[:-1], PROJECT + "0", PROJECT.upper(), "../" + PROJECT])
def test_what_is_no_id_does_not_match_the_validator(id_: str) -> None:
    assert refusal(add_task, {"project": id_, "title": "Milk"}) == (
        "ArgumentValidationError: Value does not match validator.\n"
        f'Path: .project\nValue: "{id_}"\nValidator: v.id("projects")'
    )


def test_an_id_must_be_text() -> None:
    assert 'Value: 7.0\nValidator: v.id("projects")' in refusal(add_task, {"project": 7, "title": "Milk"})


def test_of_several_faults_the_first_declared_name_in_order_is_told_and_extra_fields_last() -> None:
    assert "Path: .done" in refusal(add_task, {"a": 1, "title": 3, "done": "yes"})
    assert "missing the required field `project`" in refusal(add_task, {"a": 1, "title": 3})


@pytest.mark.parametrize("args", [None, "text", 5, True])
def test_arguments_must_be_an_object(args: Any) -> None:
    assert refusal(add_task, args).startswith(
        "ArgumentValidationError: Expected to receive an object as the function's argument. Instead received: "
    )


def test_several_arguments_are_refused() -> None:
    assert refusal(add_task, [{}, {}]) == (
        "ArgumentValidationError: Expected to receive a single object as the function's argument. "
        "Instead received 2 arguments: [{}, {}]"
    )


@pytest.mark.parametrize("value", ["true", "1", 1, 0])
def test_nothing_is_coerced_to_a_boolean(value: Any) -> None:
    assert "Path: .done" in refusal(add_task, {"project": PROJECT, "title": "Milk", "done": value})


@pytest.mark.parametrize("value", [1, True, b"a", ["a"]])
def test_nothing_is_coerced_to_text(value: Any) -> None:
    assert "Path: .title" in refusal(add_task, {"project": PROJECT, "title": value})


@pytest.mark.parametrize("name", ["count", "share"])
@pytest.mark.parametrize("value", ["1", True, Int64(1), b"1", [1]])
def test_only_a_float64_is_a_number(name: str, value: Any) -> None:
    assert f"Path: .{name}" in refusal(tune, {name: value})


def test_an_int_takes_whole_numbers_however_they_are_written() -> None:
    assert validate(tune, {"count": 3.0}) == {"count": 3}
    assert type(validate(tune, {"count": 3.0})["count"]) is int


def test_an_int_takes_no_fraction() -> None:
    assert refusal(tune, {"count": 1.5}).endswith("Path: .count\nValue: 1.5\nValidator: v.float64()")


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_an_int_takes_no_infinity(value: float) -> None:
    assert "Path: .count" in refusal(tune, {"count": value})


def test_a_float_takes_integers() -> None:
    assert type(validate(tune, {"share": 2})["share"]) is float


def test_int64_and_bytes_have_validators_of_their_own() -> None:
    assert validate(tune, {"big": Int64(7), "raw": b"x"}) == {"big": Int64(7), "raw": b"x"}
    assert refusal(tune, {"big": 7}).endswith("Value: 7.0\nValidator: v.int64()")
    assert refusal(tune, {"raw": "x"}).endswith('Value: "x"\nValidator: v.bytes()')
    assert refusal(tune, {"share": Int64(7)}).endswith("Value: 7\nValidator: v.float64()")
    assert refusal(tune, {"share": b"ab"}).endswith('Value: b"YWI="\nValidator: v.float64()')


def test_null_means_absent_where_there_is_a_default() -> None:
    assert validate(tune, {"count": None, "share": None}) == {}


def test_null_can_be_told_from_absent_where_a_function_asks_for_it() -> None:
    assert validate(choose, {"mustSay": None, "endsAt": None}) == {"must_say": None, "ends_at": None}
    assert "ends_at" not in validate(choose, {"mustSay": None})


def test_a_nullable_argument_without_a_default_must_be_given() -> None:
    assert "missing the required field `mustSay`" in refusal(choose, {})
    assert refusal(choose, {"mustSay": 1}).endswith("Validator: v.union(v.string(), v.null())")


def test_a_choice_is_told_with_all_its_values() -> None:
    assert refusal(choose, {"mustSay": "", "role": "system"}).endswith(
        'Path: .role\nValue: "system"\nValidator: v.union(v.literal("user"), v.literal("assistant"))'
    )


def test_a_single_literal_is_told_as_convex_tells_it() -> None:
    assert refusal(choose, {"mustSay": "", "only": "that"}) == (
        'ArgumentValidationError: `"that"` does not match literal validator `v.literal("this")`.\nPath: .only'
    )


def test_a_record_is_checked_inside_by_its_wire_names() -> None:
    settings = validate(nest, {"settings": {"installCommand": "pnpm i"}})["settings"]
    assert settings == ProjectSettings(install_command="pnpm i")
    assert refusal(nest, {"settings": {"installCommand": 3}}).endswith(
        "Path: .settings.installCommand\nValue: 3.0\nValidator: v.string()"
    )
    assert refusal(nest, {"settings": {"install_command": "x"}}) == (
        "ArgumentValidationError: Object contains extra field `install_command` that is not in the validator.\n"
        'Path: .settings\nObject: {install_command: "x"}\n'
        "Validator: v.object({devCommand: v.optional(v.string()), installCommand: v.optional(v.string())})"
    )


def test_a_missing_field_deep_inside_is_told_with_its_path() -> None:
    message = refusal(nest, {"calls": [{"id": "1", "name": "n", "args": {}}, {"id": "2", "args": {}}]})
    assert "missing the required field `name`" in message
    assert "\nPath: .calls[1]\n" in message


def test_elements_of_arrays_and_records_are_told_with_their_path() -> None:
    assert "Path: .tags[1]\nValue: 3.0\nValidator: v.string()" in refusal(nest, {"tags": ["a", 3]})
    assert "Path: .weights.values()\nValue: true\nValidator: v.float64()" in refusal(nest, {"weights": {"a": True}})
    assert refusal(nest, {"tags": "a"}).endswith('Value: "a"\nValidator: v.array(v.string())')


def test_a_pointer_to_stored_text_cannot_be_passed() -> None:
    def save(ctx: QueryContext, *, content: Text) -> None: ...

    pointer = {"document_id": "d", "field": "f", "key": "k", "sha256": "s", "size_bytes": 1, "is_json": False}
    assert refusal(save, {"content": pointer}).endswith("Validator: v.string()")


def test_the_internal_key_is_an_argument_of_internal_functions() -> None:
    assert "missing the required field `internalKey`" in refusal(add_task, {}, internal=True)
    assert "extra field `internalKey`" in refusal(add_task, {"project": PROJECT, "title": "", "internalKey": "k"})


def test_the_internal_key_is_never_shown() -> None:
    for args in ({"internalKey": "hush-hush"}, {"internalKey": ["hush-hush"]}, {"internalKey": "hush-hush", "x": 1}):
        assert "hush" not in refusal(add_task, args, internal=True)
    extra = {"project": PROJECT, "title": "", "internalKey": "hush-hush"}
    assert "hush" not in refusal(add_task, extra)


def test_long_values_are_cut() -> None:
    message = refusal(add_task, {"project": PROJECT, "title": "Milk", "note": "x" * 5000})
    assert len(message) < 700
    assert "x…" in message


def test_a_field_with_a_very_long_name_is_cut() -> None:
    assert len(refusal(add_task, {"project": PROJECT, "title": "Milk", "n" * 1000: 1})) < 1000


def test_a_positional_parameter_is_a_mistake_of_the_author() -> None:
    def add(ctx: QueryContext, title: str) -> None: ...

    with pytest.raises(TypeError, match="title must be keyword-only"):
        Arguments.of(add, with_internal_key=False)


def test_a_type_without_a_validator_is_a_mistake_of_the_author() -> None:
    def add(ctx: QueryContext, *, when: complex) -> None: ...

    with pytest.raises(TypeError, match="cannot be the type of an argument"):
        Arguments.of(add, with_internal_key=False).validator  # noqa: B018 - made when asked for
