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

from ministack.services import lambda_svc  # type: ignore[import-not-found]  # it is in another environment


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


if __name__ == "__main__":
    threading.Thread(target=_hold, daemon=True).start()
    _write_functions_log(Path(sys.argv[2]))
    sys.argv[1:] = []
    runpy.run_module("ministack", run_name="__main__")
