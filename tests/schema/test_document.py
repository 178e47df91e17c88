"""Documents: how their classes are declared, and what a document accepts."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from shared.schema.document import DOCUMENTS, Document
from shared.schema.spilled import Spilled
from shared.schema.tables import File, Project

PROJECT = Project.mint_id(bytes(16))


def project(**fields: Any) -> Project:
    given = {"_id": PROJECT, "_creationTime": 1.0, "name": "x", "owner_id": "ada", "updated_at": 1.0}
    return Project.model_validate(given | fields)


@pytest.mark.parametrize(("table", "number"), [("projects", 1_000_000), ("something else", Project.number)])
def test_a_table_name_or_number_that_is_taken_is_refused(table: str, number: int) -> None:
    with pytest.raises(TypeError, match="already taken"):

        class Again(Document, table=table, number=number):
            """A second table."""

    assert DOCUMENTS["projects"] is Project
    assert "something else" not in DOCUMENTS


def test_fields_are_given_by_python_or_by_wire_name() -> None:
    assert project(exportRepoUrl="u") == project(export_repo_url="u")


def test_a_field_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        project(colour="red")


def test_a_required_field_is_required() -> None:
    with pytest.raises(ValidationError, match="owner_id"):
        project(owner_id=None)


def test_a_value_outside_a_fields_literals_is_refused() -> None:
    with pytest.raises(ValidationError, match="import_status"):
        project(import_status="done")


def test_a_document_cannot_be_changed_in_place() -> None:
    with pytest.raises(AttributeError, match="frozen"):
        project().name = "y"  # type: ignore[misc]  # that is the point


def test_stored_names_are_camel_case_and_those_of_the_system_begin_with_an_underscore() -> None:
    names = [Project.stored_name(field) for field in ("id", "creation_time", "version", "export_repo_url")]
    assert names == ["_id", "_creationTime", "_version", "exportRepoUrl"]


def test_only_text_and_tool_calls_may_live_outside_their_row() -> None:
    spilling = {
        f"{document.table_name()}.{field}"
        for document in DOCUMENTS.values()
        for field in document.model_fields
        if document.can_spill(field)
    }
    assert spilling == {"files.content", "messages.content", "messages.tool_calls"}


def test_a_pointer_stands_for_the_text_of_a_field_that_may_spill() -> None:
    pointer = Spilled(PROJECT, "content", "key", "digest", 17_000, is_json=False)
    fields = {"_id": File.mint_id(bytes(16)), "_creationTime": 1, "project_id": PROJECT, "updated_at": 1}
    assert File.model_validate(fields | {"name": "a", "type": "file", "content": pointer}).content == pointer


def test_minted_ids_are_tagged_with_their_table() -> None:
    assert len({str(document.mint_id(bytes(16))) for document in DOCUMENTS.values()}) == len(DOCUMENTS)
