"""The door that takes binary files."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from functions.storage import upload
from shared.domain.uploads import MAX_SMALL_BYTES
from shared.runtime.environment import use
from tests.functions.callers import Client
from tests.runtime.backend import LAMBDA, ORIGIN, http_event
from tests.support.backend import Backend


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def server(backend: Backend) -> Client:
    return backend.internal()


@pytest.fixture
def url(server: Client) -> str:
    url: str = server.call("system:generateUploadUrl")
    return url


def digest_of(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def test_a_url_can_be_posted_to_by_anybody_who_has_it(backend: Backend, url: str) -> None:
    assert url.startswith(f"{ORIGIN}/api/storage/upload?token=")
    status, answer = backend.post(url, b"\x00\xff")
    assert (status, [*answer]) == (200, ["storageId"])
    [row] = backend.rows("_storage")
    assert (row["_id"], row["uploadedBy"]) == (answer["storageId"], "internal")
    [stored] = backend.s3.objects.values()
    assert (stored.body, stored.content_type) == (b"\x00\xff", "application/octet-stream")


@pytest.mark.parametrize("size", [0, 1, MAX_SMALL_BYTES])
def test_a_file_of_up_to_the_limit_is_taken(backend: Backend, url: str, size: int) -> None:
    status, _ = backend.post(url, b"x" * size)
    assert status == 200
    assert [len(stored.body) for stored in backend.s3.objects.values()] == [size]


def test_a_file_above_the_limit_is_refused(backend: Backend, url: str) -> None:
    status, answer = backend.post(url, b"x" * (MAX_SMALL_BYTES + 1))
    assert (status, answer["code"]) == (413, "PayloadTooLarge")
    assert "files:beginLargeUpload" in answer["message"]
    assert backend.rows("_storage") == []


def test_a_text_is_taken_as_api_gateway_sends_it(backend: Backend, url: str) -> None:
    event = http_event("grüße", "POST /api/storage/upload", content_type="text/plain")
    event |= {"queryStringParameters": {"token": url.partition("token=")[2]}}
    with use(backend.environment):
        assert upload(event, LAMBDA)["statusCode"] == 200
    [stored] = backend.s3.objects.values()
    assert (stored.body, stored.content_type) == ("grüße".encode(), "text/plain")


def test_the_same_file_posted_again_has_the_same_id(backend: Backend, url: str) -> None:
    first = backend.post(url, b"same")
    assert backend.post(url, b"same") == first
    assert len(backend.rows("_storage")) == 1


@pytest.mark.parametrize(("body", "headers"), [(b"other", {}), (b"same", {"content_type": "image/png"})])
def test_another_file_cannot_be_posted_to_the_same_url(
    backend: Backend, url: str, body: bytes, headers: dict[str, str]
) -> None:
    backend.post(url, b"same")
    status, answer = backend.post(url, body, **headers)
    assert (status, answer["code"]) == (409, "UploadUrlUsed")
    assert [stored.body for stored in backend.s3.objects.values()] == [b"same"]


def test_a_file_that_was_deleted_is_not_brought_back(backend: Backend, server: Client, url: str) -> None:
    _, answer = backend.post(url, b"same")
    project = server.call("system:createProject", name="one", ownerId="ada")
    place = {"projectId": project, "name": "a"}
    id_ = server.call("system:createBinaryFile", **place, storageId=answer["storageId"])
    server.call("system:deleteFile", fileId=id_)
    status, answer = backend.post(url, b"same")
    assert (status, answer["code"]) == (409, "UploadUrlUsed")
    assert backend.s3.objects == {}


def test_a_file_lost_on_the_way_to_the_bucket_can_be_posted_again(backend: Backend, url: str) -> None:
    backend.s3.is_down = True
    status, answer = backend.post(url, b"same")
    assert (status, answer["code"]) == (503, "Overloaded")
    backend.s3.is_down = False
    assert backend.post(url, b"same")[0] == 200
    assert [stored.body for stored in backend.s3.objects.values()] == [b"same"]


@pytest.mark.parametrize("token", ["", "forged", "A" * 200])
def test_a_url_that_was_not_issued_here_is_refused(backend: Backend, token: str) -> None:
    status, answer = backend.post(f"{ORIGIN}/api/storage/upload?token={token}", b"x")
    assert (status, answer["code"]) == (403, "InvalidUploadUrl")


def test_a_url_without_a_token_is_refused(backend: Backend) -> None:
    with use(backend.environment):
        assert upload(http_event("x", "POST /api/storage/upload"), LAMBDA)["statusCode"] == 403


def test_a_url_is_valid_for_an_hour(backend: Backend, server: Client, url: str) -> None:
    server.wait(3601)
    status, answer = backend.post(url, b"x")
    assert (status, answer["code"]) == (403, "InvalidUploadUrl")


def test_the_id_of_a_large_upload_is_no_upload_url(backend: Backend) -> None:
    ada = backend.as_user("ada")
    project = ada.call("projects:create", name="one")
    announced = {"size": 1, "contentType": "image/png", "sha256": digest_of(b"x")}
    begun = ada.call("files:beginLargeUpload", projectId=project, **announced)
    assert backend.post(f"{ORIGIN}/api/storage/upload?token={begun['uploadId']}", b"x")[0] == 403


@pytest.mark.parametrize("header", ["sha-256={0}", "SHA-256={0}", "md5=xyz, sha-256={0}", "md5=xyz", ""])
def test_a_digest_that_is_right_or_unknown_is_accepted(backend: Backend, url: str, header: str) -> None:
    assert backend.post(url, b"x", digest=header.format(digest_of(b"x")))[0] == 200


@pytest.mark.parametrize("header", ["sha-256=", "sha-256=xyz", f"sha-256={digest_of(b'y')}"])
def test_a_digest_that_is_wrong_is_refused(backend: Backend, url: str, header: str) -> None:
    status, answer = backend.post(url, b"x", digest=header)
    assert (status, answer["code"]) == (400, "BadRequest")
    assert backend.rows("_storage") == []


@pytest.mark.parametrize("content_type", ["image/\u00e9", "a\x00b", "x" * 256])
def test_a_type_that_cannot_be_sent_is_refused(backend: Backend, url: str, content_type: str) -> None:
    status, answer = backend.post(url, b"x", content_type=content_type)
    assert (status, answer["code"]) == (400, "BadRequest")


def test_an_unexpected_failure_is_an_error_with_a_request_id_and_without_details(
    backend: Backend, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    event: dict[str, Any] = http_event("not base64", "POST /api/storage/upload")
    token = url.partition("token=")[2]
    event |= {"isBase64Encoded": True, "queryStringParameters": {"token": token}, "headers": None, "body": 5}
    with use(backend.environment):
        response = upload(event, LAMBDA)
    assert response["statusCode"] == 500
    assert json.loads(response["body"]) == {
        "code": "InternalServerError",
        "message": "[Request ID: 0123456789abcdef] Server Error",
    }
    assert token not in capsys.readouterr().out
