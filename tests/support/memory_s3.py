"""A bucket of binary files in memory: as much of botocore's S3 client as the product calls."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody


@dataclass(frozen=True)
class Stored:
    """An object."""

    body: bytes
    content_type: str
    cache_control: str


class MemoryS3:
    """Objects by key.

    Args:
        now_ms: tells the time.

    Attributes:
        objects: what is stored.
        written_ms: when.
        page_keys: how many objects a page of a listing holds.
        is_down: whether every call fails.
    """

    def __init__(self, now_ms: Callable[[], float] = lambda: 0.0) -> None:
        self.objects: dict[str, Stored] = {}
        self.written_ms: dict[str, float] = {}
        self.page_keys = 1000
        self.is_down = False
        self._now_ms = now_ms

    def put_object(self, **request: Any) -> None:
        self._answer("PutObject")
        body = request["Body"] if isinstance(request["Body"], bytes) else request["Body"].read()
        assert request.get("ContentLength", len(body)) == len(body)
        if _sha256(body) != request.get("ChecksumSHA256", _sha256(body)):
            raise _error("BadDigest", "PutObject")
        if request.get("IfNoneMatch") == "*" and request["Key"] in self.objects:
            raise _error("PreconditionFailed", "PutObject")
        kind, cached = request.get("ContentType", "binary/octet-stream"), request.get("CacheControl", "")
        self.objects[request["Key"]] = Stored(body, kind, cached)
        self.written_ms[request["Key"]] = self._now_ms()

    def get_object(self, **request: Any) -> dict[str, Any]:
        self._answer("GetObject")
        if request["Key"] not in self.objects:
            raise _error("NoSuchKey", "GetObject")
        body = self.objects[request["Key"]].body
        return {"Body": StreamingBody(io.BytesIO(body), len(body))}

    def head_object(self, **request: Any) -> dict[str, Any]:
        self._answer("HeadObject")
        if request["Key"] not in self.objects:
            raise _error("404", "HeadObject")
        found = self.objects[request["Key"]]
        return {
            "ContentLength": len(found.body),
            "ContentType": found.content_type,
            "ChecksumSHA256": _sha256(found.body),
        }

    def delete_objects(self, **request: Any) -> None:
        self._answer("DeleteObjects")
        assert len(request["Delete"]["Objects"]) <= 1000
        for named in request["Delete"]["Objects"]:
            self.objects.pop(named["Key"], None)

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        self._answer("ListObjectsV2")
        keys = sorted(key for key in self.objects if key.startswith(request["Prefix"]))
        keys = [key for key in keys if key > request.get("StartAfter", "")]
        page = [{"Key": key, "LastModified": self._written(key)} for key in keys[: self.page_keys]]
        return {"IsTruncated": len(keys) > self.page_keys} | ({"Contents": page} if page else {})

    def generate_presigned_url(self, operation: str, **request: Any) -> str:
        return f"https://s3.example/{request['Params']['Key']}?operation={operation}"

    def _written(self, key: str) -> datetime:
        return datetime.fromtimestamp(self.written_ms.get(key, 0.0) / 1000, UTC)

    def _answer(self, operation: str) -> None:
        if self.is_down:
            raise _error("SlowDown", operation)


def _sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
