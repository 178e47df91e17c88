"""Runs MiniStack with its own interpreter: `python leashed.py {state folder} {log file of the functions}`.

Standard input is a leash: it closes when the process that started this one ends, for whatever reason, and then
MiniStack gets the SIGTERM at which it writes its state.
"""

import json
import os
import runpy
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from ministack.core.lambda_runtime import Worker  # type: ignore[import-not-found]  # it is in another environment
from ministack.services import apigateway, lambda_svc  # type: ignore[import-not-found]

_POST_BYTES = 128 * 1024
_FAILED = 500


def _hold() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _write_functions_log(file: Path) -> None:
    """Send what functions log to `file` at once.

    MiniStack would keep all of it in memory, and in its state, for ever; wait 50 ms after a call for what a silent
    function might still say; and drop what the functions behind sockets say.
    """
    if not all(hasattr(Worker, name) for name in ("_read_stderr", "_drain_stderr", "_drain_stderr_bounded")):
        raise SystemExit(
            "this release of MiniStack handles functions' logs in another way; see infra/local/leashed.py"
        )
    log = file.open("w", buffering=1, encoding="utf-8")
    invoke = Worker.invoke

    def read(worker: Any) -> None:
        for line in worker._proc.stderr:
            log.write(line)

    def invoked(worker: Any, *args: Any, **options: Any) -> Any:
        result = invoke(worker, *args, **options)
        if result.get("status") == "error":
            log.write(f"{worker.func_name}: {result.get('trace') or result.get('error')}\n")
        return result

    Worker._read_stderr = read
    Worker._drain_stderr = Worker._drain_stderr_bounded = lambda _: ""
    Worker.invoke = invoked
    lambda_svc._emit_lambda_logs = lambda *_args, **_options: None


def _name_errors() -> None:
    """Let state machines see the names of what functions raise; MiniStack gives all of it one name."""
    if not hasattr(lambda_svc, "_execute_function_warm"):
        raise SystemExit("this release of MiniStack runs functions in another way; see infra/local/leashed.py")
    last = threading.local()
    invoke, execute = Worker.invoke, lambda_svc._execute_function_warm

    def invoked(worker: Any, *args: Any, **options: Any) -> Any:
        result = invoke(worker, *args, **options)
        last.trace = result.get("trace") or ""
        return result

    def executed(*args: Any) -> Any:
        last.trace = ""
        answer = execute(*args)
        name = _exception_in(last.trace)
        if answer.get("error") and name and answer["body"].get("errorType") == "Runtime.HandlerError":
            answer["body"]["errorType"] = name
        return answer

    Worker.invoke = invoked
    lambda_svc._execute_function_warm = executed


def _exception_in(trace: str) -> str:
    """Return the name of the exception that a traceback ends with, or nothing."""
    # What precedes it, the frames, is indented.
    message = next((line for line in trace.splitlines()[1:] if line and not line.startswith(" ")), "")
    return message.partition(":")[0].rpartition(".")[2]


def _limit_posts() -> None:
    """Refuse to post to a socket what API Gateway would not take; MiniStack takes all."""
    manage = apigateway.handle_connections_api

    async def limited(method: str, api_id: str, stage: str, connection_id: str, body: bytes, headers: Any) -> Any:
        if method == "POST" and len(body) > _POST_BYTES:
            kind = {"Content-Type": "application/json", "x-amzn-ErrorType": "PayloadTooLargeException"}
            return 413, kind, b'{"message": "Payload Too Large"}'
        return await manage(method, api_id, stage, connection_id, body, headers)

    apigateway.handle_connections_api = limited


def _fail_as_the_gateway() -> None:
    """Tell clients of a function that failed what API Gateway does; MiniStack sends them the error's text."""
    if not hasattr(apigateway, "_invoke_ws_lambda"):
        raise SystemExit(
            "this release of MiniStack calls functions behind sockets in another way; see infra/local/leashed.py"
        )
    invoke = apigateway._invoke_ws_lambda

    async def invoked(*args: Any, **options: Any) -> Any:
        answer = await invoke(*args, **options)
        connection, kind, message = args[5:8]
        if kind == "MESSAGE" and answer and answer.get("statusCode") == _FAILED:
            told = {"message": "Internal server error", "connectionId": connection, "requestId": message}
            return {**answer, "body": json.dumps(told)}
        return answer

    apigateway._invoke_ws_lambda = invoked


def _poll_promptly() -> None:
    """Look into queues and streams as soon as there may be something, not 50 ms after having looked in vain."""
    if not hasattr(lambda_svc, "_ESM_IDLE_WAKE_GAP_SECONDS"):
        raise SystemExit("this release of MiniStack polls in another way; see infra/local/leashed.py")
    lambda_svc._ESM_IDLE_WAKE_GAP_SECONDS = 0.002


def _run_beside(name: str) -> dict[str, Any]:
    """Run a module of this folder, which is no place to import from: it has names that MiniStack means others by."""
    return runpy.run_path(str(Path(__file__).with_name(f"{name}.py")))


if __name__ == "__main__":
    threading.Thread(target=_hold, daemon=True).start()
    _write_functions_log(Path(sys.argv[2]))
    _name_errors()
    _limit_posts()
    _fail_as_the_gateway()
    _poll_promptly()
    _run_beside("histories")["tell_all"]()
    _run_beside("workers")["share"]()
    _run_beside("browsers")["keep_out"]()
    sys.argv[1:] = []
    runpy.run_module("ministack", run_name="__main__")
