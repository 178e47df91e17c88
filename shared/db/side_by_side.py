"""The same work on several things at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from shared.db.engine import Engine

A = TypeVar("A")
T = TypeVar("T")


def side_by_side(engine: Engine, work: Callable[[A], T], things: Iterable[A]) -> list[T]:
    """Return what `work` makes of each of `things`, in their order; the first one's error, if there are some.

    The first is worked on by this very thread, so that a single one, as mostly, needs no other.
    """
    tasks = [partial(work, thing) for thing in things]
    begun = [engine.begin(task) for task in tasks[1:]]
    return [*(task() for task in tasks[:1]), *(future.result() for future in begun)]
