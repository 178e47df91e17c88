from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.small_cloud import SmallCloud, small_cloud


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCloud]:
    """A MiniStack; tests tell their tables and functions apart by names."""
    with small_cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running
