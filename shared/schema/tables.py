"""THE schema: every table and index of the app. The one file to edit for a new field, index or table.

Field and index names are those of the original Convex schemas (both guides' fields together). `number` tags the ids
of a table and must never change.
"""

from __future__ import annotations

from typing import Any, Literal

from shared.schema.document import Document, Id
from shared.schema.index import Index, Unique
from shared.schema.record import Record, field
from shared.schema.spilled import Spilled, Text

SubscriptionStatus = Literal["free", "trialing", "active", "paused", "canceled", "past_due"]
SubscriptionTier = Literal["free", "pro_monthly", "pro_yearly"]
ImportStatus = Literal["importing", "completed", "failed"]
ExportStatus = Literal["exporting", "completed", "failed", "cancelled"]
FileType = Literal["file", "folder"]
Role = Literal["user", "assistant"]
MessageStatus = Literal["processing", "completed", "cancelled", "failed"]
EventType = Literal["step", "file", "info", "error"]
JobKind = Literal["process-message", "import-github-repo", "export-to-github", "generate-project"]
JobStatus = Literal["running", "completed", "failed", "cancelled"]

UNLIMITED = -1
"""A `project_limit` without a limit."""


class User(Document, table="users", number=1):
    """A person who has signed in, with their subscription.

    `stack_user_id` is the subject of the sign-in token, whichever provider issued it.
    """

    stack_user_id: str
    email: str
    autumn_customer_id: str | None = None
    subscription_status: SubscriptionStatus | None = None
    subscription_tier: SubscriptionTier | None = None
    subscription_plan_id: str | None = None
    project_limit: float
    trial_ends_at: float | None = None
    trial_used: bool | None = None
    created_at: float
    updated_at: float

    by_stack_user = Index("stack_user_id", unique=True)
    by_autumn_customer = Index("autumn_customer_id", unique=True)
    by_subscription_status = Index("subscription_status")


class ProjectSettings(Record):
    """How the preview installs and starts a project."""

    install_command: str | None = None
    dev_command: str | None = None


class Project(Document, table="projects", number=2):
    """A workspace owned by one user.

    `pending_deletes` names folders that were deleted but whose contents are still being removed; while there are
    any, reads of files check the chain of folders above them.
    """

    name: str
    owner_id: str
    user_id: Id[User] | None = None
    updated_at: float
    import_status: ImportStatus | None = None
    export_status: ExportStatus | None = None
    export_repo_url: str | None = None
    settings: ProjectSettings | None = None
    description: str | None = None
    language: str | None = None
    is_public: bool | None = None
    pending_deletes: list[str] | None = field(default=None, exclude=True)

    by_owner = Index("owner_id", guarded=True)
    by_user = Index("user_id")


class StoredFile(Document, table="_storage", number=3):
    """A binary object: its bytes are in S3, this row is what is known about them.

    `uploaded_by` is the uploader's token identifier, or `internal`. `attachments` counts the files that refer to it.
    """

    uuid: str
    sha256: str
    size: float
    content_type: str | None = None
    uploaded_by: str
    attachments: float

    by_uploader_size = Index("uploaded_by", range="size")
    by_uuid = Unique("uuid")


class File(Document, table="files", number=4):
    """A file or folder of a project; a root entry has no `parent_id`.

    Text is in `content`, binary data in `_storage`. Names are unique among siblings, whatever their type.
    """

    project_id: Id[Project]
    parent_id: Id[File] | None = None
    name: str
    type: FileType
    content: Text | None = None
    storage_id: Id[StoredFile] | None = None
    updated_at: float

    by_project = Index("project_id")
    by_parent = Index("parent_id")
    by_project_parent = Index("project_id", "parent_id", found_absent=("parent_id",), guarded=True)
    sibling_name = Unique("project_id", "parent_id", "name", found_absent=("parent_id",))


class Conversation(Document, table="conversations", number=5):
    """An AI conversation about a project."""

    project_id: Id[Project]
    title: str
    updated_at: float

    by_project = Index("project_id")


class ToolCall(Record):
    """One call of a tool by the assistant, and its result once there is one."""

    id: str
    name: str
    args: Any
    result: Any | None = None


class Message(Document, table="messages", number=6):
    """A message of a conversation.

    Only the assistant's messages have a status; at most one message of a project is `processing`.
    """

    conversation_id: Id[Conversation]
    project_id: Id[Project]
    role: Role
    content: Text
    status: MessageStatus | None = None
    trigger_run_id: str | None = None
    tool_calls: list[ToolCall] | Spilled | None = None

    by_conversation = Index("conversation_id")
    by_project_status = Index("project_id", "status")
    one_processing = Unique("project_id", where={"status": "processing"})


class GenerationEvent(Document, table="generationEvents", number=7):
    """A step in the progress of a generated project. Never changed once written, so its index carries it whole."""

    project_id: Id[Project]
    type: EventType
    message: str
    file_path: str | None = None
    preview: str | None = None
    created_at: float

    by_project_created_at = Index("project_id", range="created_at", projects_all=True)


class Deletion(Document, table="deletions", number=8, streams=True):
    """A deleted project or large folder whose contents are still being removed; `root` is its id.

    The stream of the table starts the state machine that removes what was in a project.
    """

    kind: Literal["project", "folder"]
    project_id: str
    root: str

    by_kind = Index("kind")
    by_root = Unique("root")


class Job(Document, table="jobs", number=9, streams=True):
    """Work in the background for a project; its row is what its run must find `running` to write anything.

    The row changes once, when the job ends, and each of its last three statuses is final. The table's stream starts
    and stops the state machines. `job_id` names the execution. A job without `input` is run by somebody else: nothing
    is started for it. `sealed_token` is a GitHub token that only this backend can read, kept while the job runs.
    """

    job_id: str
    kind: JobKind
    project_id: Id[Project]
    owner_id: str
    message_id: Id[Message] | None = None
    status: JobStatus
    input: Any | None = None
    sealed_token: str | None = None
    started_at: float
    ends_by: float
    ended_at: float | None = None
    error: str | None = None

    by_status = Index("status", range="ends_by")
    by_project = Index("project_id")
    by_job_id = Unique("job_id")
    one_running = Unique("project_id", "kind", where={"status": "running"})


class AdminAction(Document, table="adminActions", number=10):
    """Something that an administrator changed; written in the same transaction, and never changed.

    `target` names what was changed, `detail` which of its fields. All rows are in one range: there are few.
    """

    log: Literal["admin"]
    actor: str
    action: str
    target: str | None = None
    detail: str | None = None

    by_log = Index("log", projects_all=True)
