"""Binary files: an object is uploaded, becomes a file, and is deleted with the last file that refers to it."""

from __future__ import annotations

import base64
import hashlib
import random
from typing import Any

import pytest

from shared.errors import Conflict, Forbidden, InvalidArgument, NotFound, Unauthenticated
from shared.storage import CACHE_CONTROL
from tests.functions.callers import Client
from tests.runtime.backend import ORIGIN
from tests.support.backend import Backend
from tests.support.memory_s3 import Stored

IMAGE = b"\x89PNG\r\n\x1a\n\x00\xff"


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def ada(backend: Backend) -> Client:
    return backend.as_user("ada")


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


def upload(backend: Backend, client: Client, project: str, body: bytes = IMAGE) -> str:
    """Upload an object as a public caller, or internally, and return its storage id."""
    if client.internal:
        url = client.call("system:generateUploadUrl")
    else:
        url = client.call("files:generateUploadUrl", projectId=project)
    status, answer = backend.post(url, body, content_type="image/png")
    assert status == 200
    id_: str = answer["storageId"]
    return id_


def attach(client: Client, project: str, storage_id: str, name: str = "logo.png", **more: Any) -> str:
    id_: str = client.call("files:uploadFile", projectId=project, name=name, storageId=storage_id, **more)
    return id_


def bytes_left(backend: Backend) -> int:
    """Return how many objects are stored; there must be as many rows."""
    assert len(backend.rows("_storage")) == len(backend.s3.objects)
    return len(backend.s3.objects)


def test_an_uploaded_object_becomes_a_file_that_can_be_downloaded(
    backend: Backend, ada: Client, project: str
) -> None:
    storage_id = upload(backend, ada, project)
    id_ = attach(ada, project, storage_id)
    file = ada.call("files:getFile", id=id_)
    assert (file["name"], file["storageId"], "content" in file) == ("logo.png", storage_id, False)
    url = ada.call("files:getDownloadUrl", id=id_)
    [key] = backend.s3.objects
    assert url == f"{ORIGIN}/{key}"
    assert backend.s3.objects[key] == Stored(IMAGE, "image/png", CACHE_CONTROL)


def test_what_is_known_of_an_object_is_kept(backend: Backend, ada: Client, project: str) -> None:
    upload(backend, ada, project)
    [row] = backend.rows("_storage")
    assert (row["size"], row["contentType"], row["attachments"]) == (len(IMAGE), "image/png", 0)
    assert row["sha256"] == base64.b64encode(hashlib.sha256(IMAGE).digest()).decode()


def test_a_text_file_has_nothing_to_download(ada: Client, project: str) -> None:
    id_ = ada.call("files:createFile", projectId=project, name="a", content="")
    assert ada.call("files:getDownloadUrl", id=id_) is None


def test_only_owners_get_upload_urls(backend: Backend, project: str) -> None:
    with pytest.raises(Forbidden):
        backend.as_user("bob").call("files:generateUploadUrl", projectId=project)
    with pytest.raises(Unauthenticated):
        backend.anonymous().call("files:generateUploadUrl", projectId=project)


def test_an_object_that_somebody_else_uploaded_cannot_be_attached(
    backend: Backend, ada: Client, project: str
) -> None:
    bob = backend.as_user("bob")
    bobs = upload(backend, bob, bob.call("projects:create", name="bobs"))
    internal = upload(backend, backend.internal(), project)
    for storage_id in (bobs, internal):
        with pytest.raises(Forbidden):
            attach(ada, project, storage_id)
    assert ada.call("files:getFiles", projectId=project) == []


def test_an_object_that_is_gone_cannot_be_attached(backend: Backend, ada: Client, project: str) -> None:
    storage_id = upload(backend, ada, project)
    ada.call("files:deleteFile", id=attach(ada, project, storage_id))
    with pytest.raises(NotFound, match=f"Storage id {storage_id} not found"):
        attach(ada, project, storage_id)


def test_an_object_goes_with_its_only_file(backend: Backend, ada: Client, project: str) -> None:
    id_ = attach(ada, project, upload(backend, ada, project))
    ada.call("files:deleteFile", id=id_)
    assert bytes_left(backend) == 0


