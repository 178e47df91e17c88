"""One line for every call: a structured log record and CloudWatch metrics (embedded metric format) in one.

It says which function ran, how it ended and how long it took. It never holds argument values, tokens or keys: the
text of an unexpected exception is searched for what the caller sent before it is written.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from shared.errors import PolarisError, TransientError

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
        self._metrics = AmazonCloudWatchEMFProvider(namespace=_namespace(), service=_SERVICE)
        self._metrics.add_dimensions(service=_SERVICE)

    def write(self, call: Call) -> None:
        """Write the line of one call."""
        error = call.error
        outcome = "OK" if error is None else error.code if isinstance(error, PolarisError) else "INTERNAL"
        failed = error is not None and (outcome == "INTERNAL" or isinstance(error, TransientError))
        fields = {
            # What Lambda's filter of levels reads: `level`, and `timestamp` as in RFC 3339.
            "level": "ERROR" if failed else "INFO",
            "message": "call",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "service": _SERVICE,
            **self._measured(call, failed=failed),
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

    def _measured(self, call: Call, *, failed: bool) -> dict[str, Any]:
        def metric(unit: str, value: float) -> dict[str, Any]:
            return {"Unit": unit, "Value": [value], "StorageResolution": 60}

        # CloudWatch charges for each metric of each function in each hour in which it is written. How many calls
        # there were, the count of durations says.
        metrics = {
            "durationMs": metric("Milliseconds", round(call.duration_ms, 3)),
            **({"errors": metric("Count", 1)} if failed else {}),
            **({"pushes": metric("Count", call.pushes)} if call.pushes else {}),
        }
        written = self._metrics.serialize_metric_set(metrics=metrics, dimensions={"function": call.function})
        return {"calls": [1], "errors": [int(failed)], **written}


def _namespace() -> str:
    """Return the namespace of the stage's metrics; Powertools' own variable, which the template sets."""
    return os.environ.get("POWERTOOLS_METRICS_NAMESPACE", _DEFAULT_NAMESPACE)


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
