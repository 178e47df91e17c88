"""Finding and writing files by their paths."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from shared.domain.entries import Parent, ensure_folders, put_text, require_text_fits
from shared.domain.ownership import project_of
from shared.domain.paths import file_names_in, names_in
from shared.domain.trees import FILE_NOT_FOUND, require_folder, sibling
from shared.errors import NotFound
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.schema.document import Id
from shared.schema.tables import File, Project

_FOLDERS_OF_STEP: Final = 15
"""A new folder takes 5 items of a transaction, so with more of them a path is made in several."""


def entry_at(ctx: QueryContext | MutationContext, project_id: Id[Project], names: Iterable[str]) -> File | None:
    """Return what stands at a path of a project, or None: nothing does, or it is the root.

    Every folder on the way is read, so what is found is reachable.
    """
    entry: File | None = None
    for name in names:
        if entry is not None and entry.type != "folder":
            return None
        entry = sibling(ctx, project_id, None if entry is None else entry.id, name)
        if entry is None:
            return None
    return entry


def required_entry_at(ctx: MutationContext, project_id: Id[Project], path: str) -> File:
    """Return what stands at a path of a project.

    Raises:
        InvalidArgument: it is no path.
        NotFound: nothing does, or it is the root, or there is no such project.
    """
    project_of(ctx, project_id)
    entry = entry_at(ctx, project_id, names_in(path))
    if entry is None:
        raise NotFound(FILE_NOT_FOUND)
    return entry


def write_at(ctx: BulkContext, project_id: Id[Project], path: str, content: str) -> Id[File]:
    """Write a text file, making the folders above it that are missing, and return its id.

    That is one transaction, unless there are more folders above it than one may have to make.

    Raises:
        InvalidArgument: it is no path of a file.
        NotFound: there is no such project.
        Conflict: there is a file where a folder should be, or the reverse.
        ValueTooLarge: the content is above its limit.
    """
    *folders, name = file_names_in(path)
    require_text_fits(content)
    parent_id: Parent = None
    while len(folders) > _FOLDERS_OF_STEP:
        here, folders = folders[:_FOLDERS_OF_STEP], folders[_FOLDERS_OF_STEP:]
        parent_id = ctx.step(partial(_ensure, project_id=project_id, parent_id=parent_id, names=here))

    def write(step: MutationContext) -> Id[File]:
        folder_id = _ensure(step, project_id, parent_id, folders)
        return put_text(step, project_of(step, project_id), folder_id, name, content)

    return Id(ctx.step(write))


def _ensure(ctx: MutationContext, project_id: Id[Project], parent_id: Parent, names: list[str]) -> Parent:
    project = project_of(ctx, project_id)
    require_folder(ctx, project, parent_id)
    return ensure_folders(ctx, project, parent_id, names)
