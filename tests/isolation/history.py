"""What happened: operations of clients, what each read and wrote, and when.

Every write puts down a token that names its operation, `17`, or `17/2` for the second write of operation 17, so that
whoever reads it knows whose it is. What a key holds is one of three things:

    register   the last token, or None        Write("set")
    list       a tuple of tokens              Write("append")
    range      a frozenset of tokens          Write("add"), Write("remove")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

FOREVER_NS = 2**63
SETUP = "setup"
"""The operation that made what was there at first."""

Value = str | tuple[str, ...] | frozenset[str] | None
Outcome = Literal["ok", "fail", "unknown"]


class Read(NamedTuple):
    """A key held `value`; `version` is the document's, where it has one: a later one sorts after an earlier one."""

    key: str
    value: Value
    version: str = ""


class Write(NamedTuple):
    """An operation put `token` down at a key."""

    key: str
    token: str
    kind: Literal["set", "append", "add", "remove"] = "set"


Action = Read | Write


@dataclass(frozen=True)
class Operation:
    """One call of a client, however often it was sent.

    Attributes:
        id: names it.
        client: who made it.
        name: what it is.
        mutates: whether it is a mutation, one transaction; each read of a query is an operation of its own.
        started_ns: when it was first sent.
        ended_ns: when it was first answered.
        outcome: what the caller knows: it happened (with a value or a refusal), it never will, or neither. An unknown
            one that has actions is known to have been applied, from what was found afterwards.
        actions: what it read and wrote, in order.
        facts: numbers that it saw, for invariants.
    """

    id: str
    client: int
    name: str
    mutates: bool
    started_ns: int
    ended_ns: int = FOREVER_NS
    outcome: Outcome = "unknown"
    actions: tuple[Action, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_happened(self) -> bool:
        """Whether what it read and wrote took place."""
        return self.outcome == "ok" or (self.outcome == "unknown" and bool(self.actions))

    @property
    def keys(self) -> set[str]:
        """What it read or wrote."""
        return {action.key for action in self.actions}

    def writes(self, key: str) -> list[Write]:
        """Return what it wrote at a key, in order."""
        return [action for action in self.actions if isinstance(action, Write) and action.key == key]

    def __str__(self) -> str:
        """Say what it did in a line."""
        span = f"{self.started_ns / 1e9:.4f}-{'' if self.ended_ns == FOREVER_NS else f'{self.ended_ns / 1e9:.4f}'}"
        return f"{self.id} (client {self.client}, {span} s, {self.outcome}) {self.name}: {_story(self)}"


History = list[Operation]


def writer_of(token: str) -> str:
    """Return the operation that a token names."""
    return token.split("/", maxsplit=1)[0]


def encode(action: Action) -> list[Any]:
    """Return an action as JSON can carry it."""
    if isinstance(action, Write):
        return [action.kind, action.key, action.token]
    match action.value:
        case tuple():
            return ["list", action.key, list(action.value), action.version]
        case frozenset():
            return ["range", action.key, sorted(action.value), action.version]
    return ["read", action.key, action.value, action.version]


def decode(raw: list[Any]) -> Action:
    """Return the action that `encode` made this of."""
    match raw:
        case ["read", key, value, version]:
            return Read(key, value, version)
        case ["list", key, value, version]:
            return Read(key, tuple(value), version)
        case ["range", key, value, version]:
            return Read(key, frozenset(value), version)
        case [kind, key, token]:
            return Write(key, token, kind)
    raise ValueError(f"no action: {raw}")


def _story(operation: Operation) -> str:
    return ", ".join(_told(action) for action in operation.actions) or "nothing is known"


def _told(action: Action) -> str:
    if isinstance(action, Write):
        return f"{action.kind} {action.key} {action.token}"
    match action.value:
        case tuple():
            return f"{action.key} = [{' '.join(action.value)}]"
        case frozenset():
            return f"{action.key} = {{{' '.join(sorted(action.value))}}}"
    return f"{action.key} = {action.value}"
