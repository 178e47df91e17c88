"""The calls of tools of one turn of the model."""

from __future__ import annotations

from functools import partial
from typing import Final

from shared.agent.bounds import shown
from shared.agent.tools.tool import Here
from shared.agent.transcript import place_of, uses_of
from shared.agent.work import Work
from shared.model.port import Json, ToolUse

MAX_CALLS: Final = 10
"""How many tools are run for one turn."""

_LEAST_S: Final = 5.0
"""What has to be left of a step for another tool to be begun."""

_RESERVED_S: Final = 3.0


def act(work: Work) -> Json:
    """Run the tools that the last turn asks for, in order, and write the turn of their results.

    What a tool has answered is kept, so that a step that is tried again runs it no more. If the time is too short for
    all of them, `think` sends them here again.

    Raises:
        JobEnded: the job does not run any more.
    """
    turn, job_id = work.turn, work.step.job.job_id
    if work.transcript.get(turn + 1) is None:
        last = work.transcript.required(turn)
        results = []
        for number, use in enumerate(uses_of(last)):
            if number and work.step.time_left_s < _LEAST_S:
                return {"jobId": job_id, "turn": turn, "next": "think"}
            text = _answered(work, last, use) if number < MAX_CALLS else _too_many()
            results.append({"id": use.id, "text": text})
        work.transcript.keep(turn + 1, place_of(last) | {"results": results})
    return {"jobId": job_id, "turn": turn + 1, "next": "think"}


def _answered(work: Work, turn: Json, use: ToolUse) -> str:
    """Return what a call comes to, which the message shows."""
    message_id = work.step.job.message_id
    if message_id is not None:
        call = {"id": use.id, "name": use.name, "args": shown(use.input)}
        work.call("append_tool_call", f"{use.id}/call", message_id=message_id, tool_call=call)
    text: str = work.remembered(f"result-{use.id}", partial(_run, work, turn, use))
    if message_id is not None:
        work.call(
            "append_tool_result", f"{use.id}/result", message_id=message_id, tool_call_id=use.id, result=shown(text)
        )
    return text


def _run(work: Work, turn: Json, use: ToolUse) -> str:
    here = Here(
        project_id=work.step.job.project_id,
        call_id=use.id,
        call=work.call,
        remember=lambda name, look: work.remembered(f"seen-{use.id}-{name}", look),
        web=work.services.web,
        left_s=work.step.time_left_s - _RESERVED_S,
    )
    return work.plan.stages[turn["stage"]].tools.run(use, here)


def _too_many() -> str:
    return f"Error: At most {MAX_CALLS} tools are run at once. Call this one again."
