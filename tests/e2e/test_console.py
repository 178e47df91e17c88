"""The console in headless Chromium against the running backend, on 200 projects and 5,000 files."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.cli.console_upload import upload_console
from infra.local.cloud import NOBODY, REGION, Cloud
from infra.local.ministack import running_endpoint
from infra.local.workspace import ROOT, workspace_from
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


@pytest.fixture(scope="module")
def bucket(dev_server: DevServer) -> str:
    """Upload the console as `polaris deploy` does, and return the URL of the bucket."""
    cloud = Cloud(running_endpoint(workspace_from({"POLARIS_STATE_DIR": str(dev_server.state)})))
    name = cloud.deployed().storage_bucket
    s3: Any = boto3.client(
        "s3", endpoint_url=cloud.endpoint, aws_access_key_id=NOBODY, aws_secret_access_key=NOBODY, region_name=REGION
    )
    assert upload_console(BUILT, s3, name)
    return f"{cloud.endpoint}/{name}"


@pytest.mark.parametrize("suite", suites("console"))
def test_the_console_does_its_job_in_a_browser(
    dev_server: DevServer, seed: Path, bucket: str, suite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLARIS_CONSOLE_SEED", str(seed))
    monkeypatch.setenv("POLARIS_CONSOLE_BUCKET", bucket)
    print(check_suite(start_suite(dev_server, suite)))


def test_what_the_first_view_loads_is_small() -> None:
    page = (BUILT / "index.html").read_text()
    files = [BUILT / name for name in re.findall(r"\./(assets/[^\"]+)", page)]
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in files}
    print(f"{sum(sizes.values()):,} bytes compressed, fonts included: {sizes}")
    assert sum(sizes.values()) <= MOST_BYTES
