"""Makes MiniStack's histories of executions as full as those of Step Functions; it runs with MiniStack's interpreter.

MiniStack tells nothing of the states inside of maps and parallel branches, and not what came before an event.
"""

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import stepfunctions  # type: ignore[import-not-found]  # it is in another environment

Event = dict[str, Any]
Parts = Callable[[Any, Any, Event, Any], Any]

_PATCHED = ("_add_event", "_run_sub_machine", "_run_map_items", "_run_parallel_branches")

# MiniStack runs branches in threads that begin with a copy of the context: each has its own way through the events.
_previous: ContextVar[int] = ContextVar("previous", default=0)


def tell_all() -> None:
    """Change MiniStack."""
    if not all(hasattr(stepfunctions, name) for name in _PATCHED):
        raise SystemExit("this release of MiniStack runs state machines in another way; see infra/local/histories.py")
    add, run = stepfunctions._add_event, stepfunctions._run_sub_machine
    writing = threading.Lock()

    def added(execution: Event, kind: str, details: Event | None = None) -> Any:
        with writing:
            event = add(execution, kind, {"previousEventId": _previous.get(), **(details or {})})
        _previous.set(event["id"])
        return event

    def ran(states: Event, start_at: str, given: Any, execution: Event, context: Any) -> Any:
        told = _Told(states, execution)
        answer = run(told, start_at, given, execution, context)
        told.leave()
        return answer

    stepfunctions._add_event = added
    stepfunctions._run_sub_machine = ran
    stepfunctions._run_map_items = _framed("Map", stepfunctions._run_map_items)
    stepfunctions._run_parallel_branches = _framed("Parallel", stepfunctions._run_parallel_branches)


class _Told(dict[str, Any]):
    """The states of a part; MiniStack looks each up when it comes to it, and so they tell."""

    def __init__(self, states: Event, execution: Event) -> None:
        super().__init__(states)
        self._execution = execution
        self._name = ""

    def get(self, name: str, default: Any = None) -> Any:
        self.leave()
        state = super().get(name, default)
        self._name = name
        self._tell("Entered", {"input": "{}"})
        return state

    def leave(self) -> None:
        if self._name:
            self._tell("Exited", {"output": "{}"})

    def _tell(self, what: str, more: Event) -> None:
        kind = f"{self[self._name]['Type']}State{what}"
        details = {f"state{what}EventDetails": {"name": self._name, **more}}
        stepfunctions._add_event(self._execution, kind, details)


def _framed(kind: str, parts: Parts) -> Parts:
    def framed(state: Any, given: Any, execution: Event, context: Any) -> Any:
        stepfunctions._add_event(execution, f"{kind}StateStarted")
        before = _previous.get()
        try:
            answer = parts(state, given, execution, context)
        except Exception:
            _previous.set(before)
            stepfunctions._add_event(execution, f"{kind}StateFailed")
            raise
        stepfunctions._add_event(execution, f"{kind}StateSucceeded")
        return answer

    return framed
