"""Looks for one order of the mutations, one after the other, that explains everything.

What was answered has happened, with that answer; what was not may have happened, at any time since it was sent; what
was said to have failed has not. Who was answered before another was sent comes before it. Every observation is true
at some moment of its time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.db.model.history import Answer, Call, History, Observation
from tests.db.model.specification import Refused, State, apply

Frozen = frozenset[Any]


def explain(history: History) -> list[str] | None:
    """Return the tags of the calls in an order that explains the history, or None when there is none."""
    calls = [call for call in history.calls if call.answer is None or call.answer.kind != "not applied"]
    search = _Search(calls, history.observations, _freeze(history.last))
    return search.extend([], history.first, history.observations)


def outcome(call: Call, state: State) -> tuple[Answer, State]:
    """Return what the call is told and what becomes of the state when it happens now."""
    after = dict(state)
    try:
        return Answer("value", apply(call.step, after, call.tag)), after
    except Refused as refused:
        return Answer("error", refused.args), state


@dataclass
class _Search:
    """A depth-first search that never looks twice at the same place."""

    calls: list[Call]
    observations: list[Observation]
    last: Frozen
    seen: set[Any] = field(default_factory=set)

    def extend(self, done: list[str], state: State, unseen: list[Observation]) -> list[str] | None:
        """Return an explanation that begins with the calls in `done`, which led to `state`."""
        left = [call for call in self.calls if call.tag not in done]
        unseen = [o for o in unseen if not (o.holds(state) and all(call.ended_ns >= o.started_ns for call in left))]
        if not unseen and all(call.answer is None for call in left) and _freeze(state) == self.last:
            return done
        place = (frozenset(done), _freeze(state), frozenset(map(id, unseen)))
        if place in self.seen:
            return None
        self.seen.add(place)
        earliest_ns = min(
            [*(call.ended_ns for call in left), *(observation.ended_ns for observation in unseen)], default=0
        )
        for call in left:
            if call.started_ns <= earliest_ns:
                answer, after = outcome(call, state)
                if call.answer == answer or (call.answer is None and after is not state):
                    found = self.extend([*done, call.tag], after, unseen)
                    if found is not None:
                        return found
        return None


def _freeze(state: State) -> Frozen:
    return frozenset((key, frozenset(row.items())) for key, row in state.items())
