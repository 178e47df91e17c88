from __future__ import annotations

from typing import Any

import pytest

from shared.domain.paths import MAX_DEPTH
from shared.errors import Conflict, Forbidden, InvalidArgument, NotFound, Unauthenticated, ValueTooLarge
from tests.functions.callers import Client


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


@pytest.fixture
def src(ada: Client, project: str) -> str:
    id_: str = ada.call("files:createFolder", projectId=project, name="src")
    return id_


def create(client: Client, project: str, *names: str, **more: Any) -> list[str]:
    return [client.call("files:createFile", projectId=project, name=n, content="", **more) for n in names]


def named(files: list[dict[str, Any]]) -> list[str]:
    return [file["name"] for file in files]


def nest(client: Client, project: str, levels: int) -> str:
    """Create folders, each in the one before, and return the innermost."""
    folder: str | None = None
    for _ in range(levels):
        folder = client.call("files:createFolder", projectId=project, parentId=folder, name="in")
    assert folder is not None
    return folder


def test_a_created_file_is_found_by_id_with_its_content(ada: Client, project: str, src: str) -> None:
    arguments = {"projectId": project, "parentId": src, "name": "a.ts", "content": "let a"}
    file = ada.call("files:getFile", id=ada.call("files:createFile", **arguments))
    assert {name: file[name] for name in arguments} == arguments
    assert set(file) == {*arguments, "_id", "_creationTime", "type", "updatedAt"}
    assert file["type"] == "file"


def test_a_folder_has_no_content_and_at_the_root_no_parent(ada: Client, src: str) -> None:
    folder = ada.call("files:getFile", id=src)
    assert set(folder) == {"_id", "_creationTime", "projectId", "name", "type", "updatedAt"}


