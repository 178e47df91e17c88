"""Runs MiniStack with its own interpreter: `python leashed.py {state folder} {log file of the functions}`.

Standard input is a leash: it closes when the process that started this one ends, for whatever reason, and then
MiniStack gets the SIGTERM at which it writes its state.
"""

import os
import runpy
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from ministack.services import (  # type: ignore[import-not-found]  # it is in another environment
    apigateway,
    lambda_svc,
)

_POST_BYTES = 128 * 1024


def _hold() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _write_functions_log(file: Path) -> None:
    """Send what functions log to `file`; MiniStack would keep all of it in memory, and in its state, for ever."""
    if not callable(getattr(lambda_svc, "_emit_lambda_logs", None)):
        raise SystemExit(
            "this release of MiniStack handles functions' logs in another way; see infra/local/leashed.py"
        )
    log = file.open("w", buffering=1, encoding="utf-8")

    def write(_function: Any, _request_id: str, text: str, *_args: Any, **_options: Any) -> None:
        if text:
            log.write(text + "\n")

    lambda_svc._emit_lambda_logs = write


def _limit_posts() -> None:
    """Refuse to post to a socket what API Gateway would not take; MiniStack takes all."""
    manage = apigateway.handle_connections_api

    async def limited(method: str, api_id: str, stage: str, connection_id: str, body: bytes, headers: Any) -> Any:
        if method == "POST" and len(body) > _POST_BYTES:
            kind = {"Content-Type": "application/json", "x-amzn-ErrorType": "PayloadTooLargeException"}
            return 413, kind, b'{"message": "Payload Too Large"}'
        return await manage(method, api_id, stage, connection_id, body, headers)

    apigateway.handle_connections_api = limited


if __name__ == "__main__":
    threading.Thread(target=_hold, daemon=True).start()
    _write_functions_log(Path(sys.argv[2]))
    _limit_posts()
    sys.argv[1:] = []
    runpy.run_module("ministack", run_name="__main__")
