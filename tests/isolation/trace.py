"""What a test function reads and writes, noted as it goes; the note is its result, so it is recorded exactly once."""

from __future__ import annotations

import json
from typing import Any, NoReturn, cast

from shared.db.reader import Reader
from shared.db.writer import Writer
from shared.errors import Conflict
from tests.isolation.history import Action, Read, Value, Write, decode, encode


class Trace:
    """One run of one operation.

    Args:
        reader: the database as the product gives it to a function.
        operation: which operation it is; its tokens name it.
    """

    def __init__(self, reader: Reader, operation: str) -> None:
        self.reader = reader
        self.operation = operation
        self.actions: list[Action] = []
        self.facts: dict[str, Any] = {}
        self._tokens = 0

    @property
    def db(self) -> Writer:
        """The same, for mutations."""
        return cast("Writer", self.reader)

    def token(self) -> str:
        """Return a token that nobody else has."""
        self._tokens += 1
        return self.operation if self._tokens == 1 else f"{self.operation}/{self._tokens}"

    def read(self, key: str, value: Value, version: str = "") -> None:
        """Note what a key held."""
        self.actions.append(Read(key, value, version))

    def wrote(self, write: Write) -> None:
        """Note a write."""
        self.actions.append(write)

    def refuse(self) -> NoReturn:
        """End the mutation by an error that tells what it was decided on; nothing is written."""
        self.actions = [action for action in self.actions if isinstance(action, Read)]
        raise Conflict(self.text)

    @property
    def text(self) -> str:
        """The note."""
        actions = [encode(action) for action in self.actions]
        return json.dumps({"op": self.operation, "actions": actions, "facts": self.facts})


def noted(text: str) -> tuple[str, tuple[Action, ...], dict[str, Any]] | None:
    """Return the operation, its actions and facts of a note; None: the text is none."""
    try:
        raw = json.loads(text)
        return raw["op"], tuple(decode(action) for action in raw["actions"]), raw["facts"]
    except (ValueError, KeyError, TypeError):
        return None
