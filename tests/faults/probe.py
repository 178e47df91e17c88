"""What tests run as Lambdas of a MiniStack: see `tests.faults.small_cloud`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from functions.realtime import connect, disconnect, on_change, receive, session
from functions.system import files
from shared.jobs.step import Step, step
from shared.runtime.context import MutationContext
from shared.runtime.function import internal_mutation
from shared.schema.document import Id
from shared.schema.tables import File, Project

__all__ = ["connect", "disconnect", "on_change", "receive", "session", "tell", "work"]

_LOOKS_EVERY_S = 0.01


def tell(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Tell what time it is, and who says so; before that, wait as the event says."""
    _wait(event)
    return {"now_s": time.time(), "now_ns": time.time_ns(), "pid": os.getpid()}


@internal_mutation(writes=[Project, File])
def write(ctx: MutationContext, *, project_id: Id[Project], name: str, gate: Any) -> str:
    """Write a file, but wait in the middle of it as `gate` says."""
    id = files.create_file.body(ctx, project_id=project_id, name=name, content="")
    _wait(gate)
    return str(id)


@step("process-message", calls=(write,))
def work(step: Step) -> dict[str, Any]:
    """Write a file, as one step of a job."""
    event = step.event
    return {"id": step.call(write, event["name"], name=event["name"], project_id=step.job.project_id, gate=event)}


def _wait(event: dict[str, Any]) -> None:
    """Say that this place is reached, and go on when told to: both by files; without them, do not wait."""
    if "reached" not in event:
        return
    Path(event["reached"]).touch()
    while not Path(event["go"]).exists():
        time.sleep(_LOOKS_EVERY_S)
