"""Which operation must come before which, and why; and the cycles among them."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal["ww", "wr", "rw", "pr", "rt"]
"""Why one operation precedes another: it wrote what the other overwrote (ww) or read (wr); it read what the other
overwrote (rw), or a range that the other changed (pr); it was answered before the other was sent (rt)."""

EVERY_KIND: tuple[Kind, ...] = ("ww", "wr", "rw", "pr", "rt")


class Edge(NamedTuple):
    """One operation precedes another, for a reason that shows at a key."""

    before: str
    after: str
    kind: Kind
    key: str = ""


def is_moment(node: str) -> bool:
    """Tell whether a node stands for a moment, not for an operation."""
    return node.startswith("@")


@dataclass
class Graph:
    """Operations and what orders them. Real time is a chain of moments, so that it takes few edges."""

    edges: dict[str, dict[str, dict[Kind, str]]] = field(default_factory=dict)

    def add(self, before: str, after: str, kind: Kind, key: str = "") -> None:
        """Note that one operation precedes another; of itself nothing is said."""
        if before != after:
            self.edges.setdefault(after, {})
            self.edges.setdefault(before, {}).setdefault(after, {}).setdefault(kind, key)

    def has(self, edge: Edge) -> bool:
        """Tell whether an edge of this kind is there."""
        return edge.kind in self.edges.get(edge.before, {}).get(edge.after, {})

    def next(self, node: str, kinds: Collection[Kind]) -> Iterator[Edge]:
        """Yield the edges that leave a node, one for each neighbour."""
        for after, reasons in self.edges.get(node, {}).items():
            kind = next((kind for kind in kinds if kind in reasons), None)
            if kind is not None:
                yield Edge(node, after, kind, reasons[kind])

    def components(self, kinds: Collection[Kind]) -> list[list[str]]:
        """Return the strongly connected components, each after all that it leads to (Tarjan's algorithm)."""
        numbers: dict[str, int] = {}
        lowest: dict[str, int] = {}
        stack: list[str] = []
        standing: set[str] = set()
        found: list[list[str]] = []

        def enter(node: str) -> tuple[str, Iterator[Edge]]:
            numbers[node] = lowest[node] = len(numbers)
            stack.append(node)
            standing.add(node)
            return node, self.next(node, kinds)

        for root in self.edges:
            way = [enter(root)] if root not in numbers else []
            while way:
                node, following = way[-1]
                edge = next(following, None)
                if edge is None:
                    way.pop()
                    if way:
                        lowest[way[-1][0]] = min(lowest[way[-1][0]], lowest[node])
                    if lowest[node] == numbers[node]:
                        found.append(_cut(stack, node))
                        standing.difference_update(found[-1])
                elif edge.after not in numbers:
                    way.append(enter(edge.after))
                elif edge.after in standing:
                    lowest[node] = min(lowest[node], numbers[edge.after])
        return found

    def path(self, start: str, goal: str, kinds: Collection[Kind], within: Collection[str]) -> list[Edge] | None:
        """Return the shortest way from one node to another within some nodes; moments on it cost nothing."""
        came: dict[str, Edge] = {}
        waiting, done = deque([start]), set()
        while waiting:
            node = waiting.popleft()
            if node == goal:
                return self._walked(came, start, goal)
            if node in done:
                continue
            done.add(node)
            for edge in self.next(node, kinds):
                if edge.after in within and edge.after not in done:
                    came.setdefault(edge.after, edge)
                    (waiting.appendleft if is_moment(edge.after) else waiting.append)(edge.after)
        return None

    def reach(self) -> Reach:
        """Return which nodes lead to which."""
        return Reach(self)

    @staticmethod
    def _walked(came: dict[str, Edge], start: str, goal: str) -> list[Edge]:
        way: list[Edge] = []
        node = goal
        while node != start:
            edge = came[node]
            node = edge.before
            way.append(edge)
        return _without_moments(way[::-1])


class Reach:
    """Which nodes lead to which, as one set of bits a component."""

    def __init__(self, graph: Graph) -> None:
        components = graph.components(EVERY_KIND)
        self._number = {node: number for number, nodes in enumerate(components) for node in nodes}
        self._bits: list[int] = []
        for number, nodes in enumerate(components):
            bits = 1 << number
            for node in nodes:
                for edge in graph.next(node, EVERY_KIND):
                    after = self._number[edge.after]
                    bits |= self._bits[after] if after < number else 0
            self._bits.append(bits)

    def leads(self, before: str, after: str) -> bool:
        """Tell whether there is a way from one node to another."""
        if before not in self._number or after not in self._number:
            return False
        return bool(self._bits[self._number[before]] >> self._number[after] & 1)


def _cut(stack: list[str], node: str) -> list[str]:
    """Take from the stack what stands on it down to a node."""
    start = len(stack) - 1
    while stack[start] != node:
        start -= 1
    taken = stack[start:]
    del stack[start:]
    return taken


def _without_moments(way: list[Edge]) -> list[Edge]:
    """Return a way on which operations follow each other in real time, without the moments between."""
    short: list[Edge] = []
    for edge in way:
        if short and is_moment(short[-1].after):
            short[-1] = Edge(short[-1].before, edge.after, "rt")
        else:
            short.append(edge)
    return short
