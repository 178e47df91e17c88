"""What no run will ever finish in another deployment: in an archive it is said to have failed.

Executions stay behind, and so does the key that sealed a job's token.
"""

from __future__ import annotations

from typing import Any, Final

from shared.domain.job_ends import APOLOGY
from shared.schema.document import Document
from shared.schema.tables import Job, Message, Project

_LEFT_BEHIND: Final = "The job was running when the archive was made."


def settled(document: Document, now_ms: float) -> Document:
    """Return a document as it is when nothing works on it any more.

    Args:
        document: the document.
        now_ms: when a job that is running ends, in ms since the epoch.
    """
    changes: dict[str, Any] = {}
    match document:
        case Message(status="processing"):
            changes = {"status": "failed", "content": document.content or APOLOGY}
        case Project():
            if document.import_status == "importing":
                changes["import_status"] = "failed"
            if document.export_status == "exporting":
                changes["export_status"] = "failed"
        case Job():
            changes = {"sealed_token": None}
            if document.status == "running":
                changes |= {"status": "failed", "ended_at": now_ms, "error": _LEFT_BEHIND}
    return document.model_copy(update=changes) if changes else document
