"""A client whose frames have numbers, as those of the package in `client/`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.sync.live import Message, Socket

PART = 24_000


class Transport:
    """Cuts what is sent at once into parts, and numbers these from 0 on."""

    def __init__(self) -> None:
        self._next = 0

    def parts(self, *messages: Message, size: int = PART) -> list[Message]:
        """Return the frames of messages that are sent at once, of at most `size` characters each."""
        return self.text_parts(json.dumps(messages), size)

    def text_parts(self, text: str, size: int = PART) -> list[Message]:
        """Return the frames of a text."""
        cut = [text[start : start + size] for start in range(0, len(text), size)]
        return list(self._numbered(cut))

    def _numbered(self, cut: list[str]) -> Iterator[Message]:
        for place, text in enumerate(cut):
            yield {"type": "Part", "number": self._next, "left": len(cut) - place - 1, "text": text}
            self._next += 1


class NumberedSocket:
    """A socket of such a client."""

    def __init__(self, socket: Socket) -> None:
        self.socket, self.transport = socket, Transport()

    def send(self, *messages: Message, size: int = PART) -> None:
        """Send messages at once."""
        self.socket.send(*self.transport.parts(*messages, size=size))
