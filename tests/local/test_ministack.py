from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cloud import Cloud
from infra.local.failure import LocalCloudFailure
from infra.local.ministack import MiniStack, environment
from infra.local.workspace import ROOT, Workspace

_STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
_STARTS_AND_CRASHES = """
import asyncio, os, sys
from pathlib import Path
from infra.local.ministack import MiniStack
from infra.local.workspace import ROOT, Workspace
asyncio.run(MiniStack(Workspace(ROOT, Path(sys.argv[1]), 4000)).start())
os._exit(9)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(ROOT, tmp_path, 4000)


@pytest.fixture
def stubborn(workspace: Workspace) -> Iterator[subprocess.Popen[bytes]]:
    """Start what looks like this workspace's MiniStack and does not end when it is told to."""
    command = [sys.executable, "-c", _STUBBORN, "leashed.py", str(workspace.state)]
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def _ends(pid: int, within_s: float = 20) -> bool:
    deadline = time.monotonic() + within_s
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)


def _pid(workspace: Workspace) -> int:
    return int((workspace.state / "ministack.pid").read_text())


def test_its_state_survives_a_restart(workspace: Workspace) -> None:
    for kept in ({}, {"a": 1}):
        ministack = MiniStack(workspace)
        asyncio.run(ministack.start())
        cloud = Cloud(ministack.endpoint)
        try:
            assert cloud.record() == kept
            cloud.keep_record({"a": 1})
        finally:
            ministack.stop()


def test_nothing_is_left_when_it_was_stopped(workspace: Workspace) -> None:
    ministack = MiniStack(workspace)
    asyncio.run(ministack.start())
    pid = _pid(workspace)
    ministack.stop()
    assert _ends(pid, within_s=0.1)
    assert not workspace.scratch.exists()


def test_it_ends_in_order_when_its_starter_crashes(workspace: Workspace) -> None:
    subprocess.run([sys.executable, "-c", _STARTS_AND_CRASHES, workspace.state], cwd=ROOT, check=False)
    assert _ends(_pid(workspace))
    assert list((workspace.state / "ministack").glob("*.json"))


def test_one_that_a_crashed_run_left_is_ended_first(workspace: Workspace, stubborn: subprocess.Popen[bytes]) -> None:
    (workspace.state / "ministack.pid").write_text(str(stubborn.pid))
    ministack = MiniStack(workspace, patience_s=3)
    asyncio.run(ministack.start())
    try:
        assert stubborn.wait(30) == -signal.SIGKILL
        assert _pid(workspace) != stubborn.pid
    finally:
        ministack.stop()


def test_another_process_with_the_number_of_an_earlier_one_is_left_alone(workspace: Workspace) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as foreign:
        (workspace.state / "ministack.pid").write_text(str(foreign.pid))
        ministack = MiniStack(workspace)
        asyncio.run(ministack.start())
        ministack.stop()
        assert foreign.poll() is None
        foreign.kill()


def test_one_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    root = tmp_path / "project"
    python = root / ".polaris/ministack-venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)  # has no MiniStack
    state = tmp_path / "state"
    state.mkdir()
    ministack = MiniStack(Workspace(root, state, 4000))
    with pytest.raises(LocalCloudFailure, match=r"dev\.log says why"):
        asyncio.run(ministack.start())
    ministack.stop()


def test_functions_inherit_nothing_that_leads_to_an_account(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "real")
    assert "real" not in environment(workspace).values()
    assert environment(workspace)["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
