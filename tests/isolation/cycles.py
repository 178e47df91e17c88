"""The shortest cycles of each kind, from the plainest to those that take the most explaining."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from tests.isolation.graph import EVERY_KIND, Edge, Graph, Kind, is_moment

_MOST_STARTS: Final = 200
"""From how many edges of a component cycles are looked for; in a broken system almost all of them are in one."""

_FORWARD: Final[tuple[tuple[Kind, ...], ...]] = (("ww",), ("ww", "wr"), ("ww", "wr", "rt"))
"""Kinds of edges that alone must not make a cycle."""
_BACKWARD: Final[tuple[Kind, ...]] = ("rw", "pr")


def shortest_cycles(graph: Graph) -> list[list[Edge]]:
    """Return, of each component that is not a single operation, the shortest cycle of the plainest kind."""
    found: list[list[Edge]] = []
    for component in graph.components(EVERY_KIND):
        nodes = set(component)
        if len(nodes) > 1:
            cycle = next(_cycles(graph, nodes), None)
            if cycle is not None:
                found.append(cycle)
    return found


def _cycles(graph: Graph, nodes: Collection[str]) -> Iterator[list[Edge]]:
    """Yield the shortest cycle within some nodes without an anti-dependency, then with one, then with several."""
    for kinds in _FORWARD:
        yield from _shortest(graph, nodes, kinds, kinds)
    for kinds in _FORWARD:
        yield from _shortest(graph, nodes, _BACKWARD, kinds)
    yield from _shortest(graph, nodes, _BACKWARD, ("ww", "wr", "rw", "pr"))
    yield from _shortest(graph, nodes, _BACKWARD, EVERY_KIND)


def _shortest(
    graph: Graph, nodes: Collection[str], first: Collection[Kind], others: Collection[Kind]
) -> Iterator[list[Edge]]:
    """Yield the shortest cycle of one edge of the first kinds and any number of others, if there is one."""
    inside = sorted(node for node in nodes if not is_moment(node))
    starts = (edge for node in inside for edge in graph.next(node, first) if edge.after in nodes)
    best: list[Edge] | None = None
    for _, edge in zip(range(_MOST_STARTS), starts, strict=False):
        if is_moment(edge.after):
            continue
        way = graph.path(edge.after, edge.before, others, nodes)
        if way is not None and (best is None or len(way) + 1 < len(best)):
            best = [edge, *way]
    if best is not None:
        yield best
