"""What a model is told first: the conversation so far, or what is to be made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from shared.errors import InvalidArgument
from shared.model.port import Json, Said

MAX_HISTORY: Final = 10
"""How many messages before the user's the assistant reads."""


def opening_of(messages: Iterable[Json]) -> list[Said]:
    """Return the last messages of a conversation, oldest first, the sides alternating from the user to the user.

    Args:
        messages: {"role", "content"} of those before the answer, oldest first.

    Raises:
        InvalidArgument: there is nothing to answer.
    """
    said: list[Said] = []
    for message in [*messages][-MAX_HISTORY - 1 :]:
        role, text = message["role"], message["content"]
        if not text.strip() or (not said and role == "assistant"):
            continue
        if said and said[-1].role == role:
            said[-1] = Said(role, f"{said[-1].text}\n\n{text}")
        else:
            said.append(Said(role, text))
    while said and said[-1].role == "assistant":
        said.pop()
    if not said:
        raise InvalidArgument("There is nothing to answer: the conversation has no message of its user.")
    return said
