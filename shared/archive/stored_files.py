"""The line of a stored object: Convex's fields, and who uploaded it.

The name under which its bytes are stored and served, `uuid`, is Convex's `internalId`. How many files refer to it is
not written: that is counted when it is read.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from shared.domain.attachments import INTERNAL
from shared.domain.uploads import MAX_LARGE_BYTES, is_content_type
from shared.schema.tables import StoredFile
from shared.storage import StoredObject

UNTYPED: Final = "application/octet-stream"

KNOWN: Final = frozenset({"_id", "_creationTime", "sha256", "size", "contentType", "internalId", "uploadedBy"})
"""The fields of a line."""

_UUID: Final = re.compile(r"[A-Za-z0-9-]{1,100}")


def stored_line(file: StoredFile) -> bytes:
    """Return the line of a stored object."""
    fields = {
        "_id": file.id,
        "_creationTime": file.creation_time,
        "sha256": file.sha256,
        "size": int(file.size),
        "contentType": file.content_type,
        "internalId": file.uuid,
        "uploadedBy": file.uploaded_by,
    }
    present = {name: value for name, value in fields.items() if value is not None}
    return (json.dumps(present, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def stored_fields(fields: dict[str, Any], id: str, sealed: StoredObject) -> dict[str, Any]:
    """Return the fields of the document that a line stands for.

    Args:
        fields: what the line holds.
        id: the id that the line has in the archive.
        sealed: what the object in the archive is; its type does not matter.
    """
    return {
        "_id": fields.get("_id"),
        "_creationTime": fields.get("_creationTime"),
        "uuid": fields.get("internalId") or str(UUID(bytes=blake2b(id.encode(), digest_size=16).digest(), version=4)),
        "sha256": fields.get("sha256") or sealed.sha256,
        "size": sealed.size_bytes if fields.get("size") is None else fields["size"],
        "contentType": fields.get("contentType"),
        "uploadedBy": fields.get("uploadedBy") or INTERNAL,
        "attachments": 0,
    }


def faults_of_stored(file: StoredFile, sealed: StoredObject) -> list[str]:
    """Return what is wrong with a stored object, given what the archive holds of it."""
    faults = []
    if not _UUID.fullmatch(file.uuid):
        faults.append("`internalId` may hold letters, digits and hyphens only, at most 100")
    if file.content_type is not None and not is_content_type(file.content_type):
        faults.append("`contentType` must be 1 to 255 printable ASCII characters")
    if file.size != sealed.size_bytes:
        faults.append(f"`size` is {file.size:.0f} and the file has {sealed.size_bytes} bytes")
    if sealed.size_bytes > MAX_LARGE_BYTES:
        faults.append(f"the file has {sealed.size_bytes} bytes, and at most {MAX_LARGE_BYTES} can be stored")
    if file.sha256 != sealed.sha256:
        faults.append(f"`sha256` is {file.sha256} and the file's is {sealed.sha256}")
    return faults


def described(file: StoredFile) -> StoredObject:
    """Return what S3 is told of an object."""
    return StoredObject(int(file.size), file.content_type or UNTYPED, file.sha256)
