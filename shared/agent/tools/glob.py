"""Patterns of paths, such as `src/**/*.ts` and `*.{js,ts}`; one without a slash means names in any folder."""

from __future__ import annotations

import re
from typing import Final

MAX_CHARACTERS: Final = 200
_PARTS: Final = re.compile(r"\*\*/|\*\*|\*|\?|\{[^{}]*\}|.", re.DOTALL)


def matches_glob(pattern: str, path: str) -> bool:
    """Tell whether `path` fits `pattern`, in time that grows with the product of their lengths."""
    shown = pattern.strip("/")[:MAX_CHARACTERS]
    subject = path if "/" in shown else path.rpartition("/")[2]
    return any(_fits(parts, subject) for parts in _alternatives(_PARTS.findall(shown)))


def _alternatives(parts: list[str]) -> list[list[str]]:
    """Return the patterns that one with braces stands for, a hundred at most."""
    found: list[list[str]] = [[]]
    for part in parts:
        options = part[1:-1].split(",") if part.startswith("{") and part.endswith("}") else None
        ends = [_PARTS.findall(option) for option in options] if options is not None else [[part]]
        found = [[*begun, *end] for begun in found for end in ends][:100]
    return found


def _fits(parts: list[str], text: str) -> bool:
    reached = {0}
    for part in parts:
        reached = _after(part, text, reached)
        if not reached:
            return False
    return len(text) in reached


def _after(part: str, text: str, reached: set[int]) -> set[int]:
    """Return where in `text` one may be once `part` has matched from one of the places `reached`."""
    match part:
        case "**/":
            folders = {at + 1 for at, character in enumerate(text) if character == "/" and at >= min(reached)}
            return reached | folders
        case "**":
            return {*range(min(reached), len(text) + 1)}
        case "*":
            ends: set[int] = set()
            for at in sorted(reached):
                if at in ends:
                    continue
                stop = text.find("/", at)
                ends |= {*range(at, (len(text) if stop < 0 else stop) + 1)}
            return ends
        case "?":
            return {at + 1 for at in reached if at < len(text) and text[at] != "/"}
        case _:
            return {at + 1 for at in reached if text.startswith(part, at)}
