"""Creating many files at once."""

from __future__ import annotations

from functools import partial
from typing import Final

from shared.domain.entries import Parent, add_file, duplicate, require_text_fits
from shared.domain.names import name_of
from shared.domain.ownership import project_of
from shared.domain.trees import require_folder, sibling
from shared.runtime.context import BulkContext, MutationContext
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.tables import File, Project

_FILES_OF_STEP: Final = 30
"""A file takes 2 items of a transaction; the folders above them may have to be checked as well."""


class NewFile(Record):
    """A file to create."""

    name: str
    content: str


class CreatedFile(Record):
    """What became of a file to create: its id or, with an `error`, that of what has its name already."""

    name: str
    file_id: Id[File]
    error: str | None = None


def create_files(
    ctx: BulkContext, project_id: Id[Project], parent_id: Parent, files: list[NewFile]
) -> list[CreatedFile]:
    """Create text files, as many in each transaction as it holds; what has a name already stays as it is.

    Returns:
        What became of each of `files`, in order.

    Raises:
        InvalidArgument: nothing may be called one of the names, or the parent is a file; nothing is created.
        ValueTooLarge: one of the contents is above its limit; nothing is created.
        NotFound: there is no such project or folder.
    """
    for file in files:
        name_of(file.name)
        require_text_fits(file.content)
    created: list[dict[str, str]] = []
    for start in range(0, max(len(files), 1), _FILES_OF_STEP):
        here = files[start : start + _FILES_OF_STEP]
        created += ctx.step(partial(_create, project_id=project_id, parent_id=parent_id, files=here))
    return [CreatedFile.model_read(file) for file in created]


def _create(
    ctx: MutationContext, project_id: Id[Project], parent_id: Parent, files: list[NewFile]
) -> list[dict[str, str]]:
    project = project_of(ctx, project_id)
    require_folder(ctx, project, parent_id)
    created = []
    for file in files:
        existing = sibling(ctx, project_id, parent_id, file.name)
        if existing is not None:
            created.append({"name": file.name, "fileId": existing.id, "error": duplicate("file", existing)})
        else:
            id = add_file(ctx, project, parent_id, file.name, file.content)
            created.append({"name": file.name, "fileId": id})
    return created
