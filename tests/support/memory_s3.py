"""A bucket of binary files in memory: as much of botocore's S3 client as the product calls."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class Stored:
    """An object."""

    body: bytes
    content_type: str
    cache_control: str


class MemoryS3:
    """Objects by key.

    Attributes:
        objects: what is stored.
        is_down: whether every call fails.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Stored] = {}
        self.is_down = False

    def put_object(self, **request: Any) -> None:
        self._answer("PutObject")
        if _sha256(request["Body"]) != request["ChecksumSHA256"]:
            raise _error("BadDigest", "PutObject")
        self.objects[request["Key"]] = Stored(request["Body"], request["ContentType"], request["CacheControl"])

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
        for named in request["Delete"]["Objects"]:
            self.objects.pop(named["Key"], None)

    def generate_presigned_url(self, operation: str, **request: Any) -> str:
        return f"https://s3.example/{request['Params']['Key']}?operation={operation}"

    def _answer(self, operation: str) -> None:
        if self.is_down:
            raise _error("SlowDown", operation)


def _sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
