"""Permission to store one binary object, as a signed text that the uploader brings back.

base64url( JSON [uploader, uuid, expiry in ms, [size, type, sha256] or null] ‖ signature )

A small object is posted to this backend, which sees what it is. A large one goes straight to S3, so what it will be
is announced first, and is part of what is signed.
"""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple
from uuid import UUID

from shared.db.cursor import SIGNATURE_BYTES, Signer
from shared.db.writer import Writer
from shared.domain.attachments import INTERNAL
from shared.errors import InvalidArgument, NotFound
from shared.limits.usage import Usage
from shared.runtime.context import Context, MutationContext
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.tables import StoredFile
from shared.storage import StoredObject

MAX_SMALL_BYTES: Final = 4_500_000
"""A Lambda event holds 6 MB, and its body is base64."""

MAX_LARGE_BYTES: Final = 5 * 2**30
"""S3's limit for one PUT."""

LIFETIME_S: Final = 3600
_PURPOSE: Final = "upload"
_SHA256_BYTES: Final = 32
_MAX_TYPE_LENGTH: Final = 255


class Upload(NamedTuple):
    """Permission to store one object.

    Attributes:
        uploader: token identifier, or `INTERNAL`.
        uuid: what the object will be called.
        expires_at_ms: when the permission ends, in ms since the epoch.
        announced: what a large object will be; None for a small one.
    """

    uploader: str
    uuid: str
    expires_at_ms: float
    announced: StoredObject | None = None


class LargeUpload(Record):
    """Where to PUT a large object, with which headers; `upload_id` is for `finishLargeUpload` after that."""

    upload_url: str
    upload_id: str
    headers: dict[str, str]


def upload_url(ctx: Context, uploader: str) -> str:
    """Return a URL to which one small object can be posted within the hour."""
    return f"{ctx.public_url}/api/storage/upload?token={seal(ctx.signer, _new(ctx, uploader))}"


def large_upload(ctx: MutationContext, uploader: str, announced: StoredObject) -> LargeUpload:
    """Return how to upload the `announced` object within the hour.

    Raises:
        InvalidArgument: there can be no such object.
        LimitReached: the uploader's objects come to too much.
    """
    if not 0 < announced.size_bytes <= MAX_LARGE_BYTES:
        raise InvalidArgument(f"size must be between 1 and {MAX_LARGE_BYTES} bytes")
    if not is_content_type(announced.content_type):
        raise InvalidArgument(f"contentType must be 1 to {_MAX_TYPE_LENGTH} printable ASCII characters")
    if not _is_sha256(announced.sha256):
        raise InvalidArgument("sha256 must be the object's SHA-256 in base64")
    require_room(ctx.usage, uploader, announced.size_bytes)
    ctx.usage.announce(uploader, announced.size_bytes)
    upload = _new(ctx, uploader, announced)
    put = ctx.storage.presigned_put(upload.uuid, announced, LIFETIME_S)
    return LargeUpload(upload_url=put.url, upload_id=seal(ctx.signer, upload), headers=put.headers)


def finished_upload(ctx: MutationContext, uploader: str, upload_id: str) -> Id[StoredFile]:
    """Return the storage id of a large object that has been uploaded; the same one each time.

    Raises:
        InvalidArgument: the upload is not the caller's, has expired, or stored something else than was announced.
        NotFound: nothing has been uploaded yet.
    """
    upload = unseal(ctx.signer, upload_id, ctx.now_ms)
    if upload is None or upload.announced is None or upload.uploader != uploader:
        raise InvalidArgument("uploadId is not that of an upload you have begun within the last hour")
    known = ctx.db.lookup(StoredFile.by_uuid, uuid=upload.uuid)
    if known is not None:
        return known.id
    found = ctx.storage.head(upload.uuid)
    if found is None:
        raise NotFound("Nothing has been uploaded yet; PUT the file to uploadUrl first")
    if found != upload.announced:
        raise InvalidArgument("What has been uploaded is not what was announced; begin again")
    return insert_stored(ctx.db, upload, found)


def require_room(usage: Usage, uploader: str, size_bytes: float) -> None:
    """Return if somebody may upload an object of this size besides those that they have uploaded.

    Raises:
        LimitReached: their objects come to too much; those of the app's own servers never do.
    """
    if uploader != INTERNAL:
        usage.require_bytes(StoredFile.by_uploader_size, size_bytes, usage.limits.stored_mb, uploaded_by=uploader)


def insert_stored(db: Writer, upload: Upload, stored: StoredObject) -> Id[StoredFile]:
    """Insert the row of an object that no file refers to yet."""
    return db.insert(
        StoredFile,
        uuid=upload.uuid,
        sha256=stored.sha256,
        size=stored.size_bytes,
        content_type=stored.content_type,
        uploaded_by=upload.uploader,
        attachments=0,
    )


def seal(signer: Signer, upload: Upload) -> str:
    """Return the text that proves the permission."""
    payload = json.dumps(upload, separators=(",", ":")).encode()
    return urlsafe_b64encode(payload + signer.sign(_PURPOSE, payload)).rstrip(b"=").decode()


def unseal(signer: Signer, token: str, now_ms: float) -> Upload | None:
    """Return the permission that `token` proves, or None: it was not issued here, or has expired."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"==")
    except ValueError:
        return None
    payload, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if not signer.verify(_PURPOSE, payload, signature):
        return None
    uploader, uuid, expires_at_ms, announced = json.loads(payload)
    if expires_at_ms < now_ms:
        return None
    return Upload(uploader, uuid, expires_at_ms, StoredObject(*announced) if announced else None)


def is_content_type(text: str) -> bool:
    """Tell whether `text` can be sent as the value of a `Content-Type` header."""
    return 0 < len(text) <= _MAX_TYPE_LENGTH and text.isascii() and text.isprintable()


def _new(ctx: Context, uploader: str, announced: StoredObject | None = None) -> Upload:
    uuid = str(UUID(bytes=ctx.entropy(16), version=4))
    return Upload(uploader, uuid, ctx.now_ms + LIFETIME_S * 1000, announced)


def _is_sha256(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == _SHA256_BYTES
    except ValueError:
        return False
