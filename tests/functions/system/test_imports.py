"""`system:importBatch`: many files and folders by their paths, however often they are sent."""

from __future__ import annotations

import random
from typing import Any

import pytest

from shared.errors import ArgumentValidation, JobEnded, NotFound
from tests.functions.callers import Client
from tests.support.backend import Backend


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


@pytest.fixture
def job(server: Client, project: str) -> str:
    server.call("system:claimJob", projectId=project, kind="import-github-repo", jobId="job")
    return "job"


def text(path: str, content: str = "x") -> dict[str, Any]:
    return {"path": path, "content": content}


def folder(path: str) -> dict[str, Any]:
    return {"path": path, "type": "folder"}


def stored(backend: Backend, server: Client, body: bytes) -> str:
    status, answer = backend.post(server.call("system:generateUploadUrl"), body, content_type="image/png")
    assert status == 200
    id_: str = answer["storageId"]
    return id_


@pytest.fixture
def put(server: Client, project: str, job: str) -> Any:
    def put(*entries: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = server.call("system:importBatch", projectId=project, jobId=job, entries=[*entries])
        return answer

    return put


def tree(server: Client, project: str) -> dict[str, Any]:
    files = server.call("system:getAllProjectFiles", projectId=project)
    return {f["path"]: f.get("content", f.get("storageId", f["type"])) for f in files}


def test_entries_are_made_with_the_folders_above_them(put: Any, server: Client, project: str) -> None:
    answer = put(text("a"), text("b/c/d", ""), folder("e/f"))
    assert answer == {"created": 3, "updated": 0, "failed": []}
    assert tree(server, project) == {
        "a": "x",
        "b": "folder",
        "b/c": "folder",
        "b/c/d": "",
        "e": "folder",
        "e/f": "folder",
    }


def test_the_same_entries_again_change_nothing(backend: Backend, put: Any, server: Client, project: str) -> None:
    entries = [text("a"), folder("b"), {"path": "b/i.png", "storageId": stored(backend, server, b"\x89")}]
    put(*entries)
    before = tree(server, project)
    assert put(*entries) == {"created": 0, "updated": 3, "failed": []}
    assert tree(server, project) == before
    assert [row["attachments"] for row in backend.rows("_storage")] == [1]


def test_a_file_is_replaced_whatever_it_holds(backend: Backend, put: Any, server: Client, project: str) -> None:
    binary = stored(backend, server, b"\x89")
    put(text("a"), {"path": "b", "storageId": binary})
    put({"path": "a", "storageId": binary}, text("b", "y"))
    assert tree(server, project) == {"a": binary, "b": "y"}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (text("../x"), 'a name cannot be ".."'),
        (text("a/./x"), 'a name cannot be "."'),
        (text(""), "Invalid file path"),
        (text("/"), "Invalid file path"),
        (text("x" * 256), "cannot be longer than 255 bytes"),
        (text("/".join("a" * 65)), "at most 64"),
        (text("taken/x"), "Invalid file path"),
        (folder("taken"), "A file with this name already exists"),
        (text("there"), "A folder with this name already exists"),
        (text("taken/" + "a/" * 20 + "x"), "Invalid file path"),
        (folder("/".join("a" * 64)), "nested deeper than 63"),
        ({"path": "x"}, "either a content or a storageId"),
        ({"path": "x", "type": "folder", "content": ""}, "a folder has neither"),
        (text("x", "y" * (2**20 + 1)), "longer than 1048576 bytes"),
    ],
)
def test_an_entry_that_cannot_be_written_fails_alone(
    put: Any, server: Client, project: str, entry: dict[str, Any], told: str
) -> None:
    put(text("taken"), folder("there"))
    answer = put(text("before"), entry, text("after"))
    [failed] = answer["failed"]
    assert (failed["path"], answer["created"]) == (entry["path"], 2)
    assert told in failed["error"]
    assert {*tree(server, project)} == {"taken", "there", "before", "after"}


def test_an_object_that_is_not_there_fails_alone_and_leaves_no_folder(
    backend: Backend, put: Any, ada: Client, server: Client, project: str
) -> None:
    gone = stored(backend, server, b"\x89")
    ada.call(
        "files:deleteFile", id=server.call("system:createBinaryFile", projectId=project, name="x", storageId=gone)
    )
    assert put({"path": "new/x.png", "storageId": gone})["failed"] == [
        {"path": "new/x.png", "error": f"Storage id {gone} not found"}
    ]
    assert tree(server, project) == {}


def test_only_a_running_job_of_the_project_writes(ada: Client, server: Client, project: str, job: str) -> None:
    other = ada.call("projects:create", name="two")
    with pytest.raises(NotFound, match="The job job does not run in this project"):
        server.call("system:importBatch", projectId=other, jobId=job, entries=[text("a")])
    with pytest.raises(JobEnded):
        server.call("system:importBatch", projectId=project, jobId="never was", entries=[text("a")])
    server.call("system:finishJob", projectId=project, kind="import-github-repo", jobId=job)
    with pytest.raises(JobEnded):
        server.call("system:importBatch", projectId=project, jobId=job, entries=[text("a")])
    assert tree(server, project) == {}


def test_unknown_types_are_refused(put: Any) -> None:
    with pytest.raises(ArgumentValidation):
        put({"path": "a", "type": "link", "content": ""})


@pytest.mark.parametrize("seed", range(6))
def test_any_batch_fits_its_transactions(backend: Backend, put: Any, server: Client, project: str, seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    objects = [stored(backend, server, bytes([n])) for n in range(30)]

    def entry() -> dict[str, Any]:
        depth = chance.choice([0, 1, 1, 3, 20, 50])
        path = "/".join([f"d{chance.randrange(2)}" for _ in range(depth)] + [f"f{chance.randrange(400)}"])
        if chance.random() < 0.5:
            return {"path": path, "storageId": chance.choice(objects)}
        return text(path, "y" * chance.choice([1, 100, 20_000]))

    entries = [{"path": f"top{n}", "storageId": objects[n % 30]} for n in range(60)]
    entries += [entry() for _ in range(chance.choice([10, 60, 120]))]
    for _ in range(2):
        assert put(*entries)["failed"] == []
    wanted = {e["path"]: e.get("content", e.get("storageId")) for e in entries}
    assert {path: held for path, held in tree(server, project).items() if held != "folder"} == wanted
