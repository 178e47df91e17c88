"""What calls of the app came to: what was acknowledged is there once, and what failed is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from tests.isolation.history import FOREVER_NS, History, Operation, Read, Write

Line = dict[str, Any]
"""What the driver printed."""


def history_of(lines: Iterable[Line]) -> History:
    """Return the calls and looks that the driver told of."""
    lines = list(lines)
    answers = {line["answered"]: line for line in lines if "answered" in line}
    history = []
    for line in lines:
        if "sent" in line:
            answer = answers.get(line["sent"], {"at": FOREVER_NS, "answer": "unknown"})
            is_over = answer["answer"] != "unknown"
            history.append(
                Operation(
                    line["sent"],
                    line["client"],
                    line["path"],
                    mutates=True,
                    started_ns=line["at"],
                    ended_ns=answer["at"] if is_over else FOREVER_NS,
                    outcome=answer["answer"],
                    actions=_writes(line) if answer["answer"] != "fail" else (),
                )
            )
        elif "looked" in line:
            value = line["value"] if "value" in line else frozenset(line["range"])
            read = Read(line["key"], value)
            name, start_ns, end_ns = f"look {line['looked']}", line["from"], line["at"]
            history.append(Operation(name, line["client"], "look", False, start_ns, end_ns, "ok", (read,)))
    return history


def doubled_and_lost(history: History, found: dict[str, list[str]]) -> Iterator[str]:
    """Yield what is wrong with what is there in the end: of each range, the tokens in it.

    Args:
        history: the calls.
        found: by range, the tokens that are in it now, and as often as they are.
    """
    removed = {
        write.token for o in history for write in o.actions if isinstance(write, Write) and write.kind == "remove"
    }
    for key, tokens in found.items():
        for token, times in Counter(tokens).items():
            if times > 1:
                yield f"{token} is {times} times in {key}"
        for operation in history:
            for write in operation.writes(key):
                if write.kind == "add" and operation.outcome == "ok" and write.token not in {*tokens} | removed:
                    yield f"{operation} was acknowledged, and is not in {key}"
    failed = {operation.id for operation in history if operation.outcome == "fail"}
    for key, tokens in found.items():
        yield from (f"{token} is in {key}, and had failed" for token in tokens if token in failed)


def stale_loads(history: History) -> Iterator[str]:
    """Yield the looks at registers that saw what had been overwritten by an acknowledged call before."""
    writers = {
        write.token: o for o in history for write in o.actions if isinstance(write, Write) and write.kind == "set"
    }
    for look in history:
        for read in look.actions if not look.mutates else ():
            if isinstance(read, Read) and isinstance(read.value, str) and read.key.startswith("file "):
                yield from _of_load(look, read.key, read.value, writers)


def _tokens(history: History, kind: str) -> dict[str, Operation]:
    """Return who wrote each token in a way."""
    return {
        write.token: operation
        for operation in history
        for write in operation.actions
        if isinstance(write, Write) and write.kind == kind
    }


def _of_load(look: Operation, key: str, token: str, writers: dict[str, Operation]) -> Iterator[str]:
    seen = writers.get(token)
    if seen is None and token:
        yield f"{look.id} read {token} in {key}, which nobody wrote"
    for later in writers.values():
        is_over = later.outcome == "ok" and later.ended_ns < look.started_ns and bool(later.writes(key))
        if is_over and (seen is None or (seen.outcome == "ok" and seen.ended_ns < later.started_ns)):
            yield f"{look.id} read {token!r} in {key}, which {later.id} had overwritten before"


def _writes(line: Line) -> tuple[Write, ...]:
    if "removes" in line:
        return (Write(line["key"], line["removes"], "remove"),)
    if "key" in line:
        return (Write(line["key"], line["sent"], "set" if line.get("set") else "add"),)
    return ()
