"""A deployment as it was at a moment, to be exported: nothing that is there now is changed.

    restore ──> every table of then, under a name of its own ──export──> archive ──> remove

The buckets need no restoring: objects are never changed under their keys, and what was removed since is there as an
older version for longer than tables can be restored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from shared.archive.counts import Progress
from shared.archive.deployment import Deployment
from shared.archive.errors import ExportFailed
from shared.archive.layout import archived_tables
from shared.db.aws import BucketObjects
from shared.db.store import Store
from shared.schema.platform import RANGES
from shared.schema.table import Table
from shared.settings import Settings
from shared.storage import StorageBucket

_MISSING: Final = "ResourceNotFoundException"
_LOOK_S: Final = 5.0
_DOING: Final = "Restoring tables"


class KeptObjects:
    """A client of S3 that also reads objects which were removed, as long as the bucket keeps a version of them.

    Args:
        client: a botocore client of S3.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def get_object(self, **request: Any) -> Any:
        """Read an object, or the last version that there was of it; errors as botocore's."""
        try:
            return self._client.get_object(**request)
        except ClientError as error:
            version = self._last_version(request["Bucket"], request["Key"]) if _is_missing(error) else None
            if version is None:
                raise
            return self._client.get_object(**request, VersionId=version)

    def _last_version(self, bucket: str, key: str) -> str | None:
        listed = self._client.list_object_versions(Bucket=bucket, Prefix=key)
        versions = [version for version in listed.get("Versions", ()) if version["Key"] == key]
        last = max(versions, key=lambda version: version["LastModified"], default=None)
        return None if last is None else str(last["VersionId"])


@dataclass(frozen=True)
class Moment:
    """What a stage was at a moment.

    Attributes:
        settings: the stage's.
        at: the moment.
        client: returns the AWS client of a service.
        open_store: opens the data of a stage with such settings.
        sleep: waits for a number of seconds.
    """

    settings: Settings
    at: datetime
    client: Callable[[str], Any]
    open_store: Callable[[Settings], Store]
    sleep: Callable[[float], None]

    @property
    def prefix(self) -> str:
        """What the names of its tables begin with."""
        return f"{self.settings.table_prefix}at-{self.at:%Y%m%dT%H%M%SZ}-"

    def restore(self, progress: Progress) -> None:
        """Have all tables of then, and wait until they can be read; those that an earlier try has begun are kept.

        Raises:
            ExportFailed: a table cannot be restored to then.
        """
        for table in restored_tables():
            if self._status(table) is None:
                self._begin(table)
        waiting = restored_tables()
        while waiting := [table for table in waiting if self._status(table) != "ACTIVE"]:
            progress(_DOING, len(restored_tables()) - len(waiting), len(restored_tables()))
            self.sleep(_LOOK_S)
        progress(_DOING, len(restored_tables()), len(restored_tables()))

    def deployment(self, stage: str) -> Deployment:
        """Return what can be exported of then."""
        s3 = KeptObjects(self.client("s3"))
        store = self.open_store(self._settings)
        objects = BucketObjects(lambda: s3, self.settings.content_bucket)
        return Deployment(stage, replace(store, objects=objects), StorageBucket(s3, self.settings.storage_bucket))

    def remove(self) -> None:
        """Delete the restored tables."""
        for table in restored_tables():
            self.client("dynamodb").delete_table(TableName=self._settings.table_name(table.name))

    @property
    def _settings(self) -> Settings:
        return self.settings._replace(table_prefix=self.prefix)

    def _begin(self, table: Table) -> None:
        try:
            self.client("dynamodb").restore_table_to_point_in_time(
                SourceTableName=self.settings.table_name(table.name),
                TargetTableName=self._settings.table_name(table.name),
                RestoreDateTime=self.at,
                BillingModeOverride="PAY_PER_REQUEST",
                GlobalSecondaryIndexOverride=[],  # an export reads whole tables
            )
        except ClientError as error:
            told = error.response["Error"]
            raise ExportFailed(
                f"The table {table.name} cannot be restored to {self.at:%Y-%m-%dT%H:%M:%SZ}"
                f" ({told['Code']}: {told.get('Message', '')})"
            ) from None

    def _status(self, table: Table) -> str | None:
        """Return the status of a restored table, or None: it is not there."""
        try:
            described = self.client("dynamodb").describe_table(TableName=self._settings.table_name(table.name))
        except ClientError as error:
            if error.response["Error"]["Code"] == _MISSING:
                return None
            raise
        return str(described["Table"]["TableStatus"])


def restored_tables() -> list[Table]:
    """Return what an export reads: the documents, and whether an import was under way."""
    return [*(document.table() for document in archived_tables()), RANGES]


def _is_missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in {"NoSuchKey", "404"}
