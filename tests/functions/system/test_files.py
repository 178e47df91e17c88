from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, InvalidArgument, NotFound, ValueTooLarge
from tests.functions.callers import Client


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


def create_files(server: Client, project: str, *names: str, **more: Any) -> list[dict[str, str]]:
    files = [{"name": name, "content": f"content of {name}"} for name in names]
    answers: list[dict[str, str]] = server.call("system:createFiles", projectId=project, files=files, **more)
    return answers


def named(files: list[dict[str, Any]]) -> list[str]:
    return [file["name"] for file in files]


def test_a_file_and_a_folder_are_created_as_their_owner_would(server: Client, ada: Client, project: str) -> None:
    folder = server.call("system:createFolder", projectId=project, name="src")
    place = {"projectId": project, "parentId": folder, "name": "a"}
    file = server.call("system:createFile", **place, content="x")
    assert ada.call("files:getFile", id=file)["parentId"] == folder
    with pytest.raises(Conflict, match="File already exists"):
        server.call("system:createFile", **place, content="x")
    with pytest.raises(Conflict, match="Folder already exists"):
        server.call("system:createFolder", projectId=project, name="src")


@pytest.mark.parametrize("count", [0, 1, 30, 31, 100])
def test_any_number_of_files_is_created_at_once(server: Client, ada: Client, project: str, count: int) -> None:
    names = [f"f{number}" for number in range(count)]
    created = create_files(server, project, *names)
    files = ada.call("files:getFiles", projectId=project)
    assert created == [{"name": file["name"], "fileId": file["_id"]} for file in files]
    assert [file["content"] for file in files] == [f"content of {name}" for name in names]


def test_a_name_that_is_taken_is_told_beside_the_files_that_were_created(server: Client, project: str) -> None:
    [existing] = create_files(server, project, "b")
    folder = server.call("system:createFolder", projectId=project, name="d")
    a, b, twin, c, d = create_files(server, project, "a", "b", "a", "c", "d")
    assert b == existing | {"error": "File already exists"}
    assert twin == a | {"error": "File already exists"}
    assert d == {
        "name": "d",
        "fileId": folder,
        "error": "A folder with this name already exists in this location",
    }
    assert "error" not in c
    assert len(server.call("system:getProjectFiles", projectId=project)) == 4


@pytest.mark.parametrize(
    ("file", "error"),
    [
        ({"name": "a/b", "content": ""}, InvalidArgument),
        ({"name": "", "content": ""}, InvalidArgument),
        ({"name": "large", "content": "x" * (2**20 + 1)}, ValueTooLarge),
    ],
)
def test_nothing_is_created_when_one_of_many_files_cannot_be(
    server: Client, project: str, file: dict[str, str], error: type[Exception]
) -> None:
    files = [*({"name": f"f{number}", "content": ""} for number in range(50)), file]
    with pytest.raises(error):
        server.call("system:createFiles", projectId=project, files=files)
    assert server.call("system:getProjectFiles", projectId=project) == []


def test_files_are_created_only_in_a_folder_of_the_project(server: Client, ada: Client, project: str) -> None:
    folder = server.call("system:createFolder", projectId=project, name="src")
    [file] = create_files(server, project, "a", parentId=folder)
    other = ada.call("projects:create", name="two")
    with pytest.raises(NotFound, match="Parent folder not found"):
        create_files(server, other, "a", parentId=folder)
    with pytest.raises(InvalidArgument, match="Parent is not a folder"):
        create_files(server, project, "a", parentId=file["fileId"])
    ada.call("projects:deleteProject", id=other)
    with pytest.raises(NotFound, match="Project not found"):
        create_files(server, other)


def test_a_file_is_found_by_id_in_its_project_or_is_null(server: Client, ada: Client, project: str) -> None:
    [created] = create_files(server, project, "a")
    other = ada.call("projects:create", name="two")
    found = server.call("system:getFileById", fileId=created["fileId"])
    assert found["content"] == "content of a"
    assert server.call("system:getFileById", fileId=created["fileId"], projectId=project) == found
    assert server.call("system:getFileById", fileId=created["fileId"], projectId=other) is None
    server.call("system:deleteFile", fileId=created["fileId"])
    assert server.call("system:getFileById", fileId=created["fileId"]) is None


def test_changes_of_a_file_answer_its_id(server: Client, project: str) -> None:
    [created] = create_files(server, project, "a")
    id_ = created["fileId"]
    assert server.call("system:updateFile", fileId=id_, content="new") == id_
    assert server.call("system:renameFile", fileId=id_, newName="b") == id_
    file = server.call("system:getFileById", fileId=id_)
    assert (file["name"], file["content"]) == ("b", "new")
    assert server.call("system:deleteFile", fileId=id_) == id_


def test_a_name_that_is_taken_cannot_be_given(server: Client, project: str) -> None:
    create_files(server, project, "a")
    folder = server.call("system:createFolder", projectId=project, name="src")
    with pytest.raises(Conflict) as refused:
        server.call("system:renameFile", fileId=folder, newName="a")
    assert refused.value.message == 'A folder named "a" already exists'


def test_a_folder_cannot_be_saved_to(server: Client, project: str) -> None:
    folder = server.call("system:createFolder", projectId=project, name="src")
    with pytest.raises(InvalidArgument, match="Cannot update a folder"):
        server.call("system:updateFile", fileId=folder, content="")


@pytest.mark.parametrize(
    ("function", "more"), [("updateFile", {"content": ""}), ("renameFile", {"newName": "b"}), ("deleteFile", {})]
)
def test_a_file_that_is_gone_is_said_to_be_missing(
    server: Client, project: str, function: str, more: dict[str, str]
) -> None:
    [created] = create_files(server, project, "a")
    server.call("system:deleteFile", fileId=created["fileId"])
    with pytest.raises(NotFound, match="File not found"):
        server.call(f"system:{function}", fileId=created["fileId"], **more)


def test_a_servers_change_of_a_file_changes_the_time_of_its_project(
    server: Client, ada: Client, project: str
) -> None:
    [created] = create_files(server, project, "a")
    before = ada.call("projects:getById", id=project)["updatedAt"]
    ada.wait(2)
    server.call("system:updateFile", fileId=created["fileId"], content="")
    assert ada.call("projects:getById", id=project)["updatedAt"] >= before + 2000


def test_all_files_are_listed_with_their_contents_large_ones_too(server: Client, project: str) -> None:
    large = "ü" * 300_000
    server.call("system:createFile", projectId=project, name="large", content=large)
    create_files(server, project, "small")
    files = server.call("system:getProjectFiles", projectId=project)
    assert [file["content"] for file in files] == [large, "content of small"]


@pytest.mark.parametrize(
    "function",
    ["getProjectFiles", "getProjectFilesWithUrls", "getAllProjectFiles", "getProjectStructure", "cleanup"],
)
def test_a_project_that_is_gone_is_said_to_be_missing(
    server: Client, ada: Client, project: str, function: str
) -> None:
    ada.call("projects:deleteProject", id=project)
    with pytest.raises(NotFound, match="Project not found"):
        server.call(f"system:{function}", projectId=project)
