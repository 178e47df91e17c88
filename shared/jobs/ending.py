"""Executions that end without having ended their job: timed out, aborted by hand, or failed where nothing catches."""

from __future__ import annotations

import json
from typing import Any

from shared.runtime.admission import Caller
from shared.runtime.exchange import Exchange
from shared.runtime.function import Function


def give_up(event: dict[str, Any], context: Any, finish: Function[bool]) -> dict[str, Any]:
    """Fail the job of an execution that has ended, unless it has ended too.

    Args:
        event: EventBridge's "Step Functions Execution Status Change".
        context: Lambda's.
        finish: `system:finishJob`.
    """
    exchange = Exchange.begin(context, finish.path)
    ended = event["detail"]
    given = json.loads(ended.get("input") or "{}")
    error = "States.Timeout" if ended["status"] == "TIMED_OUT" else ended.get("error") or ended["status"]
    arguments = {name: given[name] for name in ("jobId", "projectId", "kind") if name in given}
    caught: Exception | None = None
    try:
        if len(arguments) == 3:
            exchange.run(
                finish,
                arguments | {"status": "failed", "error": error, "cause": ended.get("cause") or ""},
                Caller(None, exchange.deadline_ms, trusted=True),
            )
    except Exception as failure:
        caught = failure
        raise
    finally:
        exchange.end(caught)
    return {}
