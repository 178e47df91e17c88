"""Documents as plain values by their wire names."""

from __future__ import annotations

from shared.schema.tables import Project, ProjectSettings, ToolCall
from shared.schema.wire import plain

PROJECT = Project.model_validate(
    {
        "_id": Project.mint_id(bytes(16)),
        "_creationTime": 1.5,
        "_version": "secret",
        "name": "x",
        "owner_id": "ada",
        "updated_at": 2.0,
        "settings": ProjectSettings(dev_command="npm run dev"),
        "pending_deletes": ["folder"],
    }
)


def test_a_document_has_its_wire_names_and_neither_its_version_nor_absent_or_excluded_fields() -> None:
    assert plain(PROJECT) == {
        "_id": PROJECT.id,
        "_creationTime": 1.5,
        "name": "x",
        "ownerId": "ada",
        "updatedAt": 2.0,
        "settings": {"devCommand": "npm run dev"},
    }


def test_documents_inside_lists_and_objects_are_turned_too() -> None:
    assert plain({"page": (PROJECT,)})["page"][0]["ownerId"] == "ada"


def test_null_in_a_required_field_is_a_value() -> None:
    assert plain(ToolCall(id="1", name="list", args=None)) == {"id": "1", "name": "list", "args": None}
