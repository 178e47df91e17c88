"""What `make dev` promises, of a copy of this project that may be changed."""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from infra.local.cloud import Cloud
from infra.local.fingerprint import fingerprint
from infra.local.ministack import running_endpoint
from infra.local.workspace import ROOT, workspace_from
from tests.e2e.dev_server import DevServer

_SOURCES = ("functions", "shared", "infra", "cdk.json", "requirements.txt")
_PROBE = '''
from shared.runtime.context import QueryContext
from shared.runtime.function import query


@query()
def answer(_: QueryContext) -> str:
    """Says what the test wrote."""
    return "{}"
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what `make dev` needs of this project; what is installed stays where it is."""
    copy = tmp_path_factory.mktemp("project")
    for name in _SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy2(source, copy / name)
    (copy / ".polaris").mkdir()
    for installed in ("infra/node_modules", ".polaris/ministack-venv"):
        (copy / installed).symlink_to(ROOT / installed)
    return copy


@pytest.fixture(scope="module")
def server(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    running = DevServer(tmp_path_factory.mktemp("state"), project)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def _post(server: DevServer, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server.token('ada')}"}
    request = Request(server.url + path, json.dumps(body).encode(), headers)  # noqa: S310 - the test's own server
    with urlopen(request) as answer:  # noqa: S310
        return dict(json.loads(answer.read()))


def _ask(server: DevServer) -> Any:
    try:
        return _post(server, "/api/query", {"path": "probe:answer", "args": {}, "format": "json"}).get("value")
    except HTTPError as cut:  # by a deployment, which ends the processes of functions that it replaces
        with cut:
            return cut.code


def _write_probe(project: Path, server: DevServer, text: str) -> None:
    (project / "functions/probe.py").write_text(_PROBE.format(text))
    _until(lambda: bool(_ask(server) == text))
    _until_deployed(project, server)


def _until_deployed(project: Path, server: DevServer) -> None:
    """Wait until nothing is exchanged any more, which cuts calls off."""
    cloud = Cloud(running_endpoint(workspace_from({"POLARIS_STATE_DIR": str(server.state)})))
    _until(lambda: bool(cloud.record().get("code") == fingerprint(project, "").code))


def _status(server: DevServer, path: str) -> int:
    try:
        _post(server, path, {"args": {}})
    except HTTPError as error:
        with error:
            return error.code
    return 200


def _until(holds: Callable[[], bool], within_s: float = 300) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _processes_of(state: Path) -> list[str]:
    if not Path("/proc/self").exists():
        pytest.skip("reads the list of processes from /proc")
    commands = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            commands.append(file.read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return [command for command in commands if str(state) in command]


def test_it_prints_one_line_with_the_url(server: DevServer) -> None:
    assert server.output.splitlines() == [f"Polaris is ready at {server.url}"]


def test_it_writes_what_clients_need(server: DevServer) -> None:
    assert server.settings["POLARIS_URL"] == server.url
    assert server.internal_key.isalnum()


def test_a_new_function_goes_live_and_gets_a_lambda_of_its_own(server: DevServer, project: Path) -> None:
    _write_probe(project, server, "new")
    _until(lambda: _status(server, "/api/run/probe/answer") == 200)


def test_a_changed_function_goes_live(server: DevServer, project: Path) -> None:
    _write_probe(project, server, "changed")


def test_a_broken_source_leaves_the_last_good_code_running(server: DevServer, project: Path) -> None:
    _write_probe(project, server, "good")
    (project / "functions/probe.py").write_text(_PROBE.format("bad") + "x = (\n")
    _until(lambda: "SyntaxError" in server.errors)
    assert _ask(server) == "good"
    _write_probe(project, server, "mended")


def test_a_removed_function_is_gone(server: DevServer, project: Path) -> None:
    (project / "functions/probe.py").unlink()
    _until(lambda: _status(server, "/api/run/probe/answer") == 404)
    _until_deployed(project, server)


def test_data_and_keys_survive_a_restart(server: DevServer) -> None:
    key = server.internal_key
    created = _post(server, "/api/mutation", {"path": "projects:create", "args": {"name": "Kept"}, "format": "json"})
    assert server.stop() == 0
    server.start()
    read = {"path": "projects:getById", "args": {"id": created["value"]}, "format": "json"}
    assert _post(server, "/api/query", read)["value"]["name"] == "Kept"
    assert server.internal_key == key


def test_sigterm_ends_everything_it_started(server: DevServer) -> None:
    _post(server, "/api/query", {"path": "projects:get", "args": {}, "format": "json"})
    assert len(_processes_of(server.state)) > 1
    assert server.stop() == 0
    assert _processes_of(server.state) == []
    server.start()


def test_a_port_in_use_is_said_in_one_line_before_anything_starts(project: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = DevServer(tmp_path, project, port)
        assert server.launch().wait(60) == 1
    assert server.errors.splitlines() == [f"Port {port} is in use; choose another: make dev PORT={port + 1}"]
    assert server.output == ""
