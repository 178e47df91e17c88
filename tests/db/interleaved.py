"""Mutations that overlap: while one runs, others commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from shared.db.store import Store
from shared.db.writer import Writer
from tests.db.sample import mutate


class Overlapped(NamedTuple):
    """What the outer mutation returned, and how often its body ran."""

    value: Any
    runs: int


def overlap(store: Store, outer: Callable[[Writer], Any], inner: Callable[[Writer], Any]) -> Overlapped:
    """Run `outer`, and commit `inner` at the end of its first run."""
    runs = 0

    def body(db: Writer) -> Any:
        nonlocal runs
        runs += 1
        value = outer(db)
        if runs == 1:
            mutate(store, inner)
        return value

    return Overlapped(mutate(store, body), runs)
