"""`python -m infra.operate {stage} rebuild|audit`: runs `python -m shared.db` with the settings of a deployed stage.

The stage `local` is the one that `make dev` is serving; for any other one, AWS credentials must be at hand.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Any

import boto3

from infra.local.cloud import STAGE
from infra.local.failure import LocalCloudFailure
from infra.local.ministack import environment, running_endpoint
from infra.local.workspace import workspace_from


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.operate", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("command", choices=["rebuild", "audit"])
    asked = parser.parse_args()
    try:
        if asked.stage == STAGE:
            _enter_local_cloud()
        os.environ.update(_settings(asked.stage))
    except LocalCloudFailure as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return subprocess.run([sys.executable, "-m", "shared.db", asked.command], check=False).returncode


def _enter_local_cloud() -> None:
    workspace = workspace_from(os.environ)
    local = environment(workspace) | {"AWS_ENDPOINT_URL": running_endpoint(workspace)}
    del local["TMPDIR"]
    os.environ.update(local)


def _settings(stage: str) -> dict[str, str]:
    """Return the environment that the functions of a stage have in common."""
    client: Any = boto3.client("lambda")
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            if function["FunctionName"].startswith(f"polaris-{stage}-"):
                return dict(function["Environment"]["Variables"])
    raise LocalCloudFailure(f"There is no stage {stage!r} in this account and region; `make deploy` makes one")


if __name__ == "__main__":
    sys.exit(main())
