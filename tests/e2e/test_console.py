"""The console in headless Chromium against the running backend, on 200 projects and 5,000 files."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from pathlib import Path

import pytest

from infra.local.workspace import ROOT
from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import CLIENTS, check_suite, start_suite, suites

BUILT = ROOT / "infra/console/dist"
MOST_BYTES = 330_000


@pytest.fixture(scope="module")
def seed(dev_server: DevServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill the backend once for all suites, and return the file that says with what."""
    environment = {
        **os.environ,
        "POLARIS_URL": dev_server.url,
        "POLARIS_CONVEX_INTERNAL_KEY": dev_server.internal_key,
    }
    file = tmp_path_factory.mktemp("console") / "seed.json"
    with file.open("w") as output:
        subprocess.run(["node", "console/seed.mjs"], cwd=CLIENTS, env=environment, stdout=output, check=True)
    return file


@pytest.mark.parametrize("suite", suites("console"))
def test_the_console_does_its_job_in_a_browser(
    dev_server: DevServer, seed: Path, suite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLARIS_CONSOLE_SEED", str(seed))
    print(check_suite(start_suite(dev_server, suite)))


def test_what_the_first_view_loads_is_small() -> None:
    page = (BUILT / "index.html").read_text()
    files = [BUILT / name for name in re.findall(r"\./(assets/[^\"]+)", page)]
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in files}
    print(f"{sum(sizes.values()):,} bytes compressed, fonts included: {sizes}")
    assert sum(sizes.values()) <= MOST_BYTES
