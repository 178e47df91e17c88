"""How much the assistant may be told at once, and how much of its work is shown in a message."""

from __future__ import annotations

import json
from typing import Any, Final

from shared import values
from shared.errors import CallError

MAX_RESULT_BYTES: Final = 100 * 1024
"""The most of a tool's result that a model is told."""

MAX_SHOWN_BYTES: Final = 2000
"""The most of a call's arguments, and of its result, that is kept in a message: 200 calls of this size fit."""

MAX_CONVERSATION_BYTES: Final = 400_000
"""The most that a model is asked to read at once, apart from prompts: some 100,000 tokens."""


def cut(text: str, limit_bytes: int = MAX_RESULT_BYTES) -> str:
    """Return `text`, of a longer one the beginning and a word on how much there was; at most a line too long."""
    raw = text.encode(errors="replace")
    if len(raw) <= limit_bytes:
        return text
    return f"{raw[:limit_bytes].decode(errors='ignore')}\n… (cut: {len(raw)} bytes in all, {limit_bytes} are shown)"


def shown(value: Any) -> Any:
    """Return what a message keeps of a call's arguments or result: the value itself, or the beginning of its text."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    try:
        fits = len(values.dumps(value).encode()) <= MAX_SHOWN_BYTES
    except CallError:  # it is no Convex value
        fits = False
    return value if fits else cut(text, MAX_SHOWN_BYTES)
