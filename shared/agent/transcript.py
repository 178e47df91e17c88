"""What a job's model has said and its tools have answered, turn by turn.

Turn 0 is what the job begins with. Each turn is an object of the job's scratch, written once, so a step that is tried
again goes on from what is there. Every turn says where it stands: {"stage", "since", "step"}, the stage, the turn
after which it began, and how often the model has been asked in it.

    {"said": [{"role", "text"}]}                                        turn 0
    {"text", "calls": [{"id", "name", "input", "fault"}], "reason", "usage"}    the model's
    {"results": [{"id", "text"}]}                                       the tools'
"""

from __future__ import annotations

from typing import Any, Final

from shared.agent.bounds import MAX_CONVERSATION_BYTES
from shared.jobs.step import Step
from shared.model.port import Json, Said, ToolResult, ToolUse

_ALWAYS_BYTES: Final = 2000
_LEFT_OUT: Final = "(left out, since there is much to read; call the tool again if you need it)"


class Transcript:
    """The turns of a job."""

    def __init__(self, step: Step) -> None:
        self._scratch = step.scratch
        self._begin = step.environment.database.store.engine.begin

    def get(self, turn: int) -> Json | None:
        """Return a turn, or None: there is none yet."""
        found: Json | None = self._scratch.get(f"turn-{turn}")
        return found

    def keep(self, turn: int, content: Json) -> Json:
        """Write a turn unless another call of the step has, and return the one that is there then."""
        kept: Json = self._scratch.keep(f"turn-{turn}", content)
        return kept

    def required(self, turn: int) -> Json:
        """Return a turn that has been written."""
        found = self.get(turn)
        if found is None:
            raise RuntimeError(f"The transcript has no turn {turn}")
        return found

    def between(self, after: int, last: int) -> list[Json]:
        """Return the turns after `after` up to `last`, read beside each other."""
        begun = [self._begin(lambda turn=turn: self.required(turn)) for turn in range(after + 1, last + 1)]  # type: ignore[misc]  # mypy cannot infer a lambda's default
        return [future.result() for future in begun]


def place_of(turn: Json) -> Json:
    """Return where a turn stands."""
    return {name: turn[name] for name in ("stage", "since", "step")}


def uses_of(turn: Json) -> tuple[ToolUse, ...]:
    """Return the calls of tools that a turn asks for."""
    return tuple(ToolUse(**call) for call in turn.get("calls", ()))


def texts_of(turns: list[Json]) -> list[str]:
    """Return the texts of the model's turns that have one."""
    return [turn["text"] for turn in turns if turn.get("text", "").strip()]


def conversation(opening: list[Said], turns: list[Json]) -> tuple[Said, ...]:
    """Return what a model is to read: what it began with and the turns since, the oldest results cut if need be."""
    said = [*opening, *map(_said, turns)]
    left_bytes = MAX_CONVERSATION_BYTES - sum(_size(one._replace(results=())) for one in said)
    fitting: list[Said] = []
    for one in reversed(said):
        results = []
        for result in reversed(one.results):
            size = len(result.text.encode())
            results.append(result if size <= max(left_bytes, _ALWAYS_BYTES) else result._replace(text=_LEFT_OUT))
            left_bytes -= min(size, max(left_bytes, 0))
        fitting.append(one._replace(results=tuple(reversed(results))))
    return tuple(reversed(fitting))


def _said(turn: Json) -> Said:
    if "results" in turn:
        return Said("user", results=tuple(ToolResult(**result) for result in turn["results"]))
    return Said("assistant", turn["text"], uses_of(turn))


def _size(value: Any) -> int:
    return len(repr(value).encode())
