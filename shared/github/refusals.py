"""What GitHub answers when it does not do what it was asked: an error for the job's owner, or a time to wait."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.service_errors import (
    GitHubDenied,
    GitHubNotConnected,
    GitHubNotFound,
    GitHubRefused,
    ServiceError,
)

_UNTOLD_WAIT_S: Final = 60.0
"""GitHub asks for a minute where a secondary limit names no time."""

_LONGEST_QUOTE: Final = 300
Headers = Mapping[str, str]


def wait_asked_for_s(status: int, headers: Headers, body: bytes, now_s: float) -> float | None:
    """Return for how long a rate limit asks the caller to wait, or None: the answer is not that of a rate limit."""
    is_spent = headers.get("x-ratelimit-remaining") == "0"
    is_named = "retry-after" in headers
    is_secondary = b"secondary rate limit" in body.lower() or b"abuse detection" in body.lower()
    if status != 429 and not (status == 403 and (is_spent or is_named or is_secondary)):
        return None
    if is_named:
        return max(_number(headers["retry-after"]), 0.0)
    if is_spent and "x-ratelimit-reset" in headers:
        return max(_number(headers["x-ratelimit-reset"]) - now_s, 0.0)
    return _UNTOLD_WAIT_S


def refusal(status: int, body: Any, about: str) -> ServiceError:
    """Return the error of an answer that is final.

    Args:
        status: its HTTP status, from 400 on.
        body: its JSON.
        about: what was asked for, such as `the repository ada/site`.
    """
    match status:
        case 401:
            return GitHubNotConnected(
                "GitHub not connected: GitHub does not accept the connection any more. Please connect GitHub again."
            )
        case 403:
            return GitHubDenied(
                f"GitHub does not allow this for {about}: {quoted(body)}. Check the permissions of the connection."
            )
        case 404:
            return GitHubNotFound(
                f"GitHub does not find {about}. Check its name, and that the connected account may see it."
            )
        case _:
            return GitHubRefused(f"GitHub refuses this for {about}: {quoted(body)}.")


def quoted(body: Any) -> str:
    """Return what GitHub says in an answer, in one line."""
    told: list[str] = []
    if isinstance(body, dict):
        told.append(str(body.get("message") or ""))
        errors = body.get("errors")
        for error in errors if isinstance(errors, list) else []:
            told.append(str(error.get("message") or "") if isinstance(error, dict) else str(error))
    text = " ".join("; ".join(filter(None, told)).split())
    return (text or "no reason given")[:_LONGEST_QUOTE].rstrip(".")


def json_of(body: bytes) -> Any:
    """Return the JSON of an answer, or None: it has none."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return _UNTOLD_WAIT_S
