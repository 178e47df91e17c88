"""Looking through a bucket of S3, page by page, and removing objects from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Listed(NamedTuple):
    """An object of a listing, and when it was written, in ms since the epoch."""

    key: str
    written_ms: float


class Listing(NamedTuple):
    """A page of a bucket, in the order of keys, and the key after which the next one begins; None: it is the last."""

    objects: list[Listed]
    after: str | None


def page_of(client: Any, bucket: str, prefix: str, after: str | None) -> Listing:
    """Return the next 1000 objects (errors as botocore's).

    Args:
        client: a botocore S3 client.
        bucket: the bucket's name.
        prefix: what the keys begin with.
        after: the key after which the page begins, or None: the first page. It need not exist any more.
    """
    start = {} if after is None else {"StartAfter": after}
    answer = client.list_objects_v2(Bucket=bucket, Prefix=prefix, **start)
    objects = [Listed(found["Key"], found["LastModified"].timestamp() * 1000) for found in answer.get("Contents", ())]
    return Listing(objects, objects[-1].key if objects and answer["IsTruncated"] else None)


def remove(client: Any, bucket: str, keys: Sequence[str]) -> None:
    """Remove objects (at most 1000); those that are not there do no harm (errors as botocore's)."""
    if keys:
        named = [{"Key": key} for key in keys]
        client.delete_objects(Bucket=bucket, Delete={"Objects": named, "Quiet": True})
