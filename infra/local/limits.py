"""The limits that API Gateway and Lambda put on a request; MiniStack knows none of them.

Source: "Quotas for HTTP APIs" of API Gateway and "Lambda quotas".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Final

from infra.local.refusal import Refusal

HEADER_BYTES: Final = 10_240
BODY_BYTES: Final = 10 * 1024 * 1024
INVOCATION_BYTES: Final = 6 * 1024 * 1024
INTEGRATION_TIMEOUT_S: Final = 30

# What an event holds besides the headers, the query and the body: request context, version, route key.
_ENVELOPE_BYTES: Final = 1_024
_TEXT_TYPES: Final = ("application/json", "application/xml", "application/javascript")

RawHeaders = Iterable[tuple[bytes, bytes]]


def check_headers(method: str, target: str, headers: RawHeaders) -> None:
    """Raise `Refusal` (431) if the request line and the headers are together above 10,240 bytes."""
    size = len(f"{method} {target} HTTP/1.1\r\n".encode()) + _header_bytes(headers)
    if size > HEADER_BYTES:
        text = f"The request line and headers are {size} bytes; the limit is {HEADER_BYTES}."
        raise Refusal(431, "RequestHeaderFieldsTooLarge", text)


def check_body(size_bytes: int) -> None:
    """Raise `Refusal` (413) if an HTTP API would not take a body of this size."""
    if size_bytes > BODY_BYTES:
        raise Refusal(413, "PayloadTooLarge", "Request Entity Too Large")


def check_invocation(target: str, headers: RawHeaders, content_type: str, body: bytes) -> None:
    """Raise `Refusal` (413) if the event that API Gateway makes of the request is above Lambda's 6 MB."""
    size = _ENVELOPE_BYTES + 2 * len(target) + _header_bytes(headers) + _body_in_event_bytes(content_type, body)
    if size > INVOCATION_BYTES:
        raise Refusal(413, "PayloadTooLarge", "Request Entity Too Large")


def exceeds_answer(body: bytes) -> bool:
    """Tell whether a response body is too large for Lambda to return."""
    return len(body) > INVOCATION_BYTES


def _header_bytes(headers: RawHeaders) -> int:
    return sum(len(name) + len(value) + len(": \r\n") for name, value in headers)


def _body_in_event_bytes(content_type: str, body: bytes) -> int:
    """Size of the body as API Gateway puts it into the event: a JSON string for text, else Base64."""
    if content_type.startswith("text/") or content_type in _TEXT_TYPES:
        return len(json.dumps(body.decode("utf-8", "replace"), ensure_ascii=False).encode())
    return len(base64.b64encode(body))
