"""The process of Node in which the clients are."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any
from urllib.request import Request, urlopen

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import CLIENTS
from tests.isolation.app.effects import Line

_REGISTERS = 2


class Driver:
    """16 clients of some people."""

    def __init__(self, server: DevServer, seed: int, people: list[dict[str, Any]]) -> None:
        told = {"url": server.url, "seed": seed, "internalKey": server.internal_key, "people": people}
        self.lines: list[Line] = []
        self._process: subprocess.Popen[str] = subprocess.Popen(
            ["node", "isolation/driver.mjs", json.dumps(told)],
            cwd=CLIENTS,
            env={**os.environ, "POLARIS_URL": server.url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read_until("ready")

    def do(self, verb: str) -> None:
        """Let the clients do something, and wait until they have."""
        assert self._process.stdin
        self._process.stdin.write(verb + "\n")
        self._process.stdin.flush()
        self._read_until("done")

    def end(self) -> None:
        """End the clients."""
        self._process.kill()
        self._process.communicate()

    def _read_until(self, name: str) -> None:
        assert self._process.stdout
        for text in self._process.stdout:
            line = json.loads(text)
            self.lines.append(line)
            if name in line:
                return
        raise AssertionError("the driver has ended; what it said is above")


def person(server: DevServer, subject: str) -> dict[str, Any]:
    """Sign somebody in, with a project, a conversation, and files to write to."""
    token = server.token(subject)

    def call(path: str, **args: Any) -> Any:
        body = json.dumps({"path": path, "args": args, "format": "json"}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(f"{server.url}/api/mutation", body, headers)  # noqa: S310 - the test's own server
        with urlopen(request) as answer:  # noqa: S310
            told = json.load(answer)
        assert told["status"] == "success", told
        return told["value"]

    project = call("projects:create", name="base")
    files = [
        call("files:createFile", projectId=project, name=f"register{number}", content="")
        for number in range(_REGISTERS)
    ]
    conversation = call("conversations:create", projectId=project)
    return {"subject": subject, "projectId": project, "conversationId": conversation, "registers": files}
