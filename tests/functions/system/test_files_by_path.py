from __future__ import annotations

from typing import Any

import pytest

from shared.domain.paths import MAX_DEPTH
from shared.errors import Conflict, InvalidArgument, NotFound, ValueTooLarge
from tests.functions.callers import Client
from tests.runtime.backend import ORIGIN
from tests.support.backend import Backend


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def server(backend: Backend) -> Client:
    return backend.internal()


@pytest.fixture
def project(backend: Backend) -> str:
    id_: str = backend.as_user("ada").call("projects:create", name="one")
    return id_


def write(server: Client, project: str, path: str, content: str = "") -> str:
    id_: str = server.call("system:writeFileByPath", projectId=project, path=path, content=content)
    return id_


def read(server: Client, project: str, path: str) -> Any:
    return server.call("system:readFileByPath", projectId=project, path=path)


def structure(server: Client, project: str) -> list[str]:
    text: str = server.call("system:getProjectStructure", projectId=project)
    return text.split("\n")


def test_a_file_is_written_with_its_folders_in_one_transaction(
    backend: Backend, server: Client, project: str
) -> None:
    before = len(backend.rows("commits"))
    id_ = write(server, project, "/src/lib//a.ts", "let a")
    assert len(backend.rows("commits")) == before + 1
    assert read(server, project, "src/lib/a.ts") == {"name": "a.ts", "content": "let a"}
    path = backend.as_user("ada").call("files:getFilePath", id=id_)
    assert [part["name"] for part in path] == ["src", "lib", "a.ts"]


def test_a_file_written_again_is_the_same_file_with_the_new_text(server: Client, project: str) -> None:
    id_ = write(server, project, "src/a.ts", "one")
    assert write(server, project, "src/a.ts", "two") == id_
    assert read(server, project, "src/a.ts")["content"] == "two"
    assert len(server.call("system:getProjectFiles", projectId=project)) == 2


def test_a_file_can_be_written_at_any_depth_that_a_path_can_have(server: Client, project: str) -> None:
    path = "/".join(f"d{number}" for number in range(MAX_DEPTH))
    id_ = write(server, project, path, "deep")
    assert write(server, project, path, "deeper") == id_
    assert read(server, project, path)["content"] == "deeper"
    assert structure(server, project) == [path]
    with pytest.raises(InvalidArgument, match="it has 65 names"):
        write(server, project, f"{path}/too-deep")
    server.call("system:deleteFileByPath", projectId=project, path="d0")
    assert server.call("system:getProjectFiles", projectId=project) == []


def test_a_file_cannot_stand_where_a_folder_should_or_the_reverse(server: Client, project: str) -> None:
    write(server, project, "src/a.ts")
    with pytest.raises(Conflict, match=r"^Invalid file path$"):
        write(server, project, "src/a.ts/b")
    with pytest.raises(Conflict, match="A folder with this name already exists in this location"):
        write(server, project, "src")
    assert structure(server, project) == ["src/a.ts"]


@pytest.mark.parametrize("path", ["", "/", "../a", "a/../b", "./a", "a\0", f"a/{'x' * 256}"])
def test_a_path_that_leads_nowhere_changes_nothing(server: Client, project: str, path: str) -> None:
    with pytest.raises(InvalidArgument, match=r"^Invalid file path"):
        write(server, project, path)
    assert server.call("system:getProjectFiles", projectId=project) == []


def test_a_text_that_is_too_large_makes_no_folders(server: Client, project: str) -> None:
    with pytest.raises(ValueTooLarge):
        write(server, project, "a/" * 40 + "b", "x" * (2**20 + 1))
    assert server.call("system:getProjectFiles", projectId=project) == []


@pytest.mark.parametrize("path", ["", "src", "missing", "src/missing", "src/a.ts/b"])
def test_what_is_no_file_is_read_as_null(server: Client, project: str, path: str) -> None:
    write(server, project, "src/a.ts")
    assert read(server, project, path) is None


def test_a_binary_file_is_read_without_text(backend: Backend, server: Client, project: str) -> None:
    _, answer = backend.post(server.call("system:generateUploadUrl"), b"\xff")
    place = {"projectId": project, "name": "logo.png"}
    server.call("system:createBinaryFile", **place, storageId=answer["storageId"])
    assert read(server, project, "logo.png") == {"name": "logo.png"}


def test_what_stands_at_a_path_is_deleted_with_all_below(server: Client, project: str) -> None:
    for path in ("src/a.ts", "src/lib/b.ts", "c.ts"):
        write(server, project, path)
    assert server.call("system:deleteFileByPath", projectId=project, path="/src/") is None
    assert structure(server, project) == ["c.ts"]


@pytest.mark.parametrize("path", ["", "/", "missing", "src/missing", "src/a.ts/b"])
def test_what_is_not_there_cannot_be_deleted(server: Client, project: str, path: str) -> None:
    write(server, project, "src/a.ts")
    with pytest.raises(NotFound, match="File not found"):
        server.call("system:deleteFileByPath", projectId=project, path=path)
    assert structure(server, project) == ["src/a.ts"]


def test_a_folder_is_listed_folders_first_and_by_name(server: Client, project: str) -> None:
    for path in ("src/b.ts", "src/a.ts", "src/zoo/c.ts", "root.ts"):
        write(server, project, path)

    def listed(path: str) -> Any:
        return server.call("system:listFilesByPath", projectId=project, path=path)

    assert listed("src") == [
        {"name": "zoo", "type": "folder"},
        {"name": "a.ts", "type": "file"},
        {"name": "b.ts", "type": "file"},
    ]
    assert [entry["name"] for entry in listed("")] == ["src", "root.ts"]
    assert listed("src/a.ts") == listed("missing") == listed("src/missing") == []


def test_the_structure_of_a_project_is_its_sorted_file_paths(server: Client, project: str) -> None:
    assert server.call("system:getProjectStructure", projectId=project) == ""
    for path in ("src/b.ts", "a.ts", "src/B.ts"):
        write(server, project, path)
    server.call("system:createFolder", projectId=project, name="empty")
    assert server.call("system:getProjectStructure", projectId=project) == "a.ts\nsrc/B.ts\nsrc/b.ts"


def test_all_files_are_listed_by_path_binary_ones_with_where_they_are_served(
    backend: Backend, server: Client, project: str
) -> None:
    write(server, project, "src/a.ts", "let a")
    _, answer = backend.post(server.call("system:generateUploadUrl"), b"\xff")
    storage_id = answer["storageId"]
    server.call("system:createBinaryFile", projectId=project, name="logo.png", storageId=storage_id)
    [key] = backend.s3.objects
    assert server.call("system:getAllProjectFiles", projectId=project) == [
        {"path": "src", "type": "folder"},
        {"path": "src/a.ts", "type": "file", "content": "let a"},
        {"path": "logo.png", "type": "file", "storageId": storage_id, "storageUrl": f"{ORIGIN}/{key}"},
    ]
    with_urls = server.call("system:getProjectFilesWithUrls", projectId=project)
    assert [(file["name"], file["storageUrl"]) for file in with_urls] == [
        ("src", None),
        ("a.ts", None),
        ("logo.png", f"{ORIGIN}/{key}"),
    ]
