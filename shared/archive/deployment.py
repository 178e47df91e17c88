"""What an archive is made of and goes into: the tables and both buckets of a stage."""

from __future__ import annotations

from typing import NamedTuple

from shared import aws
from shared.db.aws import open_store
from shared.db.store import Store
from shared.db.unsigned import Unsigned
from shared.settings import Settings
from shared.storage import StorageBucket


class Deployment(NamedTuple):
    """A stage's data.

    Attributes:
        stage: its name.
        store: tables, and the bucket of large fields.
        storage: the bucket of binary files.
    """

    stage: str
    store: Store
    storage: StorageBucket


def open_deployment(stage: str, settings: Settings) -> Deployment:
    """Return the data of the stage that `settings` describes, with this process's AWS credentials."""
    bucket = StorageBucket(aws.client("s3"), settings.storage_bucket)
    return Deployment(stage, open_store(settings, Unsigned()), bucket)
