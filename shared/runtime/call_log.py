"""One line for every call: a structured log record and CloudWatch metrics (embedded metric format) in one.

It says which function ran, how it ended and how long it took. It never holds argument values, tokens or keys: the
text of an unexpected exception is searched for what the caller sent before it is written. It is what Powertools'
logger and metrics would write, without importing them: every cold start waits for that (docs/adr/0016).
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from shared.errors import PolarisError, TransientError

NAMESPACE_VARIABLE: Final = "POLARIS_METRICS_NAMESPACE"
"""The variable that names the namespace of the stage's metrics."""

_DEFAULT_NAMESPACE: Final = "Polaris"
_SERVICE: Final = "polaris"
_SHORTEST_REDACTED: Final = 4


class Call(NamedTuple):
    """What a line says of a call.

    Attributes:
        function: its path, or what stands for it where no function was found.
        kind: query, mutation or door.
        request_id: as told to the caller.
        duration_ms: from the event to the response.
        error: what it raised, or None.
        sent: what the caller sent, so that it can be left out.
        actor: the administrator who called, or empty.
        target: what an administrator's call was about, or empty.
        pushes: how many messages it sent to clients that watch something.
    """

    function: str
    kind: str
    request_id: str
    duration_ms: float
    error: BaseException | None = None
    sent: tuple[Any, ...] = ()
    actor: str = ""
    target: str = ""
    pushes: int = 0


class CallLog:
    """Writes the lines to standard output, which in a Lambda goes to CloudWatch."""

    def __init__(self) -> None:
        self._namespace = os.environ.get(NAMESPACE_VARIABLE, _DEFAULT_NAMESPACE)

    def write(self, call: Call) -> None:
        """Write the line of one call."""
        error = call.error
        outcome = "OK" if error is None else error.code if isinstance(error, PolarisError) else "INTERNAL"
        failed = error is not None and (outcome == "INTERNAL" or isinstance(error, TransientError))
        now = datetime.now(UTC)
        fields = {
            # What Lambda's filter of levels reads: `level`, and `timestamp` as in RFC 3339.
            "level": "ERROR" if failed else "INFO",
            "message": "call",
            "timestamp": now.isoformat(timespec="milliseconds"),
            "service": _SERVICE,
            "calls": [1],
            **self._measured(call, int(now.timestamp() * 1000), failed=failed),
            "function": call.function,
            "kind": call.kind,
            "outcome": outcome,
            "requestId": call.request_id,
        }
        if call.actor:
            fields |= {"actor": call.actor, "target": call.target}
        if error is not None and failed:
            fields["stack"] = redacted("".join(traceback.format_exception(error)), call.sent)
        if trace := os.environ.get("_X_AMZN_TRACE_ID"):
            fields["xray_trace_id"] = trace.partition(";")[0].removeprefix("Root=")
        sys.stdout.write(json.dumps(fields, separators=(",", ":")) + "\n")
        sys.stdout.flush()

    def _measured(self, call: Call, at_ms: int, *, failed: bool) -> dict[str, Any]:
        """Return the values of the call's metrics, and what makes CloudWatch take them for such.

        CloudWatch charges for each metric of each function in each hour in which it is written. So failures and
        pushes are metrics where there are some, and how many calls there were is told by the count of durations.
        """
        counts = {"errors": int(failed), "pushes": call.pushes}
        told = {name: count for name, count in counts.items() if count}
        units = {"durationMs": "Milliseconds", **dict.fromkeys(told, "Count")}
        metrics = {
            "Namespace": self._namespace,
            "Dimensions": [["function"], ["service"]],
            "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
        }
        return {
            "_aws": {"Timestamp": at_ms, "CloudWatchMetrics": [metrics]},
            "durationMs": [round(call.duration_ms, 3)],
            "errors": [0],
            **{name: [count] for name, count in told.items()},
        }


def redacted(text: str, sent: Iterable[Any]) -> str:
    """Return `text` without any string that occurs in `sent`, as it is or as Python or JSON would write it."""
    secrets = {form for secret in _strings(list(sent)) for form in _forms(secret)}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "<redacted>")
    return text


def _forms(secret: str) -> Iterable[str]:
    yield secret
    if not secret.isalnum():
        yield from (repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])


def _strings(value: Any) -> Iterable[str]:
    match value:
        case str() if len(value) >= _SHORTEST_REDACTED:
            yield value
        case list() | tuple():
            for element in value:
                yield from _strings(element)
        case dict():
            for element in value.values():
                yield from _strings(element)
