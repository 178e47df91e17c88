"""What users see of a job that begins or ends: a message's text and status, a project's import and export status."""

from __future__ import annotations

from typing import Any, Final

from shared.domain.jobs import close_job, running_in, start_job
from shared.domain.messages import advance, cancelled_text
from shared.runtime.context import MutationContext
from shared.schema.spilled import Spilled
from shared.schema.tables import (
    EventType,
    ExportStatus,
    GenerationEvent,
    ImportStatus,
    Job,
    JobKind,
    JobStatus,
    Message,
    Project,
)

APOLOGY: Final = "My apologies, I encountered an error while processing your message. Please try again."
NOTHING_TO_SAY: Final = "I processed your request. Let me know if you need anything else!"
"""The text of a message that the assistant completed without a word."""

_NAMES: Final[dict[JobKind, str]] = {
    "process-message": "Message",
    "import-github-repo": "Import",
    "export-to-github": "Export",
    "generate-project": "Generation",
}


def end_job(
    ctx: MutationContext, job: Job, status: JobStatus, *, told: str | None = None, repo_url: str | None = None
) -> None:
    """End a job that is running, and show it.

    Args:
        ctx: the mutation's context.
        job: the job; if it has ended already, nothing happens.
        status: how it ends.
        told: what went wrong, in words for the job's owner.
        repo_url: where an export went.
    """
    if job.status != "running":
        return
    if job.kind == "process-message":
        _end_message(ctx, job, status, told)
    else:
        _show_in_project(ctx, job, status, told, repo_url)
    close_job(ctx, job, status, told)


def set_import_status(ctx: MutationContext, project: Project, status: ImportStatus | None) -> None:
    """Set how far a project's import is, for whoever runs it; a job that stands for it bounds its time."""
    _follow(ctx, project, "import-github-repo", is_running=status == "importing")
    ctx.db.patch(project.id, import_status=status, updated_at=ctx.now_ms)


def set_export_status(
    ctx: MutationContext, project: Project, status: ExportStatus | None, repo_url: str | None
) -> None:
    """Set how far a project's export is, and where it went; otherwise as `set_import_status`."""
    _follow(ctx, project, "export-to-github", is_running=status == "exporting")
    ctx.db.patch(project.id, export_status=status, export_repo_url=repo_url, updated_at=ctx.now_ms)


def _follow(ctx: MutationContext, project: Project, kind: JobKind, *, is_running: bool) -> None:
    job = running_in(ctx, project.id, kind)
    if is_running and job is None:
        start_job(ctx, kind, ctx.entropy(16).hex(), project, input=None)
    elif not is_running:
        close_job(ctx, job, "completed")


def _end_message(ctx: MutationContext, job: Job, status: JobStatus, told: str | None) -> None:
    message = None if job.message_id is None else ctx.db.get(Message, job.message_id)
    if message is None:
        return
    match status:
        case "completed":
            advance(ctx, message, "completed", content=message.content or NOTHING_TO_SAY)
        case "cancelled":
            advance(ctx, message, "cancelled", content=cancelled_text(message))
        case "failed":
            advance(ctx, message, "failed", content=_with(message, told or APOLOGY))


def _with(message: Message, apology: str) -> Any:
    """Return what has been written of a message and the apology; of a large one, what has been written must do."""
    if isinstance(message.content, Spilled):
        return message.content
    return f"{message.content}\n\n{apology}" if message.content else apology


def _show_in_project(ctx: MutationContext, job: Job, status: JobStatus, told: str | None, url: str | None) -> None:
    project = ctx.db.get(Project, job.project_id)
    if project is None:
        return
    if job.kind == "import-github-repo":
        shown = "failed" if status == "cancelled" else status
        ctx.db.patch(project.id, import_status=shown, updated_at=ctx.now_ms)
    elif job.kind == "export-to-github":
        ctx.db.patch(
            project.id,
            export_status=status,
            export_repo_url=url or project.export_repo_url,
            updated_at=ctx.now_ms,
        )
    name = _NAMES[job.kind]
    if status == "failed":
        add_event(ctx, project, "error", f"{name} failed: {told or 'an unexpected error; please try again'}")
    elif status == "cancelled" or job.kind == "generate-project":
        add_event(ctx, project, "info", f"{name} {status}")


def add_event(
    ctx: MutationContext,
    project: Project,
    type: EventType,
    message: str,
    *,
    file_path: str | None = None,
    preview: str | None = None,
) -> None:
    """Record a step in the history of a project's jobs, which its owner sees at once."""
    ctx.db.insert(
        GenerationEvent,
        project_id=project.id,
        type=type,
        message=message,
        file_path=file_path,
        preview=preview,
        created_at=ctx.now_ms,
    )
