"""The assistant at work: the model thinks, its tools act, until it has said all.

process-message    Begin → Work ┬ Think ⇄ Act          → Complete
└ TitleNeeded → Title
generate-project   Begin → Think ⇄ Act → Complete        (nine stages, one after the other)
"""

from __future__ import annotations

from collections.abc import Sequence

from functions.workflows import agent
from infra.machines.states import CATCHES, State, States, choice, parallel, task
from infra.names import Names

_LAST: State = {"Type": "Pass", "End": True}
_TURN: State = {"jobId.$": "$.jobId", "turn.$": "$.loop.turn"}

_UNTITLED: State = {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Titled"}
"""A title is worth no failure."""


def process_message(names: Names) -> States:
    """Return the states up to `Complete`."""
    title = task(names, agent.title, then=None, result=None, catches=[_UNTITLED])
    needed = choice(("$.loop.needsTitle", True, "Title"), otherwise="Titled")
    return {
        "Begin": task(names, agent.begin, then="Work", result="$.loop"),
        "Work": parallel(
            ("Think", {**_loop(names, "Thought", catches=()), "Thought": _LAST}),
            ("TitleNeeded", {"TitleNeeded": needed, "Title": title, "Titled": _LAST}),
            then="Complete",
        ),
    }


def generate_project(names: Names) -> States:
    """Return the states up to `Complete`."""
    begin = task(names, agent.begin, then="Think", result="$.loop")
    return {"Begin": begin, **_loop(names, "Complete", catches=CATCHES)}


def _loop(names: Names, then: str, catches: Sequence[State]) -> States:
    return {
        "Think": task(names, agent.think, then="Decide", parameters=_TURN, result="$.loop", catches=catches),
        "Decide": choice(("$.loop.next", "act", "Act"), ("$.loop.next", "think", "Think"), otherwise=then),
        "Act": task(names, agent.act, then="Think", parameters=_TURN, result="$.loop", catches=catches),
    }
