"""X-Ray: a subsegment for each call that X-Ray has chosen to sample; nothing is loaded for the others."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from shared.errors import PolarisError

if TYPE_CHECKING:
    from aws_lambda_powertools import Tracer

R = TypeVar("R")

_TRACE_VARIABLE: Final = "_X_AMZN_TRACE_ID"
"""Set by Lambda before each call."""


def traced(function: str, kind: str, body: Callable[[], R]) -> R:
    """Run `body`, recording its time and outcome (never an error's text, which may quote arguments) if sampled."""
    if "Sampled=1" not in os.environ.get(_TRACE_VARIABLE, ""):
        return body()
    recorder: Any = _tracer().provider  # X-Ray's; Powertools' type names only a part of it
    outcome = "INTERNAL"
    subsegment = recorder.begin_subsegment(f"## {function}")
    try:
        result = body()
        outcome = "OK"
    except PolarisError as error:
        outcome = error.code
        raise
    finally:
        for name, value in (("function", function), ("kind", kind), ("outcome", outcome)):
            subsegment.put_annotation(name, value)
        recorder.end_subsegment()
    return result


@cache
def _tracer() -> Tracer:
    from aws_lambda_powertools import Tracer  # noqa: PLC0415 - few calls are sampled

    return Tracer(service="polaris", patch_modules=["botocore"])
