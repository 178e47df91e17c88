from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SECRET = "hush-hush"
CALLS = f"""
import sys
from tests.runtime import sample
from tests.runtime.backend import LAMBDA, backend, http_event

with backend():
    sample.greet(http_event({{"args": {{"name": "{SECRET}"}}}}), LAMBDA)
    sample.refuse(http_event({{"args": {{}}}}), LAMBDA)
    sample.explode(http_event({{"args": {{"secret": "{SECRET}"}}}}), LAMBDA)
sys.stderr.write(str("aws_xray_sdk" in sys.modules))
"""


def run_in_lambda(daemon: socket.socket, folder: Path, *, sampled: int) -> str:
    """Make three calls in a process that looks like a Lambda; return whether X-Ray's library was loaded."""
    host, port = daemon.getsockname()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(folder),
        "LAMBDA_TASK_ROOT": str(ROOT),
        "AWS_XRAY_DAEMON_ADDRESS": f"{host}:{port}",
        "_X_AMZN_TRACE_ID": f"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled={sampled}",
    }
    done = subprocess.run(
        [sys.executable, "-c", CALLS], env=environment, capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture
def daemon() -> Any:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10)
        yield listener


def test_a_sampled_call_is_recorded_with_its_outcome_and_without_arguments(
    daemon: socket.socket, tmp_path: Path
) -> None:
    run_in_lambda(daemon, tmp_path, sampled=1)
    packets = [daemon.recv(65_536).decode() for _ in range(3)]
    segments = [json.loads(packet.partition("\n")[2]) for packet in packets]
    assert [(segment["name"], segment["annotations"]["outcome"]) for segment in segments] == [
        ("## runtime:greet", "OK"),
        ("## runtime:refuse", "CONFLICT"),
        ("## runtime:explode", "INTERNAL"),
    ]
    assert segments[0]["annotations"] | {"function": "runtime:greet", "kind": "query"} == segments[0]["annotations"]
    assert SECRET not in "".join(packets)


def test_a_call_that_is_not_sampled_records_nothing_and_loads_nothing(daemon: socket.socket, tmp_path: Path) -> None:
    assert run_in_lambda(daemon, tmp_path, sampled=0) == "False"
    daemon.setblocking(False)
    with pytest.raises(BlockingIOError):
        daemon.recv(65_536)
