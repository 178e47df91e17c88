"""State machines, state by state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.machines.catalogue import definitions
from tests.support.state_machine import NAMES

Json = dict[str, Any]
DEFINITIONS = definitions(NAMES)


def machines_in(definition: Json) -> Iterator[Json]:
    """Yield a definition, and those of its branches."""
    yield definition
    for state in definition["States"].values():
        for inner in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])):
            yield from machines_in(inner)


def states_of(definition: Json) -> Iterator[tuple[str, Json]]:
    """Yield every state, those of branches as well, by name."""
    for machine in machines_in(definition):
        yield from machine["States"].items()


def successors(state: Json) -> set[str]:
    """Return the names of the states that may come next."""
    then = {state[name] for name in ("Next", "Default") if name in state}
    return then | {rule["Next"] for name in ("Choices", "Catch") for rule in state.get(name, ())}
