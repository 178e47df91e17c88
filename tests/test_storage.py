"""The bucket of binary files, on an S3 that moto or MiniStack plays (moto forgets checksums, and signs nothing)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen
from zipfile import ZipFile

import pytest
from moto import mock_aws

from shared import aws
from shared.errors import Overloaded
from shared.storage import CACHE_CONTROL, PresignedPut, StorageBucket, StoredObject
from tests.support.memory_s3 import MemoryS3
from tests.support.ministack import ministack

BUCKET = "storage"
UUID = "6d0a7c0e-0000-4000-8000-000000000000"
KEY = f"api/storage/{UUID}"
BODY = b"\x89PNG"


def digest_of(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


STORED = StoredObject(len(BODY), "image/png", digest_of(BODY))


@contextmanager
def new_clients() -> Iterator[None]:
    """Let clients be made anew, with the credentials of this moment, now and afterwards."""
    for made in (aws.client, aws.session):
        made.cache_clear()
    yield
    for made in (aws.client, aws.session):
        made.cache_clear()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws(), new_clients():
        aws.client("s3").create_bucket(Bucket=BUCKET)
        yield aws.client("s3")


@pytest.fixture
def bucket(s3: Any) -> StorageBucket:
    return StorageBucket(s3, BUCKET)


def test_an_object_is_stored_under_the_path_it_is_served_at(s3: Any, bucket: StorageBucket) -> None:
    bucket.put(UUID, BODY, STORED)
    found = s3.get_object(Bucket=BUCKET, Key=KEY)
    assert (found["Body"].read(), found["ContentType"], found["CacheControl"]) == (BODY, "image/png", CACHE_CONTROL)


def test_an_object_is_read_if_there_is_one(bucket: StorageBucket) -> None:
    assert bucket.get(UUID) is None
    bucket.put(UUID, BODY, STORED)
    assert bucket.get(UUID) == BODY


def test_an_object_is_read_piece_by_piece(bucket: StorageBucket) -> None:
    large = bytes(3_000_000)
    bucket.put(UUID, large, STORED._replace(size_bytes=len(large), sha256=digest_of(large)))
    pieces = [*(bucket.pieces(UUID) or ())]
    assert b"".join(pieces) == large
    assert max(map(len, pieces)) < len(large) / 2
    assert bucket.pieces("not-there") is None


def test_an_object_is_taken_from_a_file(s3: Any, bucket: StorageBucket, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("object", BODY)
    with ZipFile(tmp_path / "a.zip") as archive, archive.open("object") as file:
        bucket.put(UUID, file, STORED)
    assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == BODY


def test_an_object_that_may_not_be_read_is_not_taken_for_missing() -> None:
    s3 = MemoryS3()
    s3.is_down = True
    with pytest.raises(Overloaded):
        StorageBucket(s3, BUCKET).pieces(UUID)


def test_objects_are_deleted_whether_they_are_there_or_not(s3: Any, bucket: StorageBucket) -> None:
    bucket.put(UUID, BODY, STORED)
    bucket.delete([UUID, "not-there"])
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    bucket.delete([])


def test_a_presigned_url_binds_size_type_and_checksum_to_the_upload(bucket: StorageBucket) -> None:
    put = bucket.presigned_put(UUID, STORED, 60)
    query = parse_qs(urlsplit(put.url).query)
    assert urlsplit(put.url).path == f"/{BUCKET}/{KEY}"
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["60"]
    signed = "cache-control;content-length;content-type;host;x-amz-checksum-sha256"
    assert query["X-Amz-SignedHeaders"] == [signed]


def test_a_presigned_url_comes_with_the_headers_that_it_demands(bucket: StorageBucket) -> None:
    put = bucket.presigned_put(UUID, STORED, 60)
    assert put.headers == {
        "Content-Type": "image/png",
        "Cache-Control": CACHE_CONTROL,
        "x-amz-checksum-sha256": STORED.sha256,
    }


def put_to(put: PresignedPut, body: bytes) -> int:
    """PUT to a presigned URL as a browser does, and return the status."""
    request = Request(put.url, data=body, method="PUT", headers=put.headers)  # noqa: S310 - it is MiniStack's
    try:
        with urlopen(request) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_a_presigned_url_takes_the_announced_object_and_no_other() -> None:
    with ministack(), new_clients():
        aws.client("s3").create_bucket(Bucket=BUCKET)
        bucket = StorageBucket(aws.client("s3"), BUCKET)
        put = bucket.presigned_put(UUID, STORED, 60)
        assert bucket.head(UUID) is None
        assert put_to(put, b"\x00PNG") == 400
        assert put_to(put, BODY + b"x") == 403
        assert put_to(put, BODY) == 200
        assert bucket.head(UUID) == STORED
        bucket.delete([UUID])
        assert bucket.head(UUID) is None


def test_a_bucket_that_does_not_answer_is_said_to_be_overloaded() -> None:
    s3 = MemoryS3()
    s3.is_down = True
    bucket = StorageBucket(s3, BUCKET)
    calls: list[Callable[[], object]] = [
        lambda: bucket.put(UUID, BODY, STORED),
        lambda: bucket.head(UUID),
        lambda: bucket.delete([UUID]),
    ]
    for call in calls:
        with pytest.raises(Overloaded, match=r"did not answer \(SlowDown\)"):
            call()
