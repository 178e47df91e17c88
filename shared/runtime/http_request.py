"""What an HTTP request says: its JSON body, its format, its idempotency key."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared import values
from shared.errors import BadRequest, PayloadTooLarge, ValueTooLarge
from shared.runtime.result import mebibytes

Event = Mapping[str, Any]

MAX_BODY_BYTES: Final = 10_000_000
"""API Gateway's limit of a request body."""

MAX_ARGUMENTS_BYTES: Final = 5_500_000
"""What fits into a Lambda event of 6 MB, with some room for headers."""

_ENCODED: Final = ("convex_encoded_json", "convex_json")
_CLEAN: Final = (None, "json", "convex_clean_json")
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""Half a character, escaped; whether the other half follows is seen once it is decoded."""

_IDEMPOTENCY_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")


def read_json(event: Event) -> dict[str, Any]:
    """Return the JSON object that a request carries.

    Raises:
        PayloadTooLarge: the body is above API Gateway's limit.
        BadRequest: it is not a JSON object in UTF-8.
    """
    if body_bytes(event) > MAX_BODY_BYTES:
        raise PayloadTooLarge(f"The body is larger than {mebibytes(MAX_BODY_BYTES)}.")
    body = event.get("body") or ""
    try:
        content = values.parse(b64decode(body, validate=True) if event.get("isBase64Encoded") else body)
    except ValueError as error:
        raise BadRequest(f"The body is not base64 text: {error}") from None
    if not isinstance(content, dict):
        raise BadRequest("The body must be a JSON object.")
    if event.get("isBase64Encoded") or _HALF.search(body):
        _refuse_halves(content)
    return content


def _refuse_halves(content: dict[str, Any]) -> None:
    """Refuse halves of characters, which JSON can write, and which can be neither stored nor answered."""
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except RecursionError:
        raise BadRequest("The body is nested too deeply.") from None
    except UnicodeEncodeError:
        raise BadRequest("A string in the body holds half a surrogate pair, which is not Unicode text.") from None


def body_bytes(event: Event) -> int:
    """Return about how many bytes the body has (exactly, if it is ASCII)."""
    characters = len(event.get("body") or "")
    return characters * 3 // 4 if event.get("isBase64Encoded") else characters


def check_arguments_size(event: Event, function: str) -> None:
    """Refuse arguments that the function at path `function` would not get on AWS.

    Raises:
        ValueTooLarge: the text is Convex's.
    """
    size_bytes = body_bytes(event)
    if size_bytes > MAX_ARGUMENTS_BYTES:
        raise ValueTooLarge(
            f"Arguments for {function} are too large "
            f"(actual: {mebibytes(size_bytes)}, limit: {mebibytes(MAX_ARGUMENTS_BYTES)})"
        )


def wants_clean(format_name: Any) -> bool:
    """Tell whether the result is to be clean JSON (the default) or encoded JSON.

    Raises:
        BadRequest: the format is unknown.
    """
    if format_name in _CLEAN:
        return True
    if format_name in _ENCODED:
        return False
    raise BadRequest("The field `format` must be `json` or `convex_encoded_json`.")


def idempotency_key(headers: Mapping[str, str], subject: str) -> str | None:
    """Return the caller's `Idempotency-Key` in a namespace of its own, or None.

    The subject is hashed, since it may hold any character and have any length.

    Raises:
        BadRequest: it is not 1 to 255 printable ASCII characters.
    """
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest("The Idempotency-Key header must be 1 to 255 printable ASCII characters.")
    return f"key/{sha256(subject.encode()).hexdigest()}/{key}"
