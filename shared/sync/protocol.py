"""The messages of the sync protocol that clients send (protocol section 3), and the versions that both sides name."""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

Json = dict[str, Any]

MAX_SESSION_LENGTH: Final = 128
"""Clients send a UUID; it becomes part of a key, which has room for 2,048 bytes."""
_EXACT_BELOW: Final = 2**53


class BadMessage(Exception):
    """A client's message that no released client sends; the text says what is wrong with it."""


class Version(NamedTuple):
    """Where a client stands: it takes a Transition only from exactly here (protocol section 3.2)."""

    query_set: int = 0
    identity: int = 0
    ts: int = 0

    def wire(self) -> Json:
        """Return it as clients read it."""
        return {"querySet": self.query_set, "identity": self.identity, "ts": timestamp(self.ts)}


@dataclass(frozen=True)
class Connect:
    """The first message of every connection.

    Attributes:
        session: the client's id for itself.
        connection_count: how many sockets it has opened; this one counts if it opened before the client was ready.
        observed_ns: the latest timestamp that it has seen, or 0: none.
        was_closed: whether it knows why its last socket closed.
    """

    session: str
    connection_count: int
    observed_ns: int
    was_closed: bool = True

    @property
    def resumes(self) -> bool:
        """Whether the client may have sent requests before that were executed.

        JavaScript's opens its socket while it fetches a token, and then sends a count of 1 and no reason on that very
        socket. It sends the same after its first socket was answered with AuthError alone, which executes nothing.
        """
        waited = self.connection_count == 1 and not self.was_closed and not self.observed_ns
        return self.connection_count > 0 and not waited


@dataclass(frozen=True)
class Authenticate:
    """A new identity: a token, or None to sign out."""

    base: int
    kind: Literal["User", "None", "Admin"]
    token: str


@dataclass(frozen=True)
class Add:
    """A query to keep live; `args` is encoded JSON."""

    query: int
    path: str
    args: str
    journal: str | None


@dataclass(frozen=True)
class Remove:
    """A query that is live no longer."""

    query: int


@dataclass(frozen=True)
class ModifyQuerySet:
    """What becomes of the set of live queries."""

    base: int
    new: int
    modifications: tuple[Add | Remove, ...]


@dataclass(frozen=True)
class Request:
    """A mutation or an action; `args` is encoded JSON."""

    kind: Literal["Mutation", "Action"]
    number: int
    path: str
    args: str


@dataclass(frozen=True)
class Telemetry:
    """What clients say of themselves; nobody listens."""


@dataclass(frozen=True)
class Part:
    """A frame that has a number: a part of a text of messages, of which `left` more follow (`shared.sync.parts`)."""

    number: int
    left: int
    text: str


Message = Connect | Authenticate | ModifyQuerySet | Request | Telemetry | Part


def parse(text: str) -> Message:
    """Return the message that a frame carries; raises `BadMessage` if it is none."""
    return message_of(load(text))


def load(text: str) -> Any:
    """Read JSON of a client; raises `BadMessage` if it is none."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadMessage("a frame is not JSON") from None


def message_of(told: Any) -> Message:
    """Return the message that a client's JSON is; raises `BadMessage` if it is none."""
    if not isinstance(told, dict):
        raise BadMessage("a frame is no object")
    match told.get("type"):
        case "Connect":
            observed = told.get("maxObservedTimestamp")
            return Connect(
                _session(told),
                _number(told, "connectionCount"),
                0 if observed is None else timestamp_ns(observed),
                told.get("lastCloseReason", "") is not None,
            )
        case "Authenticate":
            return _authenticate(told)
        case "ModifyQuerySet":
            return _modify_query_set(told)
        case "Mutation" | "Action" as kind:
            _refuse_component(told)
            return Request(kind, _number(told, "requestId"), _text(told, "udfPath"), _args(told))
        case "Event":
            return Telemetry()
        case "Part":
            return Part(_number(told, "number"), _number(told, "left"), _text(told, "text"))
    raise BadMessage("a frame has no type that this server knows")


def timestamp(ns: int) -> str:
    """Write a timestamp as clients compare them."""
    return b64encode(struct.pack("<Q", ns)).decode()


def timestamp_ns(text: Any) -> int:
    """Read a timestamp.

    Raises:
        BadMessage: it is none.
    """
    try:
        return int(struct.unpack("<Q", b64decode(text, validate=True))[0])
    except (TypeError, ValueError, struct.error):
        raise BadMessage("a timestamp is not base64 text of 8 bytes") from None


def _authenticate(told: Json) -> Authenticate:
    kind = told.get("tokenType")
    if kind not in {"User", "None", "Admin"}:
        raise BadMessage("`tokenType` is not User, None or Admin")
    return Authenticate(_number(told, "baseVersion"), kind, _text(told, "value") if kind == "User" else "")


def _modify_query_set(told: Json) -> ModifyQuerySet:
    modifications = told.get("modifications")
    if not isinstance(modifications, list):
        raise BadMessage("`modifications` is no array")
    base, new = _number(told, "baseVersion"), _number(told, "newVersion")
    if new <= base:
        raise BadMessage("`newVersion` is not above `baseVersion`")
    return ModifyQuerySet(base, new, tuple(map(_modification, modifications)))


def _modification(told: Any) -> Add | Remove:
    match told:
        case {"type": "Add"}:
            _refuse_component(told)
            journal = None if told.get("journal") is None else _text(told, "journal")
            return Add(_number(told, "queryId"), _text(told, "udfPath"), _args(told), journal)
        case {"type": "Remove"}:
            return Remove(_number(told, "queryId"))
    raise BadMessage("a modification is neither Add nor Remove")


def _args(told: Json) -> str:
    args = written(told.get("args", {}))
    _refuse_halves(args, "args")
    return args


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refuse_halves(text: str, name: str) -> None:
    """Refuse halves of characters, which JSON can write and nothing can store."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadMessage(f"`{name}` has half a character") from None


def _refuse_component(told: Json) -> None:
    if told.get("componentPath") is not None:
        raise BadMessage("`componentPath` is set, and there are no components")


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise BadMessage(f"`{name}` is no string")
    _refuse_halves(value, name)
    return value


def _session(told: Json) -> str:
    session = _text(told, "sessionId")
    if len(session) > MAX_SESSION_LENGTH:
        raise BadMessage(f"`sessionId` is longer than {MAX_SESSION_LENGTH} characters")
    return session


def _number(told: Json, name: str) -> int:
    match told.get(name):
        case bool():
            pass
        case int() | float() as value if 0 <= value < _EXACT_BELOW and value == int(value):
            return int(value)
    raise BadMessage(f"`{name}` is no whole number from 0 on")


def written(value: Any) -> str:
    """Write JSON as it is sent: short, and with characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