def test_an_object_stays_for_the_other_files_that_refer_to_it(backend: Backend, ada: Client, project: str) -> None:
    storage_id = upload(backend, ada, project)
    one, two = attach(ada, project, storage_id, "one"), attach(ada, project, storage_id, "two")
    ada.call("files:deleteFile", id=one)
    assert ada.call("files:getDownloadUrl", id=two) is not None
    assert bytes_left(backend) == 1
    ada.call("files:deleteFile", id=two)
    assert bytes_left(backend) == 0


def test_one_object_twice_in_a_folder_goes_with_the_folder(backend: Backend, ada: Client, project: str) -> None:
    folder = ada.call("files:createFolder", projectId=project, name="src")
    storage_id = upload(backend, ada, project)
    for name in ("one", "two"):
        attach(ada, project, storage_id, name, parentId=folder)
    ada.call("files:deleteFile", id=folder)
    assert bytes_left(backend) == 0


@pytest.mark.parametrize("function", ["updateFile", "writeFile", "system:updateFile", "system:writeFileByPath"])
def test_text_written_over_a_binary_file_removes_the_object(
    backend: Backend, ada: Client, project: str, function: str
) -> None:
    id_ = attach(ada, project, upload(backend, ada, project))
    calls: dict[str, tuple[str, dict[str, str]]] = {
        "updateFile": ("files:updateFile", {"id": id_}),
        "writeFile": ("files:writeFile", {"projectId": project, "name": "logo.png"}),
        "system:updateFile": ("system:updateFile", {"fileId": id_}),
        "system:writeFileByPath": ("system:writeFileByPath", {"projectId": project, "path": "logo.png"}),
    }
    path, arguments = calls[function]
    (backend.internal() if path.startswith("system:") else ada).call(path, **arguments, content="text")
    file = ada.call("files:getFile", id=id_)
    assert (file["content"], "storageId" in file) == ("text", False)
    assert bytes_left(backend) == 0


def test_an_upload_replaces_a_file_of_that_name(backend: Backend, ada: Client, project: str) -> None:
    text = ada.call("files:createFile", projectId=project, name="logo.png", content="text")
    first, second = upload(backend, ada, project), upload(backend, ada, project, b"other")
    assert attach(ada, project, first) == text
    assert attach(ada, project, second) == text
    file = ada.call("files:getFile", id=text)
    assert (file["storageId"], "content" in file) == (second, False)
    assert bytes_left(backend) == 1


def test_attaching_an_object_again_to_the_same_file_keeps_it(backend: Backend, ada: Client, project: str) -> None:
    storage_id = upload(backend, ada, project)
    assert attach(ada, project, storage_id) == attach(ada, project, storage_id)
    assert bytes_left(backend) == 1
    assert backend.rows("_storage")[0]["attachments"] == 1


def test_an_upload_does_not_replace_a_folder(backend: Backend, ada: Client, project: str) -> None:
    ada.call("files:createFolder", projectId=project, name="logo.png")
    with pytest.raises(Conflict, match="A folder with this name already exists in this location"):
        attach(ada, project, upload(backend, ada, project))


def test_the_apps_servers_attach_what_anybody_uploaded(backend: Backend, ada: Client, project: str) -> None:
    server = backend.internal()
    for name, uploader in (("one", server), ("two", ada)):
        storage_id = upload(backend, uploader, project)
        server.call("system:createBinaryFile", projectId=project, name=name, storageId=storage_id)
    assert [file["name"] for file in ada.call("files:getFiles", projectId=project)] == ["one", "two"]


def test_a_binary_file_is_not_created_over_another_and_the_object_stays(
    backend: Backend, ada: Client, project: str
) -> None:
    ada.call("files:createFile", projectId=project, name="logo.png", content="")
    storage_id = upload(backend, ada, project)
    with pytest.raises(Conflict, match="File already exists"):
        backend.internal().call("system:createBinaryFile", projectId=project, name="logo.png", storageId=storage_id)
    attach(ada, project, storage_id, "other.png")


def test_a_deletion_succeeds_although_the_bucket_is_down(backend: Backend, ada: Client, project: str) -> None:
    id_ = attach(ada, project, upload(backend, ada, project))
    backend.s3.is_down = True
    ada.call("files:deleteFile", id=id_)
    assert backend.rows("_storage") == []
    assert len(backend.s3.objects) == 1


