"""A furnished deployment, and archives of it and made by hand."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from shared import values
from shared.archive.deployment import Deployment
from shared.archive.exporting import export_archive
from shared.archive.layout import MANIFEST
from shared.schema.document import Document, Id
from shared.schema.tables import (
    Conversation,
    File,
    GenerationEvent,
    Job,
    Message,
    Project,
    StoredFile,
    User,
)
from shared.storage import StorageBucket, StoredObject
from tests.db.sample import call
from tests.runtime.backend import SETTINGS
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_s3 import MemoryS3
from tests.support.stores import make_store

LARGE_TEXT = "😀äß\u2028\n" * (1024 * 1024 // 12)
PICTURE = b"\x89PNG" + bytes(range(256)) * 40


def digest(body: bytes) -> str:
    """Return the SHA-256 of some bytes in base64."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


class Place:
    """A deployment in memory.

    Args:
        engine: its database; by default an empty one.
        seed: of its randomness.

    Attributes:
        s3: its bucket of binary files.
        deployment: what archives are made of and go into.
    """

    def __init__(self, engine: MemoryEngine | None = None, seed: int = 0) -> None:
        self.engine = engine or MemoryEngine()
        self.store = make_store(self.engine, seed)
        self.s3 = MemoryS3(self.store.clock.now_ms)
        storage = StorageBucket(self.s3, SETTINGS.storage_bucket)
        self.deployment = Deployment("test", self.store, storage)

    def insert(self, document: type[Document], **fields: Any) -> Id[Any]:
        """Commit a new document."""
        return Id(values.loads(call(self.store, lambda db: str(db.insert(document, **fields))).value))

    def store_object(self, body: bytes, content_type: str | None, attachments: int = 1) -> Id[StoredFile]:
        """Put an object into the bucket, and its row into the table."""
        uuid = f"6d0a7c0e-0000-4000-8000-{len(self.s3.objects):012}"
        described = StoredObject(len(body), content_type or "application/octet-stream", digest(body))
        self.deployment.storage.put(uuid, body, described)
        return self.insert(
            StoredFile,
            uuid=uuid,
            sha256=digest(body),
            size=len(body),
            content_type=content_type,
            uploaded_by="https://id.example|ada",
            attachments=attachments,
        )

    def rows(self, document: type[Document]) -> dict[str, dict[str, Any]]:
        """Return the stored rows of a table by id, without what a copy of it has anew."""
        rows = self.engine.tables.get(document.table_name(), {}).values()
        return {row["_id"]: _comparable(row) for row in rows}


def _comparable(row: Mapping[str, Any]) -> dict[str, Any]:
    def without_key(value: Any) -> Any:
        spilled = value.get("spilled") if isinstance(value, dict) else None
        return {name: part for name, part in spilled.items() if name != "key"} if spilled else value

    return {name: without_key(value) for name, value in row.items() if name != "_version"}


def furnished(seed: int = 0) -> Place:
    """Return a deployment with something of everything in it."""
    place = Place(seed=seed)
    for owner in ("ada", "grace"):
        user = place.insert(
            User,
            stack_user_id=owner,
            email=f"{owner}@example.com",
            autumn_customer_id=f"cus_{owner}",
            subscription_status="active",
            project_limit=-1.0,
            trial_used=False,
            created_at=1.5,
            updated_at=2**53 - 1,
        )
        for name in ("Apollo", "Zürich 🚀"):
            _project(place, owner, user, name)
    place.store_object(b"", None, attachments=0)
    project = next(iter(place.rows(Project)))
    place.insert(File, project_id=project, type="file", updated_at=5, name="large.txt", content=LARGE_TEXT)
    return place


def _project(place: Place, owner: str, user: Id[User], name: str) -> None:
    project = place.insert(
        Project, name=name, owner_id=owner, user_id=user, updated_at=3.25, settings={"dev_command": "npm run dev"}
    )
    parent = None
    for depth in range(4):
        folder = place.insert(
            File, project_id=project, parent_id=parent, name=f"folder {depth}", type="folder", updated_at=1
        )
        for number in range(3):
            place.insert(
                File,
                project_id=project,
                parent_id=folder,
                name=f"{number}.ts",
                type="file",
                content=f"export const n = {number};\r\n\0",
                updated_at=1e21,
            )
        parent = folder
    shared = {"project_id": project, "type": "file", "updated_at": 5}
    place.insert(File, **shared, name="empty", content="")
    picture = place.store_object(PICTURE, "image/png")
    place.insert(File, **shared, name="logo.png", storage_id=picture)
    _talk(place, owner, project)


def _talk(place: Place, owner: str, project: Id[Project]) -> None:
    conversation = place.insert(Conversation, project_id=project, title="New", updated_at=7)
    shared = {"conversation_id": conversation, "project_id": project}
    place.insert(Message, **shared, role="user", content="Hello 👋")
    calls = [
        {"id": "1", "name": "readFiles", "args": {"n": values.Int64(7), "f": 7.0, "zero": -0.0, "raw": b"\x00\xff"}},
        {"id": "2", "name": "writeFile", "args": None, "result": {"text": "x" * 20_000, "nan": float("inf")}},
    ]
    answer = place.insert(Message, **shared, role="assistant", content="Done", status="completed", tool_calls=calls)
    place.insert(GenerationEvent, project_id=project, type="file", message="Wrote a", file_path="a", created_at=9.5)
    place.insert(
        Job,
        job_id=f"job-{project}",
        kind="process-message",
        project_id=project,
        owner_id=owner,
        message_id=answer,
        status="completed",
        input={"a": [1.0, None]},
        started_at=1,
        ends_by=2,
        ended_at=3,
    )


def exported(place: Place, path: Path) -> dict[str, bytes]:
    """Export a deployment and return the entries of its archive, but for the manifest."""
    export_archive(place.deployment, path)
    return {name: body for name, body in entries_of(path).items() if name != MANIFEST}


def entries_of(path: Path) -> dict[str, bytes]:
    """Return the entries of an archive."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_zip(path: Path, entries: Mapping[str, bytes]) -> Path:
    """Write an archive by hand."""
    with ZipFile(path, "w") as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return path


def lines(*documents: Mapping[str, Any]) -> bytes:
    """Return documents as lines of JSON."""
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)
