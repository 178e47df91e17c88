"""Running any function of the app, as whoever an administrator chooses."""

from __future__ import annotations

import json
import time
from typing import Any

from pydantic import Field

from functions.admin.actions import note
from functions.gateway import registry
from shared import values
from shared.auth.assumed import assumed_identity
from shared.errors import ApplicationError, InvalidCursor, PolarisError, TransientError
from shared.runtime.admission import Caller
from shared.runtime.call import run as run_function
from shared.runtime.function_path import canonical
from shared.runtime.operation import Asked, Json, operation
from shared.runtime.registry import find
from shared.runtime.route import Fields


class Run(Fields):
    """A call; without an `identity` nobody is signed in."""

    path: str
    args: dict[str, Any] = Field(default_factory=dict)
    identity: dict[str, Any] | None = None


@operation("run", fields=Run, uses=("audit",), runs_any=True)
def run(asked: Asked[Run]) -> Json:
    """Runs a function of the app; internal ones need no key here."""
    exchange, wanted = asked.exchange, asked.fields
    function = find(registry(), canonical(wanted.path), None)
    identity = None if wanted.identity is None else assumed_identity(wanted.identity, asked.environment.settings)
    if function.kind == "mutation":
        who = "nobody" if identity is None else identity.subject
        asked.call(note, action="run", target=function.path, detail=f"as {who}")
    environment, meter = asked.environment.metered()
    caller = Caller(identity, exchange.deadline_ms, trusted=function.internal, spends=False)
    began_s = time.perf_counter()
    try:
        result = run_function(function, values.decode(wanted.args), caller, environment)
        told: Json = {"value": json.loads(values.clean_text(result.value))}
    except TransientError:
        raise
    except PolarisError as error:
        told = {"error": _told(error)}
    about = {"durationMs": (time.perf_counter() - began_s) * 1000, "requestId": exchange.request_id}
    consumed = {} if meter is None else {"consumedCapacity": {"read": meter.read, "write": meter.write}}
    return {**told, **about, **consumed}


def _told(error: PolarisError) -> Json:
    data = {"data": error.data} if isinstance(error, ApplicationError | InvalidCursor) else {}
    return {"code": error.code, "message": error.message, **data}
