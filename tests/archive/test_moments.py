"""Archives of a moment in the past, from a DynamoDB and an S3 that MiniStack plays.

Its point-in-time recovery knows the present only, so a backup of each table stands for the past.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared import aws
from shared.archive.counts import silent
from shared.archive.deployment import Deployment, open_deployment
from shared.archive.errors import ExportFailed
from shared.archive.exporting import export_archive
from shared.archive.importing import import_archive
from shared.archive.layout import MANIFEST
from shared.archive.moment import Moment
from shared.db.aws import open_store
from shared.db.clock import Clock
from shared.db.store import Store
from shared.db.unsigned import Unsigned
from shared.settings import Settings
from tests.archive.sample import entries_of, exported, furnished
from tests.archive.test_over_aws import SETTINGS
from tests.support.dynamodb import create_tables
from tests.support.ministack import ministack
from tests.test_storage import new_clients

THEN = datetime(2026, 11, 26, 14, 30, 15, tzinfo=UTC)
Entries = dict[str, bytes]


def opened(settings: Settings) -> Store:
    hasty = Clock(time.time_ns, lambda _seconds: None, os.urandom)
    return replace(open_store(settings, Unsigned()), clock=hasty)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Any]:
    with ministack(), new_clients():
        yield aws.client("dynamodb")


@pytest.fixture
def then(cloud: Any, tmp_path: Path) -> Iterator[tuple[Deployment, Moment, Entries]]:
    """Return a stage, a moment at which something of everything was in it, and what that was."""
    stage = f"t{uuid.uuid4().hex[:12]}"
    settings = SETTINGS._replace(
        table_prefix=f"polaris-{stage}-", content_bucket=f"{stage}-content", storage_bucket=f"{stage}-storage"
    )
    create_tables(cloud, settings.table_prefix)
    for bucket in (settings.content_bucket, settings.storage_bucket):
        aws.client("s3").create_bucket(Bucket=bucket)
        aws.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    deployment = open_deployment(stage, settings)._replace(store=opened(settings))
    entries = exported(furnished(), tmp_path / "then.zip")
    import_archive(deployment, tmp_path / "then.zip")
    yield deployment, Moment(settings, THEN, aws.client, opened, time.sleep), entries
    for table in cloud.list_tables()["TableNames"]:
        cloud.delete_table(TableName=table)


def back_up_as_restored(cloud: Any, moment: Moment) -> None:
    for table in cloud.list_tables()["TableNames"]:
        backup = cloud.create_backup(TableName=table, BackupName="then")["BackupDetails"]["BackupArn"]
        name = table.replace(moment.settings.table_prefix, moment.prefix)
        cloud.restore_table_from_backup(TargetTableName=name, BackupArn=backup)


def lose_everything(cloud: Any, settings: Settings) -> None:
    for table in [name for name in cloud.list_tables()["TableNames"] if "-at-" not in name]:
        cloud.delete_table(TableName=table)
    for bucket in (settings.content_bucket, settings.storage_bucket):
        for found in aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents", ()):
            aws.client("s3").delete_object(Bucket=bucket, Key=found["Key"])


def exported_of(moment: Moment, path: Path) -> Entries:
    moment.restore(silent)
    export_archive(moment.deployment("then"), path)
    return {name: body for name, body in entries_of(path).items() if name != MANIFEST}


def test_what_was_lost_since_is_in_the_archive_of_a_moment(
    cloud: Any, then: tuple[Deployment, Moment, Entries], tmp_path: Path
) -> None:
    _, moment, entries = then
    back_up_as_restored(cloud, moment)
    lose_everything(cloud, moment.settings)
    assert exported_of(moment, tmp_path / "again.zip") == entries


def test_tables_are_restored_beside_those_of_now_and_removed_again(
    cloud: Any, then: tuple[Deployment, Moment, Entries], tmp_path: Path
) -> None:
    _, moment, entries = then
    before = cloud.list_tables()["TableNames"]
    assert exported_of(moment, tmp_path / "again.zip") == entries
    moment.remove()
    assert cloud.list_tables()["TableNames"] == before


def test_a_restore_that_was_interrupted_goes_on(cloud: Any, then: tuple[Deployment, Moment, Entries]) -> None:
    _, moment, _ = then
    moment.restore(silent)
    cloud.delete_table(TableName=f"{moment.prefix}projects")
    kept = cloud.describe_table(TableName=f"{moment.prefix}files")["Table"]["CreationDateTime"]
    moment.restore(silent)
    assert cloud.describe_table(TableName=f"{moment.prefix}projects")["Table"]["TableStatus"] == "ACTIVE"
    assert cloud.describe_table(TableName=f"{moment.prefix}files")["Table"]["CreationDateTime"] == kept


def test_a_table_that_cannot_be_restored_is_named(cloud: Any, then: tuple[Deployment, Moment, Entries]) -> None:
    _, moment, _ = then
    cloud.delete_table(TableName=f"{moment.settings.table_prefix}messages")
    with pytest.raises(ExportFailed, match="messages cannot be restored to 2026-11-26T14:30:15Z"):
        moment.restore(silent)
