from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.failure import LocalCloudFailure
from infra.local.workspace import Workspace, workspace_from


def test_clients_come_in_at_3210_unless_told_otherwise() -> None:
    assert workspace_from({}).origin == "http://127.0.0.1:3210"
    assert workspace_from({"PORT": "4000"}).origin == "http://127.0.0.1:4000"


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "²"])
def test_what_is_not_a_port_is_refused(port: str) -> None:
    with pytest.raises(LocalCloudFailure, match="is not a port"):
        workspace_from({"PORT": port})


def test_functions_reach_ministack_itself_unless_something_stands_before_it() -> None:
    proxy = "http://127.0.0.1:4001"
    assert workspace_from({}).functions_endpoint == ""
    assert workspace_from({"POLARIS_FUNCTIONS_ENDPOINT": proxy}).functions_endpoint == proxy


def test_two_local_clouds_do_not_share_their_state(tmp_path: Path) -> None:
    first, second = Workspace(tmp_path, tmp_path, 4000), Workspace(tmp_path, tmp_path, 4001)
    refused = pytest.raises(LocalCloudFailure, match=r"in use by process \d+, which serves http://127.0.0.1:4000")
    with first.locked(), refused, second.locked():
        pass


def test_the_state_is_free_again_after_a_run(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, tmp_path, 4000)
    for _ in range(2):
        with workspace.locked():
            pass
