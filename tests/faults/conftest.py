from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ministack import ministack


@pytest.fixture(scope="package")
def cloud() -> Iterator[str]:
    """The endpoint of a MiniStack; tests tell their tables and functions apart by names."""
    with ministack() as endpoint:
        yield endpoint