def announced(body: bytes = IMAGE, **more: Any) -> dict[str, Any]:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return {"size": len(body), "contentType": "image/png", "sha256": digest} | more


def put(backend: Backend, begun: dict[str, Any], body: bytes = IMAGE) -> None:
    """Do what S3 does with a PUT to the upload URL."""
    key = begun["uploadUrl"].removeprefix("https://s3.example/").partition("?")[0]
    headers = begun["headers"]
    assert set(headers) == {"Content-Type", "Cache-Control", "x-amz-checksum-sha256"}
    backend.s3.objects[key] = Stored(body, headers["Content-Type"], headers["Cache-Control"])


def test_a_large_object_goes_straight_to_the_bucket(backend: Backend, ada: Client, project: str) -> None:
    begun = ada.call("files:beginLargeUpload", projectId=project, **announced())
    put(backend, begun)
    storage_id = ada.call("files:finishLargeUpload", uploadId=begun["uploadId"])
    assert ada.call("files:finishLargeUpload", uploadId=begun["uploadId"]) == storage_id
    id_ = attach(ada, project, storage_id)
    [key] = backend.s3.objects
    assert ada.call("files:getDownloadUrl", id=id_) == f"{ORIGIN}/{key}"
    assert bytes_left(backend) == 1


def test_a_large_upload_that_has_not_arrived_is_not_finished(ada: Client, project: str) -> None:
    begun = ada.call("files:beginLargeUpload", projectId=project, **announced())
    with pytest.raises(NotFound, match="Nothing has been uploaded yet"):
        ada.call("files:finishLargeUpload", uploadId=begun["uploadId"])


def test_a_large_upload_of_something_else_is_not_finished(backend: Backend, ada: Client, project: str) -> None:
    begun = ada.call("files:beginLargeUpload", projectId=project, **announced())
    put(backend, begun, b"something else")
    with pytest.raises(InvalidArgument, match="is not what was announced"):
        ada.call("files:finishLargeUpload", uploadId=begun["uploadId"])


def test_a_large_upload_is_its_uploaders_for_an_hour(backend: Backend, ada: Client, project: str) -> None:
    begun = ada.call("files:beginLargeUpload", projectId=project, **announced())
    put(backend, begun)
    small = ada.call("files:generateUploadUrl", projectId=project).partition("token=")[2]
    for caller, upload_id in ((backend.as_user("bob"), begun["uploadId"]), (ada, small), (ada, "forged")):
        with pytest.raises(InvalidArgument, match="uploadId is not that of an upload"):
            caller.call("files:finishLargeUpload", uploadId=upload_id)
    ada.wait(3601)
    with pytest.raises(InvalidArgument, match="within the last hour"):
        ada.call("files:finishLargeUpload", uploadId=begun["uploadId"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"size": -1},
        {"size": 5 * 2**30 + 1},
        {"contentType": ""},
        {"contentType": "image/png\r\nx: y"},
        {"contentType": "x" * 256},
        {"sha256": ""},
        {"sha256": "not base64"},
        {"sha256": "aGk="},
    ],
)
def test_a_large_upload_has_to_be_possible(ada: Client, project: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match=next(iter(wrong))):
        ada.call("files:beginLargeUpload", projectId=project, **announced(**wrong))


@pytest.mark.parametrize("seed", range(8))
def test_any_tree_goes_with_all_its_objects(backend: Backend, ada: Client, project: str, seed: int) -> None:
    chance = random.Random(seed)
    print(f"seed {seed}")
    folders = [ada.call("files:createFolder", projectId=project, name="top")]
    objects = [upload(backend, ada, project, bytes([number])) for number in range(12)]
    for number in range(chance.choice([10, 25, 39, 60, 100])):
        place = {"projectId": project, "parentId": chance.choice(folders), "name": f"n{number}"}
        match chance.choice(["folder", "text", "binary"]):
            case "folder":
                folders.append(ada.call("files:createFolder", **place))
            case "text":
                ada.call("files:createFile", **place, content="x")
            case "binary":
                ada.call("files:uploadFile", **place, storageId=chance.choice(objects))
    ada.call("files:deleteFile", id=folders[0])
    assert backend.rows("files") == []
    assert backend.rows("deletions") == []
    assert all(row["attachments"] == 0 for row in backend.rows("_storage"))
    bytes_left(backend)