@pytest.mark.parametrize("size", [0, 16 * 1024, 16 * 1024 + 1, 400 * 1024, 401 * 1024, 1024 * 1024])
def test_a_text_of_up_to_one_mebibyte_comes_back_as_it_was(ada: Client, project: str, size: int) -> None:
    text = ("ü\n\u0000\u2028" * size)[: size // 2].encode()[:size].decode(errors="ignore")
    text += "x" * (size - len(text.encode()))
    id_ = ada.call("files:createFile", projectId=project, name="a", content=text)
    assert ada.call("files:getFile", id=id_)["content"] == text


def test_a_text_above_one_mebibyte_is_refused(ada: Client, project: str) -> None:
    with pytest.raises(ValueTooLarge, match="1048577 bytes > maximum size 1048576"):
        ada.call("files:createFile", projectId=project, name="a", content="x" * (2**20 + 1))


def test_all_files_are_listed_in_the_order_in_which_they_were_created(ada: Client, project: str, src: str) -> None:
    create(ada, project, "b.ts", "a.ts", parentId=src)
    create(ada, project, "readme")
    files = ada.call("files:getFiles", projectId=project)
    assert named(files) == ["src", "b.ts", "a.ts", "readme"]
    assert [file.get("content") for file in files] == [None, "", "", ""]
    assert ada.call("files:list", projectId=project) == files


def test_a_list_shows_nothing_to_those_whom_the_project_is_not(
    ada: Client, bob: Client, anonymous: Client, project: str, src: str
) -> None:
    assert named(ada.call("files:list", projectId=project)) == ["src"]
    assert bob.call("files:list", projectId=project) == []
    assert anonymous.call("files:list", projectId=project) == []
    with pytest.raises(Forbidden):
        bob.call("files:getFiles", projectId=project)
    with pytest.raises(Unauthenticated):
        anonymous.call("files:getFiles", projectId=project)


def test_a_folder_is_listed_folders_first_and_by_name(ada: Client, project: str, src: str) -> None:
    create(ada, project, "b.ts", "B.ts", "_b", "10", "é.ts", "f.ts")
    ada.call("files:createFolder", projectId=project, name="zoo")
    contents = ada.call("files:getFolderContents", projectId=project)
    assert named(contents) == ["src", "zoo", "_b", "10", "b.ts", "B.ts", "é.ts", "f.ts"]
    assert ada.call("files:getFolderContent", projectId=project) == contents


def test_a_folder_that_is_listed_shows_only_what_is_in_it(ada: Client, project: str, src: str) -> None:
    create(ada, project, "root.ts")
    create(ada, project, "a.ts", parentId=src)
    assert named(ada.call("files:getFolderContents", projectId=project, parentId=src)) == ["a.ts"]
    assert ada.call("files:getFolderContents", projectId=project, parentId=None) == ada.call(
        "files:getFolderContents", projectId=project
    )


def test_a_listed_folder_leaves_large_contents_out(ada: Client, project: str) -> None:
    for name, size in (("large", 20_000), ("small", 5)):
        ada.call("files:createFile", projectId=project, name=name, content="x" * size)
    large, small = ada.call("files:getFolderContents", projectId=project)
    assert ("content" in large, small["content"]) == (False, "xxxxx")


def test_a_folder_that_is_gone_has_no_contents(ada: Client, project: str, src: str) -> None:
    ada.call("files:deleteFile", id=src)
    assert ada.call("files:getFolderContents", projectId=project, parentId=src) == []


def test_the_path_of_a_file_leads_from_the_root_to_it(ada: Client, project: str, src: str) -> None:
    lib = ada.call("files:createFolder", projectId=project, parentId=src, name="lib")
    [file] = create(ada, project, "a.ts", parentId=lib)
    expected = [{"_id": src, "name": "src"}, {"_id": lib, "name": "lib"}, {"_id": file, "name": "a.ts"}]
    assert ada.call("files:getFilePath", id=file) == expected
    assert ada.call("files:getFilePath", id=src) == expected[:1]


@pytest.mark.parametrize(
    ("existing", "wanted", "message"),
    [
        ("file", "file", "File already exists"),
        ("folder", "folder", "Folder already exists"),
        ("folder", "file", "A folder with this name already exists in this location"),
        ("file", "folder", "A file with this name already exists in this location"),
    ],
)
def test_a_name_is_taken_once_in_a_folder_whatever_the_type(
    ada: Client, project: str, existing: str, wanted: str, message: str
) -> None:
    ada.call("files:create", projectId=project, name="a", type=existing)
    with pytest.raises(Conflict) as refused:
        ada.call("files:create", projectId=project, name="a", type=wanted)
    assert refused.value.message == message
    assert len(ada.call("files:getFiles", projectId=project)) == 1


def test_a_name_can_be_used_again_elsewhere_and_in_another_case(ada: Client, project: str, src: str) -> None:
    create(ada, project, "a", "A")
    create(ada, project, "a", parentId=src)
    assert len(ada.call("files:getFiles", projectId=project)) == 4


def test_nothing_can_be_put_into_a_file(ada: Client, project: str) -> None:
    [file] = create(ada, project, "a")
    with pytest.raises(InvalidArgument, match="Parent is not a folder"):
        create(ada, project, "b", parentId=file)


def test_nothing_can_be_put_into_a_folder_of_another_project(ada: Client, project: str, src: str) -> None:
    other = ada.call("projects:create", name="two")
    for function, more in (("createFile", {"content": ""}), ("createFolder", {}), ("writeFile", {"content": ""})):
        with pytest.raises(NotFound, match="Parent folder not found"):
            ada.call(f"files:{function}", projectId=other, parentId=src, name="a", **more)
    with pytest.raises(NotFound, match="Parent folder not found"):
        ada.call("files:getFolderContents", projectId=other, parentId=src)


def test_folders_can_be_nested_so_deep_that_a_file_in_them_still_has_a_path(ada: Client, project: str) -> None:
    innermost = nest(ada, project, MAX_DEPTH - 1)
    [file] = create(ada, project, "a", parentId=innermost)
    assert len(ada.call("files:getFilePath", id=file)) == MAX_DEPTH
    with pytest.raises(InvalidArgument, match="Folders cannot be nested deeper than 63 levels"):
        ada.call("files:createFolder", projectId=project, parentId=innermost, name="in")


def test_creating_with_a_path_makes_the_folders_above(ada: Client, project: str, src: str) -> None:
    file = ada.call("files:create", projectId=project, name="a.ts", path="/src/lib/a.ts", language="typescript")
    assert [part["name"] for part in ada.call("files:getFilePath", id=file)] == ["src", "lib", "a.ts"]
    assert ada.call("files:getFile", id=file)["content"] == ""
    with pytest.raises(InvalidArgument, match="Invalid file path: it does not end in the name"):
        ada.call("files:create", projectId=project, name="a.ts", path="/src/lib/b.ts")


def test_a_path_cannot_lead_through_a_file(ada: Client, project: str) -> None:
    create(ada, project, "src")
    with pytest.raises(Conflict, match="Invalid file path"):
        ada.call("files:create", projectId=project, name="a.ts", path="/src/a.ts")


def test_writing_a_file_creates_it_or_replaces_its_text(ada: Client, project: str, src: str) -> None:
    arguments = {"projectId": project, "parentId": src, "name": "a.ts"}
    file = ada.call("files:writeFile", **arguments, content="one")
    assert ada.call("files:writeFile", **arguments, content="two") == file
    assert ada.call("files:getFile", id=file)["content"] == "two"


def test_a_folder_is_not_overwritten_by_a_file(ada: Client, project: str, src: str) -> None:
    with pytest.raises(Conflict, match="A folder with this name already exists in this location"):
        ada.call("files:writeFile", projectId=project, name="src", content="")


def test_a_file_is_renamed_and_its_old_name_is_free(ada: Client, project: str) -> None:
    [file] = create(ada, project, "a")
    ada.wait(1)
    before = ada.call("files:getFile", id=file)
    assert ada.call("files:renameFile", id=file, newName="b") is None
    after = ada.call("files:getFile", id=file)
    assert after["updatedAt"] > before["updatedAt"]
    assert after == before | {"name": "b", "updatedAt": after["updatedAt"]}
    create(ada, project, "a")


@pytest.mark.parametrize("type_", ["file", "folder"])
def test_a_name_that_is_taken_cannot_be_given(ada: Client, project: str, src: str, type_: str) -> None:
    entry = ada.call("files:create", projectId=project, name="a", type=type_)
    with pytest.raises(Conflict) as refused:
        ada.call("files:renameFile", id=entry, newName="src")
    assert refused.value.message == f"A {type_} with this name already exists in this location"


def test_a_file_can_be_given_the_name_it_has(ada: Client, project: str) -> None:
    [file] = create(ada, project, "a")
    ada.call("files:renameFile", id=file, newName="a")
    assert ada.call("files:getFile", id=file)["name"] == "a"


@pytest.mark.parametrize("name", ["", "/", "..", "a\0"])
def test_a_name_that_cannot_be_cannot_be_given(ada: Client, src: str, name: str) -> None:
    with pytest.raises(InvalidArgument):
        ada.call("files:renameFile", id=src, newName=name)


def test_saving_replaces_the_content(ada: Client, project: str) -> None:
    [file] = create(ada, project, "a")
    assert ada.call("files:updateFile", id=file, content="new") is None
    assert ada.call("files:getFile", id=file)["content"] == "new"


def test_a_folder_cannot_be_saved_to(ada: Client, src: str) -> None:
    with pytest.raises(InvalidArgument, match="Cannot update a folder"):
        ada.call("files:updateFile", id=src, content="")


def test_a_save_can_demand_that_the_file_is_as_it_was_read(ada: Client, project: str) -> None:
    [file] = create(ada, project, "a")
    read_at = ada.call("files:getFile", id=file)["updatedAt"]
    ada.call("files:updateFile", id=file, content="mine", expectedUpdatedAt=read_at)
    with pytest.raises(Conflict, match="The file has changed since it was read"):
        ada.call("files:updateFile", id=file, content="late", expectedUpdatedAt=read_at)
    assert ada.call("files:getFile", id=file)["content"] == "mine"


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("createFile", {"projectId": "project", "name": "new", "content": ""}),
        ("createFolder", {"projectId": "project", "name": "new"}),
        ("writeFile", {"projectId": "project", "name": "file", "content": ""}),
        ("updateFile", {"id": "file", "content": ""}),
        ("renameFile", {"id": "file", "newName": "new"}),
        ("deleteFile", {"id": "file"}),
    ],
)
def test_a_change_of_a_file_changes_the_time_of_its_project(
    ada: Client, project: str, function: str, arguments: dict[str, str]
) -> None:
    [file] = create(ada, project, "file")
    ids = {"projectId": project, "id": file}
    before = ada.call("projects:getById", id=project)["updatedAt"]
    ada.wait(2)
    ada.call(f"files:{function}", **{name: ids.get(name, value) for name, value in arguments.items()})
    assert ada.call("projects:getById", id=project)["updatedAt"] >= before + 2000


def test_a_file_that_is_gone_is_said_to_be_missing(ada: Client, project: str) -> None:
    [file] = create(ada, project, "a")
    assert ada.call("files:deleteFile", id=file) is None
    for function, more in (
        ("getFile", {}),
        ("getFilePath", {}),
        ("getDownloadUrl", {}),
        ("renameFile", {"newName": "b"}),
        ("updateFile", {"content": ""}),
        ("deleteFile", {}),
    ):
        with pytest.raises(NotFound, match="File not found"):
            ada.call(f"files:{function}", id=file, **more)
