"""`polaris data`: what is in the tables, through the data layer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.cli.rows import SHORT_CHARACTERS
from shared.schema.platform import all_tables
from tests.cli.command import deployment_of, lines, polaris
from tests.support.backend import Backend

LONG = "x" * 400_000


class Described:
    """DynamoDB as far as it tells how many rows it last counted; it does not know `jobs` yet."""

    def describe_table(self, TableName: str) -> dict[str, Any]:  # noqa: N803 - botocore's names
        if TableName == "polaris-test-jobs":
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "DescribeTable")
        return {"Table": {"ItemCount": 1234}}


@pytest.fixture
def backend() -> Backend:
    made = Backend()
    ada = made.as_user("ada")
    for name in ("Apollo", "Borealis", "Ceres"):
        project = ada.call("projects:create", name=name)
    ada.call("files:createFile", projectId=project, name="short.txt", content="hi")
    ada.call("files:createFile", projectId=project, name="long.txt", content=LONG)
    return made


def rows(backend: Backend, *arguments: str) -> list[dict[str, Any]]:
    """Return the rows that a command writes as JSON lines."""
    result = polaris("data", *arguments, "--format", "jsonl", deployment=deployment_of(backend))
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_all_tables_are_listed_with_dynamodbs_counts(backend: Backend) -> None:
    result = polaris("data", deployment=deployment_of(backend, dynamodb=Described()))
    listed = {line.split()[0]: line for line in lines(result.stdout)[2:]}
    assert listed.keys() == {table.name for table in all_tables()}
    assert "1,234" in listed["files"]
    assert "no such table yet" in listed["jobs"]
    assert "every six hours" in result.stderr


def test_documents_can_be_counted(backend: Backend) -> None:
    result = polaris("data", "--count", deployment=deployment_of(backend))
    listed = {line.split()[0]: line.split()[1] for line in lines(result.stdout)[2:]}
    assert (listed["projects"], listed["files"], listed["messages"]) == ("3", "2", "0")
    assert "Documents (counted)" in result.stdout


def test_rows_are_shown_as_a_table(backend: Backend) -> None:
    result = polaris("data", "projects", deployment=deployment_of(backend))
    heading = lines(result.stdout)[0].split()
    assert heading[:4] == ["_id", "_creationTime", "name", "ownerId"]
    assert all(row["_id"] in result.stdout for row in backend.rows("projects"))


def test_a_narrow_terminal_shows_whole_ids_and_times_and_some_of_long_text(backend: Backend) -> None:
    result = polaris("data", "files", deployment=deployment_of(backend), env={"COLUMNS": "130"})
    heading, _, *rows = lines(result.stdout)
    assert heading.split() == ["_id", "_creationTime", "projectId", "name", "type", "updatedAt", "content"]
    assert {row.split()[0] for row in rows} == {row["_id"] for row in backend.rows("files")}
    assert all(len(line) <= 130 for line in result.stdout.splitlines())


@pytest.mark.parametrize(("order", "names"), [("asc", ["Apollo", "Borealis"]), ("desc", ["Ceres", "Borealis"])])
def test_a_range_of_an_index_comes_in_its_order(backend: Backend, order: str, names: list[str]) -> None:
    found = rows(
        backend, "projects", "--index", "by_owner", "--where", "ownerId=ada", "--order", order, "--limit", "2"
    )
    assert [row["name"] for row in found] == names


def test_an_absent_field_of_an_index_is_null(backend: Backend) -> None:
    project = rows(backend, "files")[0]["projectId"]
    where = ("--where", f"projectId={project}", "--where", "parentId=null")
    assert len(rows(backend, "files", "--index", "by_project_parent", *where)) == 2


def test_a_unique_key_finds_its_holder(backend: Backend) -> None:
    (user,) = rows(backend, "users", "--index", "by_stack_user", "--where", "stackUserId=ada")
    assert user["stackUserId"] == "ada"
    assert rows(backend, "users", "--index", "by_stack_user", "--where", "stackUserId=eve") == []


def test_no_more_rows_come_than_were_asked_for(backend: Backend) -> None:
    assert len(rows(backend, "projects", "--limit", "2")) == 2


def test_rows_of_the_platform_are_shown_too(backend: Backend) -> None:
    assert rows(backend, "commits", "--limit", "1")[0]["key"]


def test_long_text_is_shortened_and_text_outside_rows_is_not_read(backend: Backend) -> None:
    contents = {row["name"]: row["content"] for row in rows(backend, "files")}
    assert contents == {"short.txt": "hi", "long.txt": "(400,000 bytes outside the row; --full shows them)"}


def test_all_of_it_is_shown_if_asked_for(backend: Backend) -> None:
    assert {row["content"] for row in rows(backend, "files", "--full")} == {"hi", LONG}


def test_long_text_within_a_row_says_how_long_it_is() -> None:
    backend = Backend()
    backend.as_user("ada").call("projects:create", name="Apollo")
    (row,) = backend.rows("projects")
    row["description"] = "d" * 1000
    assert rows(backend, "projects")[0]["description"].startswith("d" * SHORT_CHARACTERS + "… (1,000 characters")


def test_one_document_is_shown_as_json(backend: Backend) -> None:
    id_ = backend.rows("projects")[0]["_id"]
    result = polaris("data", "projects", "--id", id_, deployment=deployment_of(backend))
    assert json.loads(result.stdout)["_id"] == id_


def test_a_document_that_is_not_there_is_told(backend: Backend) -> None:
    result = polaris("data", "projects", "--id", "x", deployment=deployment_of(backend))
    assert (result.exit_code, lines(result.stderr)) == (1, ["projects has no row x"])


def test_an_empty_table_says_so() -> None:
    result = polaris("data", "projects", deployment=deployment_of(Backend()))
    assert (result.exit_code, result.stdout, lines(result.stderr)) == (0, "", ["No rows"])
