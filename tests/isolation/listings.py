"""Ranges as queries read them: not at one moment, but never without what was acknowledged before."""

from __future__ import annotations

from collections.abc import Iterator

from tests.isolation.history import FOREVER_NS, History, Operation, Read

Entry = tuple[str, str]
"""A key and a token that was in its range."""


def stale_listings(history: History) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield (writer, reader) and what is wrong, for each entry that a query missed or still showed."""
    added = _by_entry(history, "add")
    removed = _by_entry(history, "remove")
    for look in history:
        for read in look.actions if not look.mutates else ():
            if isinstance(read, Read) and isinstance(read.value, frozenset):
                yield from _of_listing(look, read, added, removed)


def _of_listing(
    look: Operation, read: Read, added: dict[Entry, Operation], removed: dict[Entry, Operation]
) -> Iterator[tuple[tuple[str, str], str]]:
    value = read.value if isinstance(read.value, frozenset) else frozenset()
    for (key, token), adder in added.items():
        if key != read.key:
            continue
        remover = removed.get((key, token))
        if token not in value and _is_done(adder, look) and (remover is None or remover.started_ns > look.ended_ns):
            yield (adder.id, look.id), f"{look.id} missed {token} in {key}, which was acknowledged before"
        if token in value and remover is not None and _is_done(remover, look):
            yield (remover.id, look.id), f"{look.id} saw {token} in {key}, whose removal was acknowledged before"


def _is_done(earlier: Operation, look: Operation) -> bool:
    return earlier.outcome == "ok" and earlier.ended_ns < min(look.started_ns, FOREVER_NS)


def _by_entry(history: History, kind: str) -> dict[Entry, Operation]:
    return {
        (action.key, action.token): operation
        for operation in history
        if operation.has_happened
        for action in operation.actions
        if not isinstance(action, Read) and action.kind == kind
    }
