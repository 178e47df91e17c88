"""The data layer on AWS: DynamoDB and the content bucket."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from shared import aws
from shared.bucket import Listing, page_of, remove
from shared.db.clock import system_clock
from shared.db.cursor import Signer
from shared.db.dynamo import DynamoEngine
from shared.db.store import Store
from shared.settings import Settings

_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
"""What S3 calls the refusal to write an object where there is one, or where another is being written."""


class BucketObjects:
    """Objects of an S3 bucket.

    Args:
        client: returns a botocore S3 client; asked when first needed, since making one takes 30 ms.
        bucket: its name.
    """

    def __init__(self, client: Callable[[], Any], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes) -> None:
        """Write an object."""
        self._client().put_object(Bucket=self._bucket, Key=key, Body=body)

    def keep(self, key: str, body: bytes) -> bytes:
        """Write an object unless there is one, and return the bytes of the one that is there then."""
        try:
            self._client().put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
        except ClientError as error:
            there = self.get(key) if error.response["Error"]["Code"] in _TAKEN else None
            if there is None:
                raise
            return there
        return body

    def get(self, key: str) -> bytes | None:
        """Return an object's bytes, or None when there is none."""
        return self._get(Key=key)

    def beginning(self, key: str, size_bytes: int) -> bytes | None:
        """Return the first bytes of an object that is not empty, or None when there is none."""
        return self._get(Key=key, Range=f"bytes=0-{size_bytes - 1}")

    def _get(self, **request: str) -> bytes | None:
        try:
            answer = self._client().get_object(Bucket=self._bucket, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return None
            raise
        body: bytes = answer["Body"].read()
        return body

    def page(self, after: str | None) -> Listing:
        """Return the next objects in the order of their keys, beginning after a key."""
        return page_of(self._client(), self._bucket, "", after)

    def remove(self, keys: Sequence[str]) -> None:
        """Remove objects (at most 1000); those that are not there do no harm."""
        remove(self._client(), self._bucket, keys)


def open_store(settings: Settings, signer: Signer) -> Store:
    """Return the store of the deployment that `settings` describes."""
    engine = DynamoEngine(aws.client("dynamodb", repeats=False), settings.table_name)
    objects = BucketObjects(partial(aws.client, "s3"), settings.content_bucket)
    return Store(engine, objects, system_clock(os.urandom), signer)
