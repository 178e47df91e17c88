"""What projects and conversations may be called."""

from __future__ import annotations

import re
from typing import Final

from shared.errors import InvalidArgument

DEFAULT_TITLE: Final = "New Conversation"
"""What a conversation is called until somebody, or the assistant, finds a title for it."""

MAX_CHARACTERS: Final = 255
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def title_of(text: str, what: str) -> str:
    """Return a title without the space around it.

    Args:
        text: what the caller sent.
        what: what the title is, for messages: `Project name`.

    Raises:
        InvalidArgument: nothing is left, it is longer than `MAX_CHARACTERS`, or a control character is in it.
    """
    title = text.strip()
    if not title:
        raise InvalidArgument(f"{what} cannot be empty")
    if len(title) > MAX_CHARACTERS:
        raise InvalidArgument(f"{what} cannot be longer than {MAX_CHARACTERS} characters (it has {len(title)})")
    if _CONTROL.search(title):
        raise InvalidArgument(f"{what} cannot contain control characters")
    return title
