"""That the code in the documents runs."""

from __future__ import annotations

import subprocess

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import CLIENTS
from tests.support.code_blocks import code_blocks

ADDRESS = "http://127.0.0.1:3210"


def first_answer(code: str, server: DevServer) -> str:
    """Run a program that need not end, and return what it prints up to the end of its first answer."""
    node = ["node", "--input-type=module", "--eval", code.replace(ADDRESS, server.url)]
    with subprocess.Popen(node, cwd=CLIENTS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout
        printed = ""
        for line in running.stdout:
            printed += line
            if line == "]\n":
                break
        running.kill()
    return printed


def test_the_readme_shows_how_a_frontend_calls_functions_and_how_it_is_told_of_changes(dev_server: DevServer) -> None:
    calls, live = code_blocks("README.md", "ts")
    assert "name: 'main.py'" in first_answer(calls, dev_server)
    assert "name: 'Apollo'" in first_answer(live, dev_server)
