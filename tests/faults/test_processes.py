"""Processes of Lambdas that are frozen, killed, or have wrong clocks."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import Worker, frozen, kill, workers
from tests.faults.server import CLOCK, skew_clocks
from tests.faults.small_cloud import SmallCloud
from tests.functions.callers import Client, identity
from tests.runtime.backend import make_environment

PATIENCE_S = 30


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it has not come to pass"
        time.sleep(0.01)


class Gate:
    """Where a Lambda waits in the middle of its work."""

    def __init__(self, folder: Path) -> None:
        self.files = {"reached": str(folder / "reached"), "go": str(folder / "go")}

    def wait(self) -> None:
        until(Path(self.files["reached"]).exists)

    def open(self) -> None:
        Path(self.files["go"]).touch()


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


@pytest.fixture(scope="module")
def lambdas(cloud: SmallCloud) -> SmallCloud:
    for name in ("tell", "work"):
        cloud.deploy(name)
    return cloud


@pytest.fixture(scope="module")
def server(lambdas: SmallCloud) -> Client:
    return Client(make_environment(lambdas.store), internal=True)


def begun(cloud: SmallCloud, name: str, gate: Gate, event: dict[str, Any]) -> tuple[Any, Worker]:
    """Let a Lambda work until its gate; return what it will have returned, and its process."""
    before = workers(cloud.pid, name)
    future = cloud.begin(name, event | gate.files)
    gate.wait()
    (new,) = set(workers(cloud.pid, name)) - set(before) or set(before)
    return future, new


def test_a_frozen_step_whose_job_was_ended_meanwhile_writes_nothing(
    lambdas: SmallCloud, server: Client, gate: Gate
) -> None:
    ada = Client(server.environment, identity("ada"))
    project = ada.call("projects:create", name="Apollo")
    kind = {"projectId": project, "kind": "import-github-repo", "jobId": "overtaken"}
    assert server.call("system:claimJob", **kind)
    result, worker = begun(lambdas, "work", gate, {"jobId": "overtaken", "name": "late.txt"})
    with frozen(worker):
        gate.open()
        assert server.call("system:finishJob", **kind)
        assert not result.done()
    assert "JobEnded" in json.dumps(result.result())
    assert ada.call("files:getFiles", projectId=project) == []


def test_a_frozen_step_that_was_tried_again_meanwhile_has_no_second_effect(
    lambdas: SmallCloud, server: Client, gate: Gate
) -> None:
    ada = Client(server.environment, identity("bob"))
    project = ada.call("projects:create", name="Apollo")
    job = {"projectId": project, "kind": "import-github-repo", "jobId": "retried"}
    assert server.call("system:claimJob", **job)
    step = {"jobId": "retried", "name": "once.txt"}
    first, worker = begun(lambdas, "work", gate, step)
    with frozen(worker):
        gate.open()
        again = lambdas.invoke("work", step | gate.files)
        assert not first.done()
    assert first.result() == again
    assert [file["name"] for file in ada.call("files:getFiles", projectId=project)] == ["once.txt"]


def test_a_killed_process_is_replaced(lambdas: SmallCloud, gate: Gate) -> None:
    result, worker = begun(lambdas, "tell", gate, {})
    kill(worker)
    assert "errorMessage" in result.result()
    gate.open()
    assert lambdas.invoke("tell", gate.files)["pid"] != worker.pid


def clock_of_a_process(state: Path, **variables: str) -> float:
    """Return how far the clock of a new process is off, in seconds."""
    environment = {"PYTHONPATH": str(CLOCK), "POLARIS_FUNCTIONS_LOG": str(state / "functions.log"), **variables}
    asks = [sys.executable, "-c", "import time; print(time.time(), time.time_ns() / 1e9)"]
    told = subprocess.run(asks, env=environment, capture_output=True, text=True, check=True).stdout.split()
    assert float(told[0]) == pytest.approx(float(told[1]), abs=PATIENCE_S)
    return float(told[0]) - time.time()


def test_only_functions_have_wrong_clocks(tmp_path: Path) -> None:
    skew_clocks(tmp_path, 7, 1e9)
    assert abs(clock_of_a_process(tmp_path)) < PATIENCE_S
    assert abs(clock_of_a_process(tmp_path, _LAMBDA_FUNCTION_ARN="arn")) > PATIENCE_S


def skews(cloud: SmallCloud, folder: Path, processes: int) -> dict[int, float]:
    """Return how far the clocks of several processes are off, in seconds."""
    gates = [Gate(folder / str(number)) for number in range(processes)]
    for number in range(processes):
        (folder / str(number)).mkdir()
    futures = [cloud.begin("tell", gate.files) for gate in gates]
    for gate in gates:
        gate.wait()
    for gate in gates:
        gate.open()
    told = [future.result() for future in futures]
    now_s = time.time()
    return {answer["pid"]: answer["now_s"] - now_s for answer in told}


def test_clocks_of_processes_differ_by_what_the_weather_says(lambdas: SmallCloud, tmp_path: Path) -> None:
    skew_clocks(lambdas.state, 7, 3600)
    off_s = skews(lambdas, tmp_path, 3)
    assert len(off_s) == 3
    told = {pid: random.Random(f"7/{pid}").uniform(-3600, 3600) for pid in off_s}
    assert off_s == pytest.approx(told, abs=PATIENCE_S)
    (lambdas.state / "skew.json").unlink()
    time.sleep(0.3)
    assert abs(lambdas.invoke("tell", {})["now_s"] - time.time()) < PATIENCE_S
