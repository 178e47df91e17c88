"""Executions that end without having ended their job: timed out, aborted by hand, or failed where nothing catches."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Ended(NamedTuple):
    """What there is to say of a job whose execution has ended; see `system:finishJob`."""

    job_id: str
    project_id: str
    kind: str
    error: str
    cause: str | None


def ended_job(event: dict[str, Any]) -> Ended | None:
    """Return what EventBridge's "Step Functions Execution Status Change" says of a job, or None: it was none's."""
    detail = event["detail"]
    given = json.loads(detail.get("input") or "{}")
    if not {"jobId", "projectId", "kind"} <= given.keys():
        return None
    error = "States.Timeout" if detail["status"] == "TIMED_OUT" else detail.get("error") or detail["status"]
    return Ended(given["jobId"], given["projectId"], given["kind"], error, detail.get("cause"))
