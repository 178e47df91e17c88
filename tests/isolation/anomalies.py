"""What is wrong with a history: what no serial order of its mutations explains, named as Adya and Elle name it.

impossible value       read what nobody wrote
aborted read           read what an operation wrote that has failed (G1a)
intermediate read      read what its writer overwrote in the same transaction (G1b)
internal               a mutation did not read its own write, or read one key twice and differently
doubled effect         a token stands twice in a list, or was removed from a range twice
incompatible order     two reads of a list that no one order of its appends gives
version line           an older token came back under a newer version
lost update            two mutations have overwritten the same token
G0 G1c G-single G2-item G2    cycles of what must precede what: of writes; of writes and reads; with one read that
another overwrote; with several; with reads of ranges (phantoms)
…-realtime             such a cycle which shows only in who was answered before who was sent: a lost or stale write
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tests.isolation.cycles import shortest_cycles
from tests.isolation.dependencies import Evidence, dependencies, list_order, register_order
from tests.isolation.graph import Edge, Graph
from tests.isolation.history import SETUP, History, Operation, Read, Write, writer_of
from tests.isolation.listings import stale_listings


class Anomaly(NamedTuple):
    """Something that no serial order explains.

    Attributes:
        kind: its name.
        operations: those that show it.
        why: what is wrong, in words.
        cycle: what precedes what, where it is a cycle.
    """

    kind: str
    operations: tuple[str, ...]
    why: str
    cycle: tuple[Edge, ...] = ()


def check(history: History) -> list[Anomaly]:
    """Return what is wrong with a history; of each kind of cycle the shortest that was found."""
    return symptoms(history) + [_cycle(edges) for edges in shortest_cycles(graph_of(history))]


def symptoms(history: History) -> list[Anomaly]:
    """Return what is wrong with a history besides cycles."""
    evidence = Evidence.of(history)
    stale = [Anomaly("stale listing", operations, why) for operations, why in stale_listings(history)]
    return [*_of_single_reads(history), *_of_repeated_reads(evidence), *_of_versions(evidence), *stale]


def graph_of(history: History) -> Graph:
    """Return what precedes what in a history."""
    return dependencies(history, Evidence.of(history))


def kind_of(edges: list[Edge]) -> str:
    """Return the name of a cycle."""
    kinds = Counter(edge.kind for edge in edges)
    against = kinds["rw"] + kinds["pr"]
    if not against:
        name = "G1c" if kinds["wr"] else "G0"
    elif against == 1:
        name = "G-single"
    else:
        name = "G2" if kinds["pr"] else "G2-item"
    return f"{name}-realtime" if kinds["rt"] else name


def _cycle(edges: list[Edge]) -> Anomaly:
    words = {
        "ww": "wrote {key} before {after} did",
        "wr": "wrote in {key} what {after} read",
        "rw": "read {key} as it was before {after} wrote it",
        "pr": "read the range {key} as it was before {after} changed it",
        "rt": "was answered before {after} was sent",
    }
    lines = [f"{e.before} {words[e.kind].format(key=e.key, after=e.after)}" for e in edges]
    return Anomaly(kind_of(edges), tuple(edge.before for edge in edges), "; ".join(lines), tuple(edges))


def _of_single_reads(history: History) -> Iterator[Anomaly]:
    known = {operation.id: operation for operation in history}
    innocent: set[str] = set()
    for operation in history:
        own: dict[str, list[Write]] = defaultdict(list)
        last: dict[str, Read] = {}
        for action in operation.actions:
            if isinstance(action, Write):
                own[action.key].append(action)
                last.pop(action.key, None)
                continue
            yield from _of_read(operation, action, own[action.key])
            yield from _of_tokens(operation, action, known, innocent)
            if action.key in last and last[action.key].value != action.value:
                yield Anomaly("internal", (operation.id,), f"{operation.id} read {action.key} twice and differently")
            last[action.key] = action


def _of_read(operation: Operation, read: Read, own: list[Write]) -> Iterator[Anomaly]:
    if not _shows_own(read, own):
        yield Anomaly("internal", (operation.id,), f"{operation.id} does not see its own write of {read.key}")


def _of_tokens(
    operation: Operation, read: Read, known: dict[str, Operation], innocent: set[str]
) -> Iterator[Anomaly]:
    """Yield what is wrong with the tokens that were read, but those in which nothing was found wrong before."""
    tokens = {read.value} if isinstance(read.value, str) else {*(read.value or ())}
    for token in sorted(tokens - innocent):
        writer = known.get(writer_of(token))
        if writer is None and writer_of(token) != SETUP:
            yield Anomaly("impossible value", (operation.id,), f"{read.key} holds {token}, which nobody wrote")
        elif writer is not None and writer.outcome == "fail":
            why = f"{operation.id} read {token} in {read.key}, but {writer.id} had failed"
            yield Anomaly("aborted read", (writer.id, operation.id), why)
        else:
            innocent.add(token)


def _shows_own(read: Read, own: list[Write]) -> bool:
    """Tell whether a read shows what its own operation had written there."""
    tokens = [write.token for write in own]
    match read.value:
        case tuple():
            return list(read.value[len(read.value) - len(tokens) :]) == tokens
        case frozenset():
            gone = {write.token for write in own if write.kind == "remove"}
            return not gone & read.value and {*tokens} - gone <= read.value
    return not tokens or read.value == tokens[-1]


def _of_repeated_reads(evidence: Evidence) -> Iterator[Anomaly]:
    for key, reads in evidence.reads.items():
        if any(isinstance(read.value, tuple) for _, read in reads):
            yield from _of_list(key, evidence)
    for key, writes in evidence.writes.items():
        removers = defaultdict(list)
        for operation, write in writes:
            if write.kind == "remove":
                removers[write.token].append(operation.id)
        for token, operations in removers.items():
            if len(operations) > 1:
                yield Anomaly("doubled effect", tuple(operations), f"{token} was removed from {key} twice")


def _of_list(key: str, evidence: Evidence) -> Iterator[Anomaly]:
    order = list_order(key, evidence)
    longest = next(operation for operation, read in evidence.reads[key] if read.value == order)
    last = {writes[-1].token: o.id for o, _ in evidence.writes[key] if (writes := o.writes(key))}
    for operation, read in evidence.reads[key]:
        value = read.value if isinstance(read.value, tuple) else ()
        for token, times in Counter(value).items():
            if times > 1:
                why = f"{operation.id} found {token} {times} times in {key}"
                yield Anomaly("doubled effect", (writer_of(token), operation.id), why)
        if value != order[: len(value)]:
            why = f"{operation.id} and {longest.id} read {key} in orders that do not fit"
            yield Anomaly("incompatible order", (operation.id, longest.id), why)
        writer = evidence.happened.get(writer_of(value[-1])) if value else None
        if writer not in (None, operation) and value[-1] not in last and writer.writes(key):
            yield _intermediate(operation, key, value[-1])


def _of_versions(evidence: Evidence) -> Iterator[Anomaly]:
    for key, reads in evidence.reads.items():
        if any(isinstance(read.value, tuple | frozenset) for _, read in reads):
            continue
        spans: dict[str, list[str]] = defaultdict(list)
        for _, read in reads:
            if isinstance(read.value, str) and read.version:
                spans[read.value].append(read.version)
        for before, after in pairwise(register_order(key, evidence)):
            if max(spans[before]) >= min(spans[after]):
                why = f"{key} held {before}, then {after}, then {before} again by its versions"
                yield Anomaly("version line", (writer_of(before), writer_of(after)), why)
        yield from _of_overwriting(key, evidence)


def _of_overwriting(key: str, evidence: Evidence) -> Iterator[Anomaly]:
    last = {o.id: o.writes(key)[-1].token for o, _ in evidence.writes[key]}
    overwriters: dict[str | None, list[str]] = defaultdict(list)
    for operation, read in evidence.reads[key]:
        value = read.value if isinstance(read.value, str) else None
        writer = writer_of(value) if value else ""
        if value and writer in last and last[writer] != value and writer != operation.id:
            yield _intermediate(operation, key, value)
        if operation.id in last and operation.id not in overwriters[value]:
            overwriters[value].append(operation.id)
    for token, operations in overwriters.items():
        if len(operations) > 1:
            why = f"{' and '.join(operations)} have each overwritten {token} of {key}"
            yield Anomaly("lost update", tuple(operations), why)


def _intermediate(operation: Operation, key: str, token: str) -> Anomaly:
    why = f"{operation.id} read {token} in {key}, which {writer_of(token)} overwrote itself"
    return Anomaly("intermediate read", (writer_of(token), operation.id), why)
