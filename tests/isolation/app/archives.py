"""Whether a deployment's archive, put into a new deployment, comes out the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from shared import aws
from shared.archive.deployment import Deployment
from shared.archive.exporting import export_archive
from shared.archive.importing import import_archive
from shared.archive.layout import MANIFEST
from shared.storage import StorageBucket
from tests.archive.sample import entries_of
from tests.isolation.worker import open_store
from tests.support.dynamodb import create_tables


def differences(deployment: Deployment, endpoint: str) -> Iterator[str]:
    """Yield what differs between a deployment's archive and that of a new one that it was imported into."""
    copy = _new_deployment(endpoint)
    with TemporaryDirectory() as folder:
        first, second = Path(folder, "first.zip"), Path(folder, "second.zip")
        export_archive(deployment, first)
        import_archive(copy, first)
        export_archive(copy, second)
        before, after = entries_of(first), entries_of(second)
    for name in sorted((before.keys() | after.keys()) - {MANIFEST}):
        if before.get(name) != after.get(name):
            yield f"{name} is not the same after an export and an import"


def _new_deployment(endpoint: str) -> Deployment:
    prefix = f"polaris-copy-{uuid.uuid4().hex[:8]}-"
    s3 = aws.client("s3", endpoint=endpoint)
    create_tables(aws.client("dynamodb", repeats=False, endpoint=endpoint), prefix)
    for bucket in (f"{prefix}content", f"{prefix}storage"):
        s3.create_bucket(Bucket=bucket)
    store = open_store(prefix, f"{prefix}content", endpoint=endpoint)
    return Deployment("copy", store, StorageBucket(s3, f"{prefix}storage"))
