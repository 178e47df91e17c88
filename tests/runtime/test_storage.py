from __future__ import annotations

from typing import Any

import pytest

from shared.db.access import Access
from shared.errors import AccessNotDeclared
from shared.runtime.storage import Storage
from shared.schema.tables import StoredFile
from shared.storage import StorageBucket, StoredObject
from tests.support.backend import Backend

ALLOWED = Access(writes=frozenset({StoredFile}), binary=True)


@pytest.fixture
def backend() -> Backend:
    return Backend()


def stored(backend: Backend) -> dict[str, Any]:
    """Upload an object and return its row."""
    backend.post(backend.internal().call("system:generateUploadUrl"), b"x")
    [row] = backend.rows("_storage")
    return row


def test_an_object_whose_row_is_still_there_is_not_removed(backend: Backend) -> None:
    storage = Storage(backend.environment.storage, ALLOWED)
    storage.discard(stored(backend)["uuid"])
    storage.remove_discarded(backend.environment.database)
    assert len(backend.s3.objects) == 1


def test_an_object_whose_row_is_gone_is_removed(backend: Backend) -> None:
    row = stored(backend)
    storage = Storage(backend.environment.storage, ALLOWED)
    storage.discard(row["uuid"])
    backend.store.door.tables["claims"].clear()  # type: ignore[attr-defined]  # as deleting the row would
    storage.remove_discarded(backend.environment.database)
    assert backend.s3.objects == {}


def test_a_function_that_declares_no_binary_files_can_do_nothing_with_them(backend: Backend) -> None:
    bucket: StorageBucket = backend.environment.storage
    storage = Storage(bucket, Access(writes=frozenset({StoredFile})))
    for use in (
        lambda: storage.discard("uuid"),
        lambda: storage.head("uuid"),
        lambda: storage.presigned_put("uuid", StoredObject(1, "image/png", ""), 60),
    ):
        with pytest.raises(AccessNotDeclared, match="does not declare that it handles binary files"):
            use()
