"""The command line against the real local cloud, as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from infra.local.workspace import ROOT
from tests.e2e.conftest import DevServer


def started(server: DevServer, *arguments: str) -> subprocess.Popen[str]:
    """Start a command in some folder."""
    # An account that the operator works in must not be in the way.
    account = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "x", "HTTP_PROXY": "http://127.0.0.1:9"}
    local = {"PORT": str(server.port), "POLARIS_STATE_DIR": str(server.state), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "infra.cli", *arguments],
        env={**os.environ, **account, **local},
        cwd=tempfile.gettempdir(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def polaris(server: DevServer, *arguments: str, status: int = 0) -> str:
    """Run a command to its end, and return what it wrote to standard output."""
    running = started(server, *arguments)
    told, complaint = running.communicate()
    assert running.returncode == status, complaint
    return told


def test_a_function_runs_as_a_user_who_then_sees_what_it_did(dev_server: DevServer) -> None:
    id_ = json.loads(polaris(dev_server, "run", "projects:create", '{"name": "By hand"}', "--as", "cli-user"))
    rows = polaris(
        dev_server, "data", "projects", "--index", "by_owner", "--where", "ownerId=cli-user", "--format", "jsonl"
    )
    assert json.loads(rows)["_id"] == id_
    assert "projects:create" in polaris(dev_server, "logs", "--function", "projects:create")


def test_an_error_has_the_name_that_it_has_on_aws(dev_server: DevServer) -> None:
    assert polaris(dev_server, "run", "projects:get", status=1) == ""
    assert "UNAUTHENTICATED" in polaris(dev_server, "logs", "--function", "projects:get")


def test_tables_tokens_and_secrets_are_those_of_the_local_cloud(dev_server: DevServer) -> None:
    assert "projects" in polaris(dev_server, "data")
    assert polaris(dev_server, "env", "get", "internal-key", "--reveal").strip() == dev_server.internal_key
    assert polaris(dev_server, "token", "ada").count(".") == 2
    assert polaris(dev_server, "console").startswith(f"{dev_server.url}/#token=polaris-admin.")


def test_what_is_there_can_be_exported(dev_server: DevServer, tmp_path: Path) -> None:
    archive = str(tmp_path / "polaris.zip")
    polaris(dev_server, "export", archive)
    assert "can be imported" in polaris(dev_server, "import", archive, "--check")


def test_a_log_is_followed_until_ctrl_c(dev_server: DevServer) -> None:
    following = started(dev_server, "logs", "--follow", "--function", "users:*", "--since", "10m")
    given_up = threading.Timer(60, following.kill)
    given_up.start()
    polaris(dev_server, "run", "users:getOrCreateUser", "--as", "cli-user")
    assert following.stdout
    assert "users:getOrCreateUser" in following.stdout.readline()
    given_up.cancel()
    following.send_signal(signal.SIGINT)
    _, complaint = following.communicate(timeout=30)
    assert (following.returncode, complaint) == (130, "")


def test_an_export_that_is_interrupted_leaves_no_archive(dev_server: DevServer, tmp_path: Path) -> None:
    archive = tmp_path / "polaris.zip"
    exporting = started(dev_server, "export", str(archive))
    while not list(tmp_path.iterdir()) and exporting.poll() is None:
        time.sleep(0.002)
    exporting.send_signal(signal.SIGINT)
    exporting.communicate(timeout=30)
    if exporting.returncode:  # else it was faster
        assert exporting.returncode == 130
        assert not archive.exists()
    polaris(dev_server, "export", str(archive), "--force")
    assert "can be imported" in polaris(dev_server, "import", str(archive), "--check")
