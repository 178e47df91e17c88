"""A small, typical set of rows for one user: what the tests that go over all functions work on."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from shared import values
from shared.db.access import Access
from shared.db.database import MutationRequest
from shared.db.writer import Writer
from shared.domain.uploads import Upload, seal
from shared.runtime.environment import Environment
from shared.schema.document import DOCUMENTS, Id
from shared.schema.tables import (
    Conversation,
    File,
    GenerationEvent,
    Job,
    Message,
    Project,
    StoredFile,
    ToolCall,
    User,
)
from shared.storage import StoredObject
from tests.functions.callers import identity

_BODY: Final = b"A picture"
_OBJECT: Final = StoredObject(len(_BODY), "image/png", b64encode(sha256(_BODY).digest()).decode())
_EVERYTHING: Final = Access(writes=frozenset(DOCUMENTS.values()))


@dataclass(frozen=True)
class Rows:
    """The ids of the rows of one project, and its owner.

    Attributes:
        subject: of the owner's sign-in token.
        customer: the owner's id at Autumn.
        project: the project.
        folder: a folder at the root, `src`, of text files.
        file: one of these files, `src/0.ts`.
        binary: a file at the root, `logo.png`, with a stored object.
        upload: an object that the owner uploaded and no file refers to.
        large_upload: the `uploadId` of a large object that the owner has put into the bucket.
        conversation: a conversation.
        message: the assistant's message in it that is being processed by a job of that id, with one tool call, `0`.
    """

    subject: str
    customer: str
    project: str
    folder: str
    file: str
    binary: str
    upload: str
    large_upload: str
    conversation: str
    message: str


def furnish(environment: Environment, subject: str, name: str, *, files: int) -> Rows:
    """Insert a project called `name` with `files` files in its folder, and its owner's user if there is none."""
    database = environment.database

    def commit(body: Any) -> Any:
        request = MutationRequest("test:furnish", "internal", "")
        return values.loads(database.mutate(_EVERYTHING, lambda db: values.dumps(body(db)), request).value)

    ids = commit(lambda db: _project(db, subject, name, files))
    ids |= commit(lambda db: _talk(db, subject, ids["project"]))
    return Rows(subject, f"cus_{subject}", large_upload=_large_upload(environment, subject, name), **ids)


def _project(db: Writer, subject: str, name: str, file_count: int) -> dict[str, str]:
    now_ms = db.store.clock.now_ms()
    user = db.lookup(User.by_stack_user, stack_user_id=subject)
    user_id = user.id if user else db.insert(User, **_user(subject), created_at=now_ms, updated_at=now_ms)
    project = db.insert(Project, name=name, owner_id=subject, user_id=user_id, updated_at=now_ms)
    shared = {"project_id": project, "updated_at": now_ms}
    folder = db.insert(File, **shared, name="src", type="folder")
    files = [
        db.insert(File, **shared, parent_id=folder, name=f"{number}.ts", type="file", content="export {}\n")
        for number in range(file_count)
    ]
    attached, upload = (_stored(db, subject, f"{name}-{subject}-{number}", number) for number in (1, 0))
    binary = db.insert(File, **shared, name="logo.png", type="file", storage_id=attached)
    return {"project": project, "folder": folder, "file": files[0], "binary": binary, "upload": upload}


def _user(subject: str) -> dict[str, Any]:
    return {
        "stack_user_id": subject,
        "email": f"{subject}@example.com",
        "autumn_customer_id": f"cus_{subject}",
        "subscription_status": "free",
        "subscription_tier": "free",
        "project_limit": 10,
    }


def _stored(db: Writer, subject: str, uuid: str, attachments: int) -> Id[StoredFile]:
    return db.insert(
        StoredFile,
        uuid=uuid,
        sha256=_OBJECT.sha256,
        size=_OBJECT.size_bytes,
        content_type=_OBJECT.content_type,
        uploaded_by=identity(subject).token_identifier,
        attachments=attachments,
    )


def _large_upload(environment: Environment, subject: str, name: str) -> str:
    uuid = f"{name}-{subject}-large"
    environment.storage.put(uuid, _BODY, _OBJECT)
    upload = Upload(identity(subject).token_identifier, uuid, 1e13, _OBJECT)
    return seal(environment.database.store.signer, upload)


def _talk(db: Writer, subject: str, project: str) -> dict[str, str]:
    conversation = db.insert(Conversation, project_id=Id(project), title="New Conversation", updated_at=1.0)
    shared = {"conversation_id": conversation, "project_id": project}
    for number in range(9):
        role = "assistant" if number % 2 else "user"
        status = "completed" if number % 2 else None
        db.insert(Message, **shared, role=role, content=f"Message {number}", status=status)
    call = ToolCall(id="0", name="listFiles", args={})
    message = db.insert(Message, **shared, role="assistant", content="", status="processing", tool_calls=[call])
    db.insert(
        Job,
        job_id=message,
        kind="process-message",
        project_id=project,
        owner_id=subject,
        message_id=message,
        status="running",
        input={},
        started_at=1.0,
        ends_by=db.store.clock.now_ms() + 960_000,
    )
    for number in range(5):
        db.insert(GenerationEvent, project_id=project, type="step", message="…", created_at=float(number))
    return {"conversation": conversation, "message": message}
