"""Serves stored files as CloudFront does on AWS: straight from the bucket, without a function."""

from __future__ import annotations

import re
from typing import Final

from aiohttp import ClientError, ClientResponse, ClientSession, web

from infra.guards import FILES_GUARD, RUNNING
from infra.local.refusal import Refusal

_UUID: Final = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_SEVERAL_RANGES: Final = re.compile(r"bytes=[^,]*,")
_REQUEST_HEADERS: Final = (
    "Range",
    "If-Range",
    "If-None-Match",
    "If-Match",
    "If-Modified-Since",
    "If-Unmodified-Since",
)
_RESPONSE_HEADERS: Final = ("Content-Type", "Content-Length", "Content-Range", "ETag", "Last-Modified")
_POLICY: Final = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=2592000",
    **FILES_GUARD,
}


async def serve(request: web.Request, name: str, session: ClientSession, bucket: str) -> web.StreamResponse:
    """Answer GET or HEAD of the object `api/storage/{name}` in the bucket at the URL `bucket`.

    Raises:
        Refusal: 400 if `name` is no UUID, 403 if a page of this origin wants to run it, 404 if there is no such
            object, 416 for a range it does not have.
    """
    if not _UUID.fullmatch(name):
        raise Refusal(400, "InvalidStoragePath", f"'{name}' is not the name of a stored file.")
    if request.headers.get("Sec-Fetch-Site") == "same-origin" and request.headers.get("Sec-Fetch-Dest") in RUNNING:
        raise Refusal(403, "FileNotRunnable", "Stored files are not run by pages of this origin.")
    if _SEVERAL_RANGES.match(request.headers.get("Range", "")):
        raise Refusal(416, "RangeNotSatisfiable", "Only one range can be asked for at a time.")
    headers = {key: request.headers[key] for key in _REQUEST_HEADERS if key in request.headers}
    try:
        async with session.request(
            request.method, f"{bucket}/api/storage/{name}", headers={**headers, "Accept-Encoding": "identity"}
        ) as stored:
            return await _stream(request, stored)
    except ClientError as error:
        raise Refusal(503, "ServiceUnavailable", f"The local cloud does not answer: {error}") from error


async def _stream(request: web.Request, stored: ClientResponse) -> web.StreamResponse:
    if stored.status == 404:
        raise Refusal(404, "NotFound", "There is no such stored file.")
    if stored.status == 416:
        extent = {"Content-Range": stored.headers["Content-Range"]} if "Content-Range" in stored.headers else None
        raise Refusal(416, "RangeNotSatisfiable", "The file has no such range.", extent)
    if stored.status >= 400:
        raise Refusal(stored.status, "StorageError", f"The bucket answered {stored.status}.")
    response = web.StreamResponse(status=stored.status, headers=_POLICY)
    response.headers.update({key: stored.headers[key] for key in _RESPONSE_HEADERS if key in stored.headers})
    await response.prepare(request)
    if request.method != "HEAD":
        async for chunk in stored.content.iter_chunked(64 * 1024):
            await response.write(chunk)
    await response.write_eof()
    return response
