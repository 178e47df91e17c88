"""Making and changing files and folders. Whoever calls has made sure that the project may be changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.db.codec import MAX_FIELD_BYTES
from shared.domain.attachments import attach, detach
from shared.domain.names import name_of
from shared.domain.ownership import project_of, touch
from shared.domain.paths import INVALID_PATH
from shared.domain.trees import require_folder, require_room_below, sibling
from shared.errors import Conflict, InvalidArgument, ValueTooLarge
from shared.runtime.context import MutationContext
from shared.schema.document import Id
from shared.schema.tables import File, FileType, Project, StoredFile

Parent = Id[File] | None
"""The folder that something stands in; None is the project's root."""


def add_file(ctx: MutationContext, project: Project, parent_id: Parent, name: str, content: str) -> Id[File]:
    """Add a text file and return its id (errors as in `_add`)."""
    return _add(ctx, project, parent_id, name, "file", content=content)


def add_folder(ctx: MutationContext, project: Project, parent_id: Parent, name: str) -> Id[File]:
    """Add a folder and return its id (errors as in `_add`; and `InvalidArgument`: it would be too deep)."""
    require_folder(ctx, project, parent_id)
    require_room_below(ctx, parent_id)
    return _add(ctx, project, parent_id, name, "folder")


def add_binary_file(
    ctx: MutationContext, project: Project, parent_id: Parent, name: str, storage_id: Id[StoredFile], uploader: str
) -> Id[File]:
    """Add a file that holds a binary object and return its id (errors as in `_add` and `attach`)."""
    id = _add(ctx, project, parent_id, name, "file", storage_id=storage_id)
    attach(ctx, storage_id, uploader)
    return id


def put_text(ctx: MutationContext, project: Project, parent_id: Parent, name: str, content: str) -> Id[File]:
    """Write a text file, replacing a file of that name, and return its id (otherwise as `add_file`)."""
    require_folder(ctx, project, parent_id)
    existing = _file_to_replace(ctx, project, parent_id, name)
    if existing is None:
        return add_file(ctx, project, parent_id, name, content)
    save_text(ctx, existing, content)
    return existing.id


def put_binary(
    ctx: MutationContext, project: Project, parent_id: Parent, name: str, storage_id: Id[StoredFile], uploader: str
) -> Id[File]:
    """Write a binary file, replacing a file of that name, and return its id (otherwise as `add_binary_file`)."""
    require_folder(ctx, project, parent_id)
    existing = _file_to_replace(ctx, project, parent_id, name)
    if existing is None:
        return add_binary_file(ctx, project, parent_id, name, storage_id, uploader)
    attach(ctx, storage_id, uploader)
    detach(ctx, existing)
    ctx.db.patch(existing.id, content=None, storage_id=storage_id, updated_at=_later(ctx, existing))
    touch(ctx, project)
    return existing.id


def save_text(ctx: MutationContext, file: File, content: str, expected_updated_at: float | None = None) -> None:
    """Replace the content of a file, which becomes a text file if it was binary.

    Args:
        ctx: the mutation's context.
        file: the file.
        content: its new text.
        expected_updated_at: the `updated_at` that the file must still have, in ms since the epoch, or None.

    Raises:
        InvalidArgument: it is a folder.
        Conflict: the file has changed since `expected_updated_at`.
    """
    if file.type == "folder":
        raise InvalidArgument("Cannot update a folder")
    if expected_updated_at not in (None, file.updated_at):
        raise Conflict("The file has changed since it was read; read it again")
    detach(ctx, file)
    ctx.db.patch(file.id, content=content, storage_id=None, updated_at=_later(ctx, file))
    touch(ctx, project_of(ctx, file.project_id))


def rename_entry(ctx: MutationContext, file: File, name: str, taken: str) -> None:
    """Give a file or folder another name.

    Args:
        ctx: the mutation's context.
        file: the file or folder.
        name: its new name.
        taken: what to say when another entry has that name.

    Raises:
        InvalidArgument: nothing may be called that.
        Conflict: another entry of its folder is.
    """
    name = name_of(name)
    other = sibling(ctx, file.project_id, file.parent_id, name)
    if other is not None and other.id != file.id:
        raise Conflict(taken)
    ctx.db.patch(file.id, name=name, updated_at=_later(ctx, file))
    touch(ctx, project_of(ctx, file.project_id))


def ensure_folders(ctx: MutationContext, project: Project, parent_id: Parent, names: Iterable[str]) -> Parent:
    """Return the folder that the `names` lead to from `parent_id`, making those that are missing.

    Raises:
        Conflict: one of the names is a file's.
    """
    for name in names:
        entry = sibling(ctx, project.id, parent_id, name)
        if entry is not None and entry.type != "folder":
            raise Conflict(INVALID_PATH)
        parent_id = entry.id if entry else _insert(ctx, project, parent_id, name, "folder")
    return parent_id


def require_text_fits(content: str) -> None:
    """Raise `ValueTooLarge` if a file cannot hold this text; for calls that write in several transactions."""
    size_bytes = len(content.encode())
    if size_bytes > MAX_FIELD_BYTES:
        raise ValueTooLarge(f"Value of `content` is too large ({size_bytes} bytes > maximum size {MAX_FIELD_BYTES}).")


def name_taken(type: FileType) -> str:
    """Return the message that a name is an entry's of this type."""
    return f"A {type} with this name already exists in this location"


def duplicate(wanted: FileType, existing: File) -> str:
    """Return the message that there cannot be a `wanted` beside `existing`, since it has that name."""
    return f"{wanted.capitalize()} already exists" if existing.type == wanted else name_taken(existing.type)


def _add(
    ctx: MutationContext, project: Project, parent_id: Parent, name: str, type: FileType, **fields: Any
) -> Id[File]:
    """Insert a file or folder.

    Raises:
        InvalidArgument: nothing may be called that, or the parent is a file.
        NotFound: there is no such folder in the project.
        Conflict: another entry has that name.
        LimitReached: the project has too many.
    """
    name = name_of(name)
    require_folder(ctx, project, parent_id)
    existing = sibling(ctx, project.id, parent_id, name)
    if existing is not None:
        raise Conflict(duplicate(type, existing))
    id = _insert(ctx, project, parent_id, name, type, **fields)
    touch(ctx, project)
    return id


def _insert(
    ctx: MutationContext, project: Project, parent_id: Parent, name: str, type: FileType, **fields: Any
) -> Id[File]:
    most = ctx.usage.limits.files
    ctx.usage.require_room(File.by_project, "files and folders in a project", most, project_id=project.id)
    return ctx.db.insert(
        File, project_id=project.id, parent_id=parent_id, name=name, type=type, updated_at=ctx.now_ms, **fields
    )


def _file_to_replace(ctx: MutationContext, project: Project, parent_id: Parent, name: str) -> File | None:
    existing = sibling(ctx, project.id, parent_id, name)
    if existing is not None and existing.type == "folder":
        raise Conflict(name_taken("folder"))
    return existing


def _later(ctx: MutationContext, file: File) -> float:
    """Return a time for this change of `file`: later than its last, so that no two contents have the same."""
    return max(ctx.now_ms, file.updated_at + 1)
