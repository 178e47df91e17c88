"""Administrators look at all rows, and change single ones."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.row_fields import APP_ONLY
from shared.schema.document import DOCUMENTS
from tests.admin.console import NAME, Console
from tests.functions.rows import Rows, furnish
from tests.support.backend import Backend


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def rows(backend: Backend) -> Rows:
    return furnish(backend.environment, "ada", "Apollo", files=3)


@pytest.fixture
def console(backend: Backend) -> Console:
    return Console.of(backend)


def all_pages(console: Console, size: int, **arguments: Any) -> list[Any]:
    found, cursor = [], None
    while True:
        page = console.page("listRows", size, cursor, **arguments)
        found += page["page"]
        if page["isDone"]:
            return found
        cursor = page["continueCursor"]


def test_the_schema_tells_of_every_table_and_function(console: Console) -> None:
    told = console.call("describe")
    assert {table["name"] for table in told["tables"]} == set(DOCUMENTS)
    functions = {function["path"]: function for function in told["functions"]}
    assert functions["projects:rename"]["arguments"]["required"] == ["id", "name"]
    assert functions["system:claimJob"]["visibility"] == "internal"
    assert "internalKey" not in functions["system:claimJob"]["arguments"]["properties"]
    files = next(table for table in told["tables"] if table["name"] == "files")
    assert {"name": "projectId", "type": 'v.id("projects")', "optional": False, "large": False} in files["fields"]
    assert {"name": "content", "type": "v.string()", "optional": True, "large": True} in files["fields"]


def test_pages_without_an_index_hold_each_row_once(backend: Backend, console: Console, rows: Rows) -> None:
    listed = [row["_id"] for row in all_pages(console, 2, table="files")]
    assert sorted(listed) == sorted(row["_id"] for row in backend.rows("files"))


def test_an_index_chooses_and_orders_rows(console: Console, rows: Rows) -> None:
    values = {"projectId": rows.project, "parentId": rows.folder}
    listed = all_pages(console, 2, table="files", index="by_project_parent", values=values, order="desc")
    assert [row["name"] for row in listed] == ["2.ts", "1.ts", "0.ts"]


def test_an_index_finds_rows_by_an_absent_field(console: Console, rows: Rows) -> None:
    values = {"projectId": rows.project, "parentId": None}
    listed = all_pages(console, 9, table="files", index="by_project_parent", values=values)
    assert {row["name"] for row in listed} == {"src", "logo.png"}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"index": "by_nothing"}, "index"),
        ({"index": "by_project", "values": {}}, "projectId"),
        ({"index": "by_project", "values": {"name": "x"}}, "name"),
    ],
)
def test_a_wrong_index_is_refused_with_what_is_wrong_named(
    console: Console, arguments: dict[str, Any], field: str
) -> None:
    options = {"numItems": 3, "cursor": None}
    assert console.refusal("listRows", table="files", paginationOpts=options, **arguments)["field"] == field


def test_of_a_large_text_only_its_beginning_is_listed_and_all_of_it_shown_alone(
    backend: Backend, console: Console, rows: Rows
) -> None:
    text = "é" * 100_000
    backend.as_user("ada").call("files:updateFile", id=rows.file, content=text)
    listed = {row["_id"]: row for row in console.page("listRows", table="files")["page"]}
    assert listed[rows.file]["content"] == {"_large": {"bytes": 200_000, "preview": "é" * 500}}
    assert console.call("getRow", id=rows.file)["document"]["content"] == text


def test_a_row_that_is_not_there_is_null(backend: Backend, console: Console, rows: Rows) -> None:
    console.call("deleteRow", id=rows.file)
    assert console.call("getRow", id=rows.file) is None


def test_a_change_is_made_and_noted(console: Console, rows: Rows) -> None:
    console.call("patchRow", id=rows.project, fields={"name": "Gemini", "description": None})
    assert console.call("getRow", id=rows.project)["document"]["name"] == "Gemini"
    (noted,) = console.page("listActions")["page"]
    assert {**noted, "at": 0} == {
        "at": 0,
        "actor": NAME,
        "action": "patchRow",
        "target": rows.project,
        "detail": "projects: description, name",
    }


def test_null_removes_an_optional_field(console: Console, rows: Rows) -> None:
    console.call("patchRow", id=rows.project, fields={"language": "python"})
    console.call("patchRow", id=rows.project, fields={"language": None})
    assert "language" not in console.call("getRow", id=rows.project)["document"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": 5}, "name"),
        ({"name": None}, "name"),
        ({"updatedAt": "yesterday"}, "updatedAt"),
        ({"importStatus": "sometimes"}, "importStatus"),
        ({"settings": {"startCommand": "make"}}, "settings"),
        ({"isPublic": 1}, "isPublic"),
        ({"nonsense": 1}, "nonsense"),
        ({"_creationTime": 1}, "_creationTime"),
        ({"pendingDeletes": []}, "pendingDeletes"),
        ({"userId": "no id"}, "userId"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field_named(
    console: Console, rows: Rows, fields: dict[str, Any], field: str
) -> None:
    told = console.refusal("patchRow", id=rows.project, fields=fields)
    assert (told["code"], told["field"]) == ("INVALID_ARGUMENT", field)
    assert f"`{field}`" in told["message"]


def test_a_reference_to_what_is_not_there_is_refused(console: Console, rows: Rows) -> None:
    fields = {"projectId": rows.project, "title": "Gone", "updatedAt": 1}
    id = console.call("insertRow", table="conversations", fields=fields)
    console.call("deleteRow", id=id)
    told = console.refusal("patchRow", id=rows.message, fields={"conversationId": id})
    assert told["field"] == "conversationId"


def test_a_row_is_inserted(console: Console, rows: Rows) -> None:
    fields = {"projectId": rows.project, "title": "By hand", "updatedAt": 1}
    id = console.call("insertRow", table="conversations", fields=fields)
    document = console.call("getRow", id=id)["document"]
    assert {name: document[name] for name in fields} == fields


def test_a_missing_field_is_named(console: Console, rows: Rows) -> None:
    told = console.refusal("insertRow", table="conversations", fields={"projectId": rows.project, "updatedAt": 1})
    assert told["field"] == "title"


def test_what_is_unique_stays_so(console: Console, rows: Rows) -> None:
    assert console.refusal("patchRow", id=rows.file, fields={"name": "1.ts"})["code"] == "CONFLICT"


@pytest.mark.parametrize("fields", [{"parentId": None}, {"type": "folder"}, {"storageId": None}])
def test_what_other_rows_were_decided_on_cannot_be_changed(
    console: Console, rows: Rows, fields: dict[str, Any]
) -> None:
    assert console.refusal("patchRow", id=rows.file, fields=fields)["field"] in fields


@pytest.mark.parametrize("table", sorted(document.table_name() for document in APP_ONLY))
def test_tables_that_only_the_app_writes_are_not_written(
    backend: Backend, console: Console, rows: Rows, table: str
) -> None:
    console.call("note", action="exist")
    assert console.refusal("insertRow", table=table, fields={})["code"] == "INVALID_ARGUMENT"
    for row in backend.rows(table):
        assert console.refusal("patchRow", id=row["_id"], fields={})["code"] == "INVALID_ARGUMENT"
        assert console.refusal("deleteRow", id=row["_id"])["code"] == "INVALID_ARGUMENT"


def test_a_project_is_deleted_as_its_owner_would(backend: Backend, console: Console, rows: Rows) -> None:
    console.call("deleteRow", id=rows.project)
    assert [row["root"] for row in backend.rows("deletions")] == [rows.project]
    assert [job["status"] for job in backend.rows("jobs")] == ["cancelled"]


def test_a_folder_is_deleted_with_what_is_in_it(backend: Backend, console: Console, rows: Rows) -> None:
    console.call("deleteRow", id=rows.folder)
    assert [row["name"] for row in backend.rows("files")] == ["logo.png"]


def test_a_conversation_is_deleted_with_its_messages(backend: Backend, console: Console, rows: Rows) -> None:
    console.call("deleteRow", id=rows.conversation)
    assert backend.rows("messages") == []


def test_every_mutation_notes_what_it_does_in_its_transaction(backend: Backend, console: Console, rows: Rows) -> None:
    console.call("patchRow", id=rows.project, fields={"name": "Gemini"})
    console.call("deleteRow", id=rows.file)
    console.call("deleteRow", id=rows.conversation)
    id = console.call("insertRow", table="projects", fields={"name": "x", "ownerId": "ada", "updatedAt": 1})
    console.call("deleteRow", id=id)
    noted = [(action["action"], action["target"]) for action in console.page("listActions")["page"]]
    assert noted == [
        ("deleteRow", id),
        ("insertRow", id),
        ("deleteRow", rows.conversation),
        ("deleteRow", rows.file),
        ("patchRow", rows.project),
    ]
    assert len(backend.rows("adminActions")) == len(noted)
