"""Binary contents that a job brings: objects of the storage bucket, each with its row.

An object's name follows from the job and the path, so a step that is tried again finds what it stored before.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

from shared import values
from shared.db.access import Access
from shared.db.database import MutationRequest
from shared.db.writer import Writer
from shared.domain.attachments import INTERNAL
from shared.domain.jobs import require_running
from shared.domain.uploads import Upload, insert_stored
from shared.jobs.step import Step
from shared.jobs.text_or_binary import content_type_of
from shared.schema.tables import Job, StoredFile
from shared.storage import StoredObject

ACCESS: Final = Access(reads=frozenset({Job}), writes=frozenset({StoredFile}), binary=True)
_NAMES: Final = UUID("6e0f5a5c-3d1e-4d0f-9d0a-0a5f6c1f7b1e")


def store(step: Step, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Store contents by the paths of their files, and return the storage ids.

    Raises:
        JobEnded: the job does not run any more, and nothing is stored.
    """
    stored = {path: _described(path, content) for path, content in contents.items()}
    uuids = {path: str(uuid5(_NAMES, f"{step.job.job_id}/{path}")) for path in contents}
    # The rows come first: an object without a row would be nobody's.
    request = MutationRequest("import:store", INTERNAL, "")
    insert = partial(_insert, job_id=step.job.job_id, stored=stored, uuids=uuids)
    ids: dict[str, str] = values.loads(step.environment.database.mutate(ACCESS, insert, request).value)
    for path, content in contents.items():
        step.environment.storage.put(uuids[path], content, stored[path])
    return ids


def _insert(db: Writer, job_id: str, stored: dict[str, StoredObject], uuids: dict[str, str]) -> str:
    require_running(db, job_id)
    ids: dict[str, Any] = {}
    for path, described in stored.items():
        known = db.lookup(StoredFile.by_uuid, uuid=uuids[path])
        ids[path] = known.id if known else insert_stored(db, Upload(INTERNAL, uuids[path], 0.0), described)
    return values.dumps(ids)


def _described(path: str, content: bytes) -> StoredObject:
    return StoredObject(len(content), content_type_of(path), b64encode(sha256(content).digest()).decode())
