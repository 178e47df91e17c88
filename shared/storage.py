"""The bucket of binary files. An object's key is the path it is served at, so no function is needed to serve it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from shared.bucket import Listed, Listing, page_of, remove
from shared.errors import Overloaded

PREFIX: Final = "api/storage/"
CACHE_CONTROL: Final = "private, max-age=2592000"
"""What is stored under a uuid never changes; only the reader's own browser may keep it (protocol section 8.2)."""

_MISSING: Final = {"404", "NoSuchKey", "403", "AccessDenied", "Forbidden"}
"""S3 tells whether an object is missing only to those who may list the bucket; to others it says 403."""

_PIECE_BYTES: Final = 1024 * 1024
"""How much of an object that is read piece by piece is in memory."""


class StoredObject(NamedTuple):
    """What S3 knows of an object; `sha256` is base64, and empty when it was stored without one."""

    size_bytes: int
    content_type: str
    sha256: str


class PresignedPut(NamedTuple):
    """A URL that takes one object by PUT; the request must carry exactly these headers."""

    url: str
    headers: dict[str, str]


class StorageBucket:
    """Objects by uuid.

    Args:
        client: a botocore S3 client that signs with Signature Version 4.
        bucket: the bucket's name.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, uuid: str, body: bytes | IO[bytes], stored: StoredObject) -> None:
        """Write an object, whose bytes may come from a file that can be read again; S3 compares its checksum.

        Raises:
            Overloaded: S3 did not take it.
        """
        with _answering():
            described = _described(uuid, stored)
            self._client.put_object(Bucket=self._bucket, Body=body, ContentLength=stored.size_bytes, **described)

    def get(self, uuid: str) -> bytes | None:
        """Return an object's bytes, or None when there is none.

        Raises:
            Overloaded: S3 did not answer.
        """
        with _answering():
            try:
                body: bytes = self._client.get_object(Bucket=self._bucket, Key=PREFIX + uuid)["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] in _MISSING:
                    return None
                raise
        return body

    def pieces(self, uuid: str) -> Iterator[bytes] | None:
        """Return an object's bytes piece by piece, or None when there is none, for those who may list the bucket.

        Raises:
            Overloaded: S3 did not answer, or refused; also while iterating.
        """
        with _answering():
            try:
                body = self._client.get_object(Bucket=self._bucket, Key=PREFIX + uuid)["Body"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchKey":
                    return None
                raise
        return _pieces_of(body)

    def head(self, uuid: str) -> StoredObject | None:
        """Return what is known of an object, or None when there is none.

        Raises:
            Overloaded: S3 did not answer.
        """
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=PREFIX + uuid, ChecksumMode="ENABLED")
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise _unavailable(error) from error
        except BotoCoreError as error:
            raise _unavailable(error) from error
        return StoredObject(found["ContentLength"], found["ContentType"], found.get("ChecksumSHA256", ""))

    def delete(self, uuids: Iterable[str]) -> None:
        """Remove objects (at most 1000); those that are not there do no harm.

        Raises:
            Overloaded: S3 did not answer.
        """
        with _answering():
            remove(self._client, self._bucket, [PREFIX + uuid for uuid in uuids])

    def page(self, after: str | None) -> Listing:
        """Return the next objects, by their uuids and in the order of these, beginning after a uuid.

        Raises:
            Overloaded: S3 did not answer.
        """
        with _answering():
            found = page_of(self._client, self._bucket, PREFIX, None if after is None else PREFIX + after)
        objects = [Listed(listed.key.removeprefix(PREFIX), listed.written_ms) for listed in found.objects]
        return Listing(objects, objects[-1].key if found.after else None)

    def presigned_put(self, uuid: str, announced: StoredObject, lifetime_s: int) -> PresignedPut:
        """Return a URL that takes exactly the object that is announced."""
        params = {"Bucket": self._bucket, "ContentLength": announced.size_bytes, **_described(uuid, announced)}
        headers = {
            "Content-Type": announced.content_type,
            "Cache-Control": CACHE_CONTROL,
            "x-amz-checksum-sha256": announced.sha256,
        }
        url = self._client.generate_presigned_url("put_object", Params=params, ExpiresIn=lifetime_s)
        return PresignedPut(url, headers)


def _pieces_of(body: Any) -> Iterator[bytes]:
    with _answering():
        yield from body.iter_chunks(_PIECE_BYTES)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise _unavailable(error) from error


def _described(uuid: str, stored: StoredObject) -> dict[str, str]:
    return {
        "Key": PREFIX + uuid,
        "ContentType": stored.content_type,
        "CacheControl": CACHE_CONTROL,
        "ChecksumSHA256": stored.sha256,
    }


def _unavailable(error: ClientError | BotoCoreError) -> Overloaded:
    reason = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return Overloaded(f"The storage of files did not answer ({reason}); try again.")
