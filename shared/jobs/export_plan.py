"""What is exported of a project, in portions that one request of GitHub's takes.

A part lists files, each with its `text`, or the `uuid` of its binary object. A text that GitHub cannot be sent within
a tree is marked `isAlone`; it becomes a blob of its own, as binary data does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from shared.db.content import Content
from shared.domain.trees import paths_of, reachable
from shared.errors import NotFound
from shared.jobs.import_plan import megabytes
from shared.schema.spilled import Spilled
from shared.schema.tables import File, StoredFile

MAX_BLOB_BYTES: Final = 40 * 1024 * 1024
"""GitHub takes no larger blobs by its API."""

_FILES_OF_PART: Final = 200
_BLOBS_OF_PART: Final = 20
_TEXT_OF_PART_BYTES: Final = 3 * 1024 * 1024

Exported = dict[str, Any]
"""A file of a part."""


def exported_files(
    files: Iterable[File], stored: dict[str, StoredFile], content: Content, notes: list[tuple[str, str]]
) -> Iterator[Exported]:
    """Yield what is exported of all files and folders of a project.

    Args:
        files: the files and folders.
        stored: the rows of their binary objects, by id.
        content: where large texts are.
        notes: gets (path, why) of what is left out.
    """
    entries = reachable(files)
    paths = paths_of(entries)
    for file in entries:
        if file.type == "folder":
            continue
        found = _exported(paths[file.id], file, stored, content)
        if isinstance(found, str):
            notes.append((paths[file.id], found))
        elif found is not None:
            yield found


def parts_of(files: Iterable[Exported]) -> Iterator[list[Exported]]:
    """Yield the files in portions."""
    part: list[Exported] = []
    blobs = text_bytes = 0
    for file in files:
        size_bytes = len(file["text"].encode()) if "text" in file else 0
        is_blob = needs_blob(file)
        is_full = len(part) == _FILES_OF_PART or blobs + is_blob > _BLOBS_OF_PART
        if part and (is_full or text_bytes + size_bytes > _TEXT_OF_PART_BYTES):
            yield part
            part, blobs, text_bytes = [], 0, 0
        part.append(file)
        blobs += is_blob
        text_bytes += size_bytes
    if part:
        yield part


def needs_blob(file: Exported) -> bool:
    """Tell whether a file has to be sent alone, before the tree that it is in."""
    return "uuid" in file or "isAlone" in file


def _exported(path: str, file: File, stored: dict[str, StoredFile], content: Content) -> Exported | str | None:
    """Return what is exported of a file, or why it is not, or None: it has just been deleted."""
    if any(name.lower() == ".git" for name in path.split("/")):
        return "git keeps this name for itself"
    if file.storage_id is not None:
        row = stored.get(file.storage_id)
        if row is not None and row.size > MAX_BLOB_BYTES:
            return f"it has {megabytes(row.size)}, and GitHub takes at most {megabytes(MAX_BLOB_BYTES)}"
        return None if row is None else {"path": path, "uuid": row.uuid}
    text = _text(file, content)
    if text is None:
        return None
    # GitHub takes an empty text in a tree for none.
    return {"path": path, "text": text} | ({} if text and "\0" not in text else {"isAlone": True})


def _text(file: File, content: Content) -> str | None:
    if not isinstance(file.content, Spilled):
        return file.content or ""
    try:
        return str(content.load(file.content))
    except NotFound:
        return None
