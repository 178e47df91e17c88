"""From a bad history of thousands of operations to the few that show what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tests.isolation.anomalies import Anomaly, graph_of, symptoms
from tests.isolation.history import History

T = TypeVar("T")


def minimal(history: History, anomaly: Anomaly) -> History:
    """Return as few operations as can be that show an anomaly, with what bears on it, in the order of their start.

    Whole clients are tried first, then ever smaller groups. A cycle has to stay the same one, since without an
    operation others might seem to contradict each other that do not.
    """
    involved = [operation for operation in history if operation.id in anomaly.operations]
    for keys in (_keys_of(anomaly), {key for operation in involved for key in operation.keys}):
        near = _bearing_on(history, keys)
        if keys and _shows(near, anomaly):
            history = near
            break
    needed = [operation for operation in history if operation.id in anomaly.operations]
    rest = [operation for operation in history if operation.id not in anomaly.operations]

    def shows(some: History) -> bool:
        return _shows(needed + some, anomaly)

    for client in sorted({operation.client for operation in rest}):
        fewer = [operation for operation in rest if operation.client != client]
        rest = fewer if shows(fewer) else rest
    return sorted(needed + reduced(rest, shows), key=lambda operation: operation.started_ns)


def _keys_of(anomaly: Anomaly) -> set[str]:
    return {edge.key for edge in anomaly.cycle} - {""}


def _bearing_on(history: History, keys: set[str]) -> History:
    """Return what operations did to some keys; of those that failed nothing is known."""
    cut = [replace(o, actions=tuple(action for action in o.actions if action.key in keys)) for o in history]
    return [operation for operation in cut if operation.actions or operation.outcome == "fail"]


def reduced(items: list[T], holds: Callable[[list[T]], bool]) -> list[T]:
    """Return a part of `items` for which `holds` still does, and of which no single one can be left out."""
    size = max(len(items) // 2, 1)
    while items:
        before, start = len(items), 0
        while start < len(items):
            fewer = items[:start] + items[start + size :]
            if holds(fewer):
                items = fewer
            else:
                start += size
        if size == 1 and len(items) == before:
            break
        size = max(size // 2, 1)
    return items


def _shows(history: History, anomaly: Anomaly) -> bool:
    if anomaly.cycle:
        graph = graph_of(history)
        return all(edge.kind == "rt" or graph.has(edge) for edge in anomaly.cycle)
    return any(a.kind == anomaly.kind and set(a.operations) == set(anomaly.operations) for a in symptoms(history))
