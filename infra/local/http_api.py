"""Passes a request to the HTTP API inside MiniStack, and its answer back as API Gateway would give it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from yarl import URL

from infra.guards import API_GUARD
from infra.local import limits
from infra.local.refusal import Refusal

# Named by RFC 9110 as meant for one hop; `host` and `content-length` are set anew.
_NOT_FORWARDED: Final = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


_UPLOAD_PATH: Final = "/api/storage/upload"
_BYTES: Final = "application/octet-stream"

log = logging.getLogger(__name__)


async def forward(
    request: web.Request, target: str, session: ClientSession, api: str, timeout_s: float
) -> web.Response:
    """Send `request` to `target` (path and query) of the HTTP API at the URL `api`.

    Raises:
        Refusal: 413 for what API Gateway or Lambda would not take, 503 after `timeout_s`.
    """
    body = await _body(request)
    headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED]
    content_type = request.content_type
    if request.path.endswith(_UPLOAD_PATH):
        headers, content_type = _as_bytes(headers), _BYTES
    limits.check_invocation(target, request.raw_headers, content_type if body else "", body)
    try:
        async with session.request(
            request.method,
            URL(api + target, encoded=True),
            headers=headers,
            data=io.BytesIO(body) if body else None,
            timeout=ClientTimeout(total=timeout_s),
            allow_redirects=False,
            skip_auto_headers=("Content-Type", "User-Agent", "Accept", "Accept-Encoding"),
        ) as answer:
            return _answer(target, answer.status, answer.headers.items(), await answer.read())
    except TimeoutError as error:
        raise Refusal(503, "ServiceUnavailable", "Service Unavailable") from error
    except ClientError as error:
        raise Refusal(503, "ServiceUnavailable", f"The local cloud does not answer: {error}") from error


def _as_bytes(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Name the type of an upload in another header, as `infra/constructs/api_request.js` does on AWS."""
    kept = [(name, value) for name, value in headers if name.lower() != "content-type"]
    given = next((value for name, value in headers if name.lower() == "content-type"), _BYTES)
    return [*kept, ("Content-Type", _BYTES), ("X-Content-Type", given)]


async def _body(request: web.Request) -> bytes:
    limits.check_body(request.content_length or 0)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        limits.check_body(len(body))
    return bytes(body)


def _answer(target: str, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> web.Response:
    too_large = limits.exceeds_answer(body)
    if status != 502 and not too_large:
        response = web.Response(status=status, body=body, headers=headers)
        response.headers.update(API_GUARD)
        return response
    # MiniStack answers 502 with the exception, which the developer should see; API Gateway says only this.
    reason = (
        f"its answer of {len(body)} bytes is above Lambda's limit" if too_large else body.decode(errors="replace")
    )
    log.error("%s failed: %s", target, reason)
    return web.json_response({"message": "Internal Server Error"}, status=500)
