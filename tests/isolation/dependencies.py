"""From a history to what must have preceded what, by what was read: the version orders show in the values.

list       reads are prefixes of one order of all appends
register   whoever overwrites a token has read it, and documents' versions increase
range      a token is added once and removed at most once; a read says on which side of both it stands
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tests.isolation.graph import Graph
from tests.isolation.history import FOREVER_NS, History, Operation, Read, Write, writer_of


class Seen(NamedTuple):
    """An operation found something at a key that it had not written itself."""

    operation: Operation
    read: Read


@dataclass
class Evidence:
    """What a history says of each key: who wrote what there, and who read what."""

    happened: dict[str, Operation]
    writes: dict[str, list[tuple[Operation, Write]]] = field(default_factory=lambda: defaultdict(list))
    reads: dict[str, list[Seen]] = field(default_factory=lambda: defaultdict(list))

    @staticmethod
    def of(history: History) -> Evidence:
        """Collect what a history says; what operations read of themselves is left out."""
        evidence = Evidence({operation.id: operation for operation in history if operation.has_happened})
        for operation in evidence.happened.values():
            own: dict[str, list[Write]] = defaultdict(list)
            for action in operation.actions:
                if isinstance(action, Write):
                    own[action.key].append(action)
                    evidence.writes[action.key].append((operation, action))
                else:
                    read = beyond(action, own[action.key])
                    if read is not None:
                        evidence.reads[action.key].append(Seen(operation, read))
        return evidence


def beyond(read: Read, own: list[Write]) -> Read | None:
    """Return what a read says of others, after writes of its own; None: nothing."""
    if not own:
        return read
    if isinstance(read.value, tuple):
        return read._replace(value=read.value[: max(len(read.value) - len(own), 0)])
    return None


def dependencies(history: History, evidence: Evidence) -> Graph:
    """Return what precedes what in every serial order that explains the history."""
    graph = Graph()
    _real_time(graph, history)
    ranges = []
    for key, reads in evidence.reads.items():
        kinds = {type(seen.read.value) for seen in reads} - {type(None)}
        if tuple in kinds:
            _list(graph, key, evidence)
        elif frozenset in kinds:
            ranges.append(key)
        else:
            _register(graph, key, evidence)
    doubtful = [doubt for key in ranges for doubt in _range(graph, key, evidence)]
    while doubtful:
        left = _settle(graph, doubtful)
        if len(left) == len(doubtful):
            break
        doubtful = left
    return graph


def list_order(key: str, evidence: Evidence) -> tuple[str, ...]:
    """Return the longest value of a list that anybody has read."""
    values = [seen.read.value for seen in evidence.reads[key] if isinstance(seen.read.value, tuple)]
    return max(values, key=len, default=())


def register_order(key: str, evidence: Evidence) -> list[str]:
    """Return the tokens of a register that were read with a version, in the order of versions."""
    first: dict[str, str] = {}
    for _, read in evidence.reads[key]:
        if isinstance(read.value, str) and read.version:
            first[read.value] = min(read.version, first.get(read.value, read.version))
    return sorted(first, key=first.__getitem__)


def _real_time(graph: Graph, history: History) -> None:
    """Let mutations that were answered precede what was sent later, by a chain of the moments of answers."""
    answered = sorted(
        (o for o in history if o.mutates and o.outcome == "ok" and o.ended_ns < FOREVER_NS), key=lambda o: o.ended_ns
    )
    moments = [f"@{number}" for number in range(len(answered))]
    for moment, operation in zip(moments, answered, strict=True):
        graph.add(operation.id, moment, "rt")
    for earlier, later in pairwise(moments):
        graph.add(earlier, later, "rt")
    number = 0
    for operation in sorted((o for o in history if o.has_happened), key=lambda o: o.started_ns):
        while number < len(answered) and answered[number].ended_ns < operation.started_ns:
            number += 1
        if number:
            graph.add(moments[number - 1], operation.id, "rt")


def _list(graph: Graph, key: str, evidence: Evidence) -> None:
    order = list_order(key, evidence)
    unseen = {write.token for _, write in evidence.writes[key]} - {*order}
    for before, after in pairwise(order):
        graph.add(writer_of(before), writer_of(after), "ww", key)
    for operation, read in evidence.reads[key]:
        value = read.value if isinstance(read.value, tuple) else ()
        if value:
            graph.add(writer_of(value[-1]), operation.id, "wr", key)
        if len(value) < len(order):
            graph.add(operation.id, writer_of(order[len(value)]), "rw", key)
        for token in unseen:
            graph.add(operation.id, writer_of(token), "rw", key)


def _register(graph: Graph, key: str, evidence: Evidence) -> None:
    order = register_order(key, evidence)
    following: dict[str | None, set[str]] = defaultdict(set)
    for before, after in pairwise([None, *order]):
        following[before].add(str(after))
    for operation, read in evidence.reads[key]:
        written = operation.writes(key)
        if written and not isinstance(read.value, (tuple, frozenset)):
            following[read.value].add(written[-1].token)
    for token, successors in following.items():
        for successor in successors if token else ():
            graph.add(writer_of(str(token)), writer_of(successor), "ww", key)
    for operation, read in evidence.reads[key]:
        value = read.value if isinstance(read.value, str) else None
        if value is not None:
            graph.add(writer_of(value), operation.id, "wr", key)
        for successor in following[value]:
            graph.add(operation.id, writer_of(successor), "rw", key)


class Doubt(NamedTuple):
    """A read did not find a token: either it was not added yet, or it was already removed."""

    key: str
    reader: str
    adder: str
    remover: str


def _range(graph: Graph, key: str, evidence: Evidence) -> Iterator[Doubt]:
    adders = {write.token: operation.id for operation, write in evidence.writes[key] if write.kind == "add"}
    removers = {write.token: operation.id for operation, write in evidence.writes[key] if write.kind == "remove"}
    for token in adders.keys() & removers.keys():
        graph.add(adders[token], removers[token], "ww", key)
    for operation, read in evidence.reads[key]:
        if not operation.mutates:
            continue  # which does not read a range at one moment; see `listings`
        members = read.value if isinstance(read.value, frozenset) else frozenset()
        for token in members:
            graph.add(adders.get(token, writer_of(token)), operation.id, "wr", key)
            if token in removers:
                graph.add(operation.id, removers[token], "pr", key)
        for token in adders.keys() - members:
            if adders[token] == operation.id or evidence.happened[adders[token]].started_ns > operation.ended_ns:
                continue  # which is plain already
            if removers.get(token) in (None, operation.id):
                graph.add(operation.id, adders[token], "pr", key)
            elif not _precedes(evidence.happened[removers[token]], operation):
                yield Doubt(key, operation.id, adders[token], removers[token])


def _precedes(earlier: Operation, later: Operation) -> bool:
    """Tell whether a mutation has been acknowledged before another operation was sent."""
    return earlier.mutates and earlier.outcome == "ok" and earlier.ended_ns < later.started_ns


def _settle(graph: Graph, doubtful: list[Doubt]) -> list[Doubt]:
    """Add what follows of doubts by what is known otherwise, and return those that stay."""
    reach = graph.reach()
    left = []
    for doubt in doubtful:
        if reach.leads(doubt.adder, doubt.reader):
            graph.add(doubt.remover, doubt.reader, "wr", doubt.key)
        elif reach.leads(doubt.reader, doubt.remover):
            graph.add(doubt.reader, doubt.adder, "pr", doubt.key)
        else:
            left.append(doubt)
    return left
