"""Archives of a DynamoDB and an S3 that MiniStack plays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared import aws
from shared.archive.deployment import Deployment, open_deployment
from shared.archive.exporting import export_archive
from shared.archive.importing import import_archive
from shared.archive.layout import MANIFEST
from shared.db.audit import audit
from shared.db.clock import Clock
from shared.settings import Settings
from tests.archive.sample import entries_of, exported, furnished
from tests.support.dynamodb import create_tables
from tests.support.ministack import ministack
from tests.test_storage import new_clients

SETTINGS = Settings("polaris-archive-", "archive-content", "archive-storage", "", "", "")


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    with ministack(), new_clients():
        create_tables(aws.client("dynamodb"), SETTINGS.table_prefix)
        for bucket in (SETTINGS.content_bucket, SETTINGS.storage_bucket):
            aws.client("s3").create_bucket(Bucket=bucket)
        opened = open_deployment("archive", SETTINGS)
        hasty = Clock(time.time_ns, lambda _seconds: None, os.urandom)  # nobody else writes here
        yield opened._replace(store=replace(opened.store, clock=hasty))


def test_an_archive_goes_in_and_comes_out_the_same(deployment: Deployment, tmp_path: Path) -> None:
    first = exported(furnished(), tmp_path / "a.zip")
    counts = import_archive(deployment, tmp_path / "a.zip")
    assert export_archive(deployment, tmp_path / "b.zip") == counts
    assert {name: body for name, body in entries_of(tmp_path / "b.zip").items() if name != MANIFEST} == first
    assert audit(deployment.store) == []
