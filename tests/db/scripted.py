"""A database whose transactions meet a given fate each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from shared.db.engine import Operation, Reason, Throttled, TransactionCanceled, Unanswered
from tests.support.memory_engine import MemoryEngine

Fate = Literal["ok", "lost", "unheard", "throttled", "conflict", "too large"]
ALWAYS_LOST: Final[list[Fate]] = ["lost"] * 1000


class ScriptedEngine(MemoryEngine):
    """Notes every transaction; the first ones meet `fates`, all others are applied.

    `lost` never arrives; `unheard` is applied, and its answer does not come.
    """

    def __init__(self, *fates: Fate) -> None:
        super().__init__()
        self.fates = [*fates]
        self.write_fates: list[Fate] = []
        self.sent: list[tuple[Operation, ...]] = []
        self.tokens: list[str] = []

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        self.sent.append(tuple(operations))
        self.tokens.append(token)
        match self.fates.pop(0) if self.fates else "ok":
            case "lost":
                raise Unanswered("injected")
            case "throttled":
                raise Throttled("injected")
            case "conflict":
                raise TransactionCanceled([Reason("none"), *_reasons("conflict", operations[1:])])
            case "too large":
                raise TransactionCanceled([*_reasons("too_large", operations)])
            case "unheard":
                super().transact(operations, token)
                raise Unanswered("injected")
            case _:
                super().transact(operations, token)

    def write(self, operation: Operation) -> None:
        fate = self.write_fates.pop(0) if self.write_fates else "ok"
        if fate == "lost":
            raise Unanswered("injected")
        if fate == "throttled":
            raise Throttled("injected")
        super().write(operation)

    def send_late(self, number: int) -> None:
        """Let a copy of a noted transaction arrive now."""
        super().transact(self.sent[number], f"late copy {number}")


def _reasons(code: Literal["conflict", "too_large"], operations: Iterable[Operation]) -> list[Reason]:
    return [Reason(code) for _ in operations]
