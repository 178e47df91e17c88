"""Records: objects with declared fields."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.schema.record import Record, field
from shared.schema.tables import Message, Project, ProjectSettings, ToolCall
from shared.schema.validation import model_of


class Point(Record):
    """A place."""

    first_axis: float
    second_axis: float = 0.0
    note: str | None = field(default=None, wire="_note", exclude=True)


def test_a_record_has_its_fields_and_the_defaults_of_those_that_are_absent() -> None:
    assert vars(Point(first_axis=1.0)) == {"first_axis": 1.0, "second_axis": 0.0, "note": None}


@pytest.mark.parametrize("fields", [{}, {"second_axis": 1.0}, {"first_axis": 1.0, "colour": "red"}])
def test_a_record_without_a_required_field_or_with_an_unknown_one_cannot_be_made(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Point: no such field"):
        Point(**fields)


def test_what_was_stored_is_read_by_its_wire_names_with_the_records_in_it() -> None:
    stored = {"id": "1", "name": "list", "args": {"path": "/"}}
    system = {"_id": "m", "_creationTime": 3, "_version": "v"}
    given = {"conversationId": "c", "projectId": "p", "role": "user", "content": "", "toolCalls": [stored]}
    message = Message.model_read(system | given)
    assert message.tool_calls == [ToolCall(id="1", name="list", args={"path": "/"})]
    assert (type(message.creation_time), message.status) == (float, None)


@pytest.mark.parametrize(
    ("fields", "fault"), [({"firstAxis": 1, "x": 2}, "no field 'x'"), ({}, "lacks.*'firstAxis'")]
)
def test_a_damaged_row_is_refused_without_its_contents(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Point.model_read(fields)


def test_pydantic_validates_records_wherever_they_are_declared() -> None:
    points = TypeAdapter(dict[str, list[Point]])
    assert points.validate_python({"a": [{"firstAxis": 1}]}) == {"a": [Point(first_axis=1.0)]}
    with pytest.raises(ValidationError, match="colour"):
        points.validate_python({"a": [{"firstAxis": 1, "colour": "red"}]})


def test_a_record_in_a_record_that_is_validated_stays_that_record() -> None:
    settings = ProjectSettings(dev_command="dev")
    fields = {"_id": Project.mint_id(bytes(16)), "_creationTime": 1, "name": "x", "owner_id": "a", "updated_at": 1}
    assert Project.model_validate(fields | {"settings": settings}).settings is settings


def test_records_are_equal_by_class_and_fields_and_so_are_their_hashes() -> None:
    class Other(Record):
        """Something with the same fields."""

        first_axis: float

    assert {Point(first_axis=1.0), Point(first_axis=1.0)} == {Point(first_axis=1.0)}
    assert Other(first_axis=1.0) != Point(first_axis=1.0)


def test_a_copy_differs_only_where_it_is_said() -> None:
    assert Point(first_axis=1.0).model_copy(update={"second_axis": 2.0}) == Point(first_axis=1.0, second_axis=2.0)


@pytest.mark.parametrize(
    "fields",
    [
        *({}, {"name": 3}, {"owner_id": None}, {"import_status": "done"}, {"colour": "red"}, {"updated_at": "soon"}),
        *({"_id": "x"}, {"settings": {"devCommand": "dev"}}, {"settings": ProjectSettings()}, {"isPublic": True}),
        *({"user_id": Project.mint_id(bytes(16))}, {"pending_deletes": ["a"]}, {"ownerId": "b"}, {"updated_at": 3}),
    ],
)
def test_a_glance_and_pydantic_agree_on_documents(fields: dict[str, Any]) -> None:
    system = {"_id": Project.mint_id(bytes(16)), "_creationTime": 1}
    given = system | {"name": "x", "owner_id": "a", "updated_at": 1.0} | fields
    taken = Project._at_a_glance(given)
    if taken is not None:
        judged = vars(model_of(Project).model_validate(given))
        assert {name: (type(value), value) for name, value in taken.items()} == {
            name: (type(value), value) for name, value in judged.items()
        }
