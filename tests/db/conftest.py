"""What several tests of the data layer are given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.db.store import Store
from tests.db.stubbed import Door, stubbed_door
from tests.support.stores import make_store


@pytest.fixture
def store() -> Store:
    """An empty database whose indexes are ready."""
    return make_store()


@pytest.fixture
def door() -> Iterator[Door]:
    """The real door, in front of a stubber whose answers all have to be asked for."""
    engine, dynamodb = stubbed_door()
    with dynamodb:
        yield engine, dynamodb
        dynamodb.assert_no_pending_responses()
