"""Outcome records: what became of each mutation, in the same transaction as its writes.

A record is written if absent, under the caller's key or the call's own, so a mutation's effects and its answer exist
once, however often it is sent. It is also the commit record whose stream tells subscribers what changed.

    key        key/{subject}/{Idempotency-Key} · session/{sessionId}/{requestId} · call/{unique}
    commit     commit id
    caller     {subject, function, arguments}: who sent what; a replay must match
    status     ok | error | abandoned
    value      encoded JSON, or a pointer to it · error {code, message}
    documents  ids written · ranges: index ranges whose entries changed
    by         the connection whose actor has committed, if one has
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from shared.db.clock import timestamp_of
from shared.db.content import Content
from shared.db.engine import Condition, Item, Put
from shared.db.operations import Operations
from shared.errors import IdempotencyKeyReused, PolarisError
from shared.schema.platform import COMMITS
from shared.schema.spilled import Spilled

KEPT_WITH_KEY_S: Final = 14 * 24 * 3600
KEPT_S: Final = 24 * 3600
_LARGE_VALUE_BYTES: Final = 16 * 1024
_LONGEST_MESSAGE: Final = 4096

Status = Literal["ok", "error", "abandoned"]


class MutationRequest(NamedTuple):
    """Who calls what.

    Attributes:
        function: the function's path.
        subject: who calls.
        arguments_hash: a digest of the arguments.
        key: the caller's namespaced idempotency key, or None.
        after_ns: what the commit has to be later than.
    """

    function: str
    subject: str
    arguments_hash: str
    key: str | None = None
    after_ns: int = 0

    def caller(self) -> dict[str, str]:
        """Return what a replay must match."""
        return {"subject": self.subject, "function": self.function, "arguments": self.arguments_hash}


class Committed(NamedTuple):
    """The answer of a mutation.

    Attributes:
        value: encoded JSON.
        timestamp: of the commit, ns.
        replayed: whether an earlier sending of the same request had committed it.
    """

    value: str
    timestamp: int
    replayed: bool


class Change(NamedTuple):
    """What subscribers are told of a commit.

    Attributes:
        commit: its id.
        topics: the names of the documents and ranges that it changed.
        by: the connection whose actor has committed and knows already, or empty.
    """

    commit: str
    topics: tuple[str, ...]
    by: str = ""


def change_of(item: Item) -> Change:
    """Return the change that an outcome record tells of."""
    return Change(item["commit"], (*item["documents"], *item["ranges"]), item.get("by", ""))


class Outcome(NamedTuple):
    """How a run ended: with a value, or with an error to tell the caller."""

    status: Status
    value: str = "null"
    error: PolarisError | None = None


def record(
    key: str,
    request: MutationRequest,
    commit_id: str,
    outcome: Outcome,
    operations: Operations,
    content: Content,
    by: str = "",
) -> Put:
    """Return the write of an outcome, on condition that the key has none."""
    kept_s = KEPT_S if request.key is None else KEPT_WITH_KEY_S
    item: Item = {
        "key": key,
        "commit": commit_id,
        "caller": request.caller(),
        "status": outcome.status,
        "documents": operations.documents,
        "ranges": operations.ranges,
        "expiresAt": timestamp_of(commit_id) // 10**9 + kept_s,
    }
    if by:
        item["by"] = by
    if outcome.error is not None:
        item["error"] = {"code": outcome.error.code, "message": outcome.error.message[:_LONGEST_MESSAGE]}
    elif len(outcome.value.encode()) <= _LARGE_VALUE_BYTES:
        item["value"] = outcome.value
    else:
        pointer = content.spill(COMMITS, commit_id, "value", outcome.value.encode(), is_json=False)
        item["value"] = {"key": pointer.key, "sha256": pointer.sha256, "bytes": pointer.size_bytes}
    return Put(COMMITS, item, (Condition("key", "absent"),))


def answer(item: Item, request: MutationRequest, content: Content, *, replayed: bool = True) -> Committed:
    """Return the answer that an outcome record holds, or raise the error that it holds.

    Raises:
        IdempotencyKeyReused: the record belongs to another call.
    """
    if item["caller"] != request.caller():
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used for a call of another function, with other arguments or by someone else;"
            " use a new key for each call."
        )
    if item["status"] != "ok":
        raise _error(item["error"])
    value = item["value"]
    if isinstance(value, dict):
        pointer = Spilled(item["commit"], "value", value["key"], value["sha256"], value["bytes"], is_json=False)
        value = content.load(pointer)
    return Committed(value, timestamp_of(item["commit"]), replayed)


def _error(recorded: dict[str, Any]) -> PolarisError:
    """Make the recorded error again, by its code; the families of errors have none of their own."""
    kinds = {kind.code: kind for kind in _kinds(PolarisError) if "code" in vars(kind)}
    error = PolarisError.__new__(kinds.get(recorded["code"], PolarisError))
    PolarisError.__init__(error, recorded["message"])
    return error


def _kinds(base: type[PolarisError]) -> list[type[PolarisError]]:
    return [kind for child in base.__subclasses__() for kind in (child, *_kinds(child))]
