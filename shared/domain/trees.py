"""The tree of a project's files: what is in it, and what stands above what.

An entry is reachable when every folder above it exists. One that is not belongs to a large folder whose deletion is
under way (`shared.domain.deletion`); to callers it is not there. Only while the project's `pending_deletes` are not
empty can there be such entries, so only then is the chain of folders walked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from shared.domain.ownership import owned_project, project_of
from shared.domain.paths import MAX_DEPTH
from shared.errors import InvalidArgument, NotFound
from shared.runtime.context import MutationContext, QueryContext
from shared.schema.document import Id
from shared.schema.tables import File, Project

FILE_NOT_FOUND: Final = "File not found"
_PARENT_NOT_FOUND: Final = "Parent folder not found"


def file_of(ctx: QueryContext | MutationContext, id: Id[File]) -> File:
    """Return a file or folder, whoever owns it.

    Raises:
        NotFound: there is none with this id, or its project is being deleted.
    """
    file = _existing(ctx, id)
    return _reachable(ctx, project_of(ctx, file.project_id), file)


def file_if_there(ctx: QueryContext, id: Id[File]) -> File | None:
    """Return a file or folder, whoever owns it, or None where `file_of` would refuse."""
    try:
        return file_of(ctx, id)
    except NotFound:
        return None


def owned_file(ctx: QueryContext | MutationContext, id: Id[File]) -> File:
    """Return a file or folder of one of the caller's projects (errors as in `owned_project` and `file_of`)."""
    _ = ctx.user
    file = _existing(ctx, id)
    return _reachable(ctx, owned_project(ctx, file.project_id), file)


def chain_of(ctx: QueryContext | MutationContext, file: File) -> list[File] | None:
    """Return the folders above `file`, nearest first, or None when one of them is gone."""
    above: list[File] = []
    while file.parent_id is not None:
        parent = _folder(ctx, file.parent_id)
        if parent is None or len(above) == MAX_DEPTH:
            return None
        above.append(parent)
        file = parent
    return above


def require_folder(ctx: MutationContext, project: Project, id: Id[File] | None) -> None:
    """Make this mutation depend on there being a folder `id` in the project (None: its root), within reach.

    Raises:
        NotFound: there is none.
        InvalidArgument: it is a file.
    """
    if id is None:
        return
    folder = _folder(ctx, id)
    if folder is None or folder.project_id != project.id or not _is_reachable(ctx, project, folder):
        raise NotFound(_PARENT_NOT_FOUND)
    if folder.type != "folder":
        raise InvalidArgument("Parent is not a folder")


def require_room_below(ctx: MutationContext, folder_id: Id[File] | None) -> None:
    """Raise `InvalidArgument` unless a new folder in `folder_id` (None: the root) could have entries of its own."""
    folder = None if folder_id is None else _folder(ctx, folder_id)
    depth = 0 if folder is None else 1 + len(chain_of(ctx, folder) or ())
    if depth + 2 > MAX_DEPTH:
        raise InvalidArgument(f"Folders cannot be nested deeper than {MAX_DEPTH - 1} levels")


def entries_in_reach(
    ctx: QueryContext, project: Project, folder_id: Id[File] | None, entries: list[File]
) -> list[File]:
    """Return those of the `entries` listed in a folder (None: the root) of the project that can be reached.

    That is all or none; a folder that is gone has none. The folder is read only where the entries do not prove it.

    Raises:
        NotFound: it is another project's.
    """
    if folder_id is None or (entries and not project.pending_deletes):
        return entries
    folder = _folder(ctx, folder_id)
    if folder is None:
        return []
    if folder.project_id != project.id:
        raise NotFound(_PARENT_NOT_FOUND)
    return entries if _is_reachable(ctx, project, folder) else []


def sibling(
    ctx: QueryContext | MutationContext, project_id: Id[Project], parent_id: Id[File] | None, name: str
) -> File | None:
    """Return what is called `name` in a folder (None: the root), or None."""
    return ctx.db.lookup(File.sibling_name, project_id=project_id, parent_id=parent_id, name=name)


def reachable(files: Iterable[File]) -> list[File]:
    """Return the reachable ones of all files of a project, in the order given but parents before their children."""
    by_id = {file.id: file for file in files}
    found: dict[str, bool] = {}
    ordered: list[File] = []

    def is_reached(file: File) -> bool:
        if file.id not in found:
            found[file.id] = False
            parent = None if file.parent_id is None else by_id.get(file.parent_id)
            found[file.id] = file.parent_id is None or (parent is not None and is_reached(parent))
            if found[file.id]:
                ordered.append(file)
        return found[file.id]

    for file in by_id.values():
        is_reached(file)
    return ordered


def paths_of(files: Iterable[File]) -> dict[Id[File], str]:
    """Return the path of each of the `files`, which stand after their parents, by id."""
    paths: dict[Id[File], str] = {}
    for file in files:
        paths[file.id] = file.name if file.parent_id is None else f"{paths[file.parent_id]}/{file.name}"
    return paths


def _existing(ctx: QueryContext | MutationContext, id: Id[File]) -> File:
    file = ctx.db.get(File, id)
    if file is None:
        raise NotFound(FILE_NOT_FOUND)
    return file


def _reachable(ctx: QueryContext | MutationContext, project: Project, file: File) -> File:
    if not _is_reachable(ctx, project, file):
        raise NotFound(FILE_NOT_FOUND)
    return file


def _is_reachable(ctx: QueryContext | MutationContext, project: Project, file: File) -> bool:
    return not project.pending_deletes or chain_of(ctx, file) is not None


def _folder(ctx: QueryContext | MutationContext, id: Id[File]) -> File | None:
    """Read a folder. A mutation depends on no more than its being there: where it stands never changes."""
    if isinstance(ctx, MutationContext):
        return ctx.db.get(File, id, depends_on=())
    return ctx.db.get(File, id)
