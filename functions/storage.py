"""The door that takes small binary files, at the URLs that `generateUploadUrl` hands out."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any, Final

from shared import values
from shared.db.access import Access
from shared.db.database import MutationRequest
from shared.domain.uploads import MAX_SMALL_BYTES, Upload, insert_stored, is_content_type, require_room, unseal
from shared.errors import (
    BadRequest,
    IdempotencyKeyReused,
    InvalidUploadUrl,
    LimitReached,
    PayloadTooLarge,
    UploadUrlUsed,
)
from shared.runtime.door import Event, Response, door
from shared.runtime.environment import Environment
from shared.runtime.exchange import Exchange
from shared.runtime.http import serve
from shared.runtime.http_response import failure, respond
from shared.schema.document import Id
from shared.schema.tables import StoredFile
from shared.storage import StoredObject

_ACCESS: Final = Access(writes=frozenset({StoredFile}), binary=True)
_UNTYPED: Final = "application/octet-stream"


@door("POST /api/storage/upload", access=_ACCESS)
def upload(event: Event, context: Any) -> Response:
    """Stores a posted file and answers its storage id."""
    return serve(context, "storage:upload", lambda exchange: _upload(exchange, event), _refusal)


def _upload(exchange: Exchange, event: Event) -> Response:
    here = exchange.environment
    token = (event.get("queryStringParameters") or {}).get("token", "")
    exchange.sent.append(token)
    allowed = unseal(here.database.store.signer, token, here.database.store.clock.now_ms())
    if allowed is None or allowed.announced is not None:
        raise InvalidUploadUrl("This upload URL is not valid or has expired; ask for a new one.")
    body = _body(event)
    stored = _checked(body, event.get("headers") or {})
    require_room(here.usage, allowed.uploader, stored.size_bytes)
    # The row comes first: it decides which bytes the URL stands for, however often they are posted.
    id = _record(here, allowed, stored)
    here.storage.put(allowed.uuid, body, stored)
    return respond(200, json.dumps({"storageId": id}))


def _body(event: Event) -> bytes:
    text = event.get("body") or ""
    body = b64decode(text) if event.get("isBase64Encoded") else text.encode()
    if len(body) > MAX_SMALL_BYTES:
        raise PayloadTooLarge(
            f"The file has {len(body)} bytes; an upload URL takes {MAX_SMALL_BYTES}. Use files:beginLargeUpload."
        )
    return body


def _checked(body: bytes, headers: dict[str, str]) -> StoredObject:
    """Describe the posted file.

    Raises:
        BadRequest: its type cannot be a header, or it is not what the header `Digest` says.
    """
    # The edge sends the type in a header of its own, so that API Gateway takes no body for text.
    content_type = headers.get("x-content-type") or headers.get("content-type") or _UNTYPED
    if not is_content_type(content_type):
        raise BadRequest("The Content-Type header must be at most 255 printable ASCII characters.")
    digest = b64encode(sha256(body).digest()).decode()
    for claimed in headers.get("digest", "").split(","):
        algorithm, _, value = claimed.strip().partition("=")
        if algorithm.lower() == "sha-256" and value != digest:
            raise BadRequest(f"The file's SHA-256 is {digest}, which is not what the Digest header says.")
    return StoredObject(len(body), content_type, digest)


def _record(here: Environment, allowed: Upload, stored: StoredObject) -> str:
    """Insert the object's row, or find the one that an earlier post of the same file has inserted.

    Raises:
        UploadUrlUsed: another file was posted before, or this one has been deleted since.
    """
    request = MutationRequest(
        "storage:upload", allowed.uploader, f"{stored.sha256} {stored.content_type}", f"upload/{allowed.uuid}"
    )
    try:
        committed = here.database.mutate(
            _ACCESS, lambda db: values.dumps(insert_stored(db, allowed, stored)), request
        )
    except IdempotencyKeyReused:
        raise UploadUrlUsed("Another file was posted to this upload URL; ask for a new one.") from None
    id: Id[StoredFile] = Id(values.loads(committed.value))
    if committed.replayed and here.database.query(_ACCESS, lambda db: db.get(StoredFile, id)) is None:
        raise UploadUrlUsed("The file posted to this upload URL has been deleted; ask for a new one.")
    return id


def _refusal(error: Exception, request_id: str) -> Response:
    """Return what the uploader is told: `{code, message}`, whatever the error."""
    if isinstance(error, LimitReached):
        return respond(403, json.dumps({"code": error.code, "message": error.message}))
    response = failure(error, request_id)
    if response["statusCode"] != 200:
        return response
    message = f"[Request ID: {request_id}] Server Error"
    return respond(500, json.dumps({"code": "InternalServerError", "message": message}))
