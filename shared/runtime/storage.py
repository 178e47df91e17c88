"""The bucket of binary files, as one mutation may use it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from shared.errors import AccessNotDeclared, PolarisError
from shared.schema.tables import StoredFile

if TYPE_CHECKING:
    from shared.db.access import Access
    from shared.db.database import Database
    from shared.storage import PresignedPut, StorageBucket, StoredObject


class Storage:
    """Signs uploads, looks at objects, and removes objects once the mutation has committed.

    Args:
        bucket: the objects.
        access: what the function has declared.
    """

    def __init__(self, bucket: StorageBucket, access: Access) -> None:
        self._bucket = bucket
        self._access = access
        self._discarded: set[str] = set()

    def presigned_put(self, uuid: str, announced: StoredObject, lifetime_s: int) -> PresignedPut:
        """Return a URL that takes exactly the object that is announced, by PUT."""
        self._require_declared()
        return self._bucket.presigned_put(uuid, announced, lifetime_s)

    def head(self, uuid: str) -> StoredObject | None:
        """Return what is known of an object, or None when there is none.

        Raises:
            Overloaded: S3 did not answer.
        """
        self._require_declared()
        return self._bucket.head(uuid)

    def discard(self, uuid: str) -> None:
        """Remove an object after the commit, if its row is gone then."""
        self._require_declared()
        self._discarded.add(uuid)

    def remove_discarded(self, database: Database) -> None:
        """Remove the discarded objects that no row stands for any more.

        A run that was not the committed one may have discarded an object whose row is still there; a uuid is never
        used again, so without a row it never will be. What cannot be removed now is collected later.
        """
        if self._discarded:
            with suppress(PolarisError):
                self._bucket.delete(self._without_row(database))

    def _without_row(self, database: Database) -> list[str]:
        return database.query(
            self._access,
            lambda db: [uuid for uuid in sorted(self._discarded) if db.lookup(StoredFile.by_uuid, uuid=uuid) is None],
        )

    def _require_declared(self) -> None:
        if not self._access.binary:
            raise AccessNotDeclared("This function does not declare that it handles binary files.")
