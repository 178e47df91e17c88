"""Deleting files, folders and projects with everything in them, however much that is.

A small tree (at most `SMALL_TREE` entries that one transaction can hold) goes in one transaction. Of a larger folder
only its own row goes, in a transaction that also adds it to the project's `pending_deletes`; of a project, only its
row. The rest is then swept in steps. A `Deletion` row, written and removed in the same transactions, lets a sweep
that was interrupted be resumed.

Why nothing below a deleted folder F can be reached, or added, or be left over for good:

- Every mutation of files depends on the project's `pending_deletes`. One that read them before F's deletion
  cannot commit after it; one that reads them later walks the chain of folders and finds it broken at F. So from
  F's deletion on, what is below F only shrinks, and only by sweeps.
- A sweep removes a folder in a transaction that finds its count of entries, which is exact, to be 0. So whatever
  is still there hangs below F by folders that are there too: the chain leads nowhere but to F, where it breaks,
  and a later sweep finds it from F.
- F leaves `pending_deletes` in a transaction that finds its count to be 0. Then nothing is below it.
- Within one transaction the listings are complete and each folder's record is a condition of the commit: an entry
  that is added at the same time makes one of the two run again. Who adds an entry depends on its folder's row.
- Everything in a project depends on the project's row in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from shared.domain.ownership import owned_project, project_of, touch
from shared.domain.sweep import Sweep, remove_entry
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.schema.document import Document, Id
from shared.schema.tables import Conversation, Deletion, File, GenerationEvent, Message, Project, StoredFile

TREE_TABLES: Final[tuple[type[Document], ...]] = (Project, File, StoredFile, Deletion)
"""What deleting a file or folder writes."""

PROJECT_TABLES: Final[tuple[type[Document], ...]] = (*TREE_TABLES, Conversation, Message, GenerationEvent)
"""What deleting a project writes."""

SMALL_TREE: Final = 40
_OPERATIONS: Final = 95
_MOST_RESUMED: Final = 1000


def delete_tree(ctx: BulkContext, find: Callable[[MutationContext], File]) -> Id[File]:
    """Delete a file or folder with everything below it.

    Args:
        ctx: the call's context.
        find: returns the entry, or raises what the caller is told; part of the first transaction.

    Returns:
        The entry's id. What the call's time is too short for is left to `resume_deletions`.
    """
    id, project_id, is_all = ctx.step(lambda step: _delete_entry(step, find(step)))
    if not is_all:
        _finish_folder(ctx, Id(project_id), Id(id))
    return Id(id)


def delete_all_files(ctx: BulkContext, project_id: Id[Project]) -> int:
    """Delete the files and folders of a project and return how many there were.

    Raises:
        NotFound: there is no such project.
    """
    ctx.step(lambda step: touch(step, project_of(step, project_id)))
    sweep = Sweep(ctx, project_id)
    sweep.run(lambda: sweep.empty(None))
    return sweep.deleted


def delete_project(ctx: BulkContext, id: Id[Project]) -> None:
    """Delete the caller's project with everything in it (errors as in `owned_project`).

    Nothing in it can be reached from the first transaction on. What the call's time is too short for is left to
    `resume_deletions`.
    """
    ctx.step(lambda step: _delete_project_row(step, id))
    _finish_project(ctx, id)


def resume_deletions(ctx: BulkContext, limit: int) -> tuple[int, int]:
    """Go on with deletions that were interrupted.

    Args:
        ctx: the call's context.
        limit: the most deletions to go on with.

    Returns:
        How many were finished, and how many are left (counting at most `_MOST_RESUMED` of each kind).
    """
    folders, projects = ctx.step(lambda _: ctx.read(_pending))
    unfinished = [partial(_finish_folder, ctx, Id(project_id), Id(root)) for project_id, root in folders]
    unfinished += [partial(_finish_project, ctx, Id(root)) for _, root in projects]
    finished = sum(finish() for finish in unfinished[:limit])
    return finished, len(unfinished) - finished


def _pending(ctx: QueryContext) -> list[list[tuple[str, str]]]:
    """Return (project, root) of the deletions of folders and of those of projects."""
    begun = [ctx.db.query(Deletion.by_kind, kind=kind) for kind in ("folder", "project")]
    return [[(deletion.project_id, deletion.root) for deletion in query.take(_MOST_RESUMED)] for query in begun]


def _delete_entry(ctx: MutationContext, entry: File) -> tuple[str, str, bool]:
    """Delete `entry`; return its id, its project's, and whether what was below it is deleted too."""
    project = project_of(ctx, entry.project_id)
    tree = _small_tree(ctx, entry)
    if tree is None:
        ctx.db.delete(entry.id)
        ctx.db.insert(Deletion, kind="folder", project_id=project.id, root=entry.id)
        pending = [*(project.pending_deletes or ()), entry.id]
        ctx.db.patch(project.id, pending_deletes=pending, updated_at=ctx.now_ms)
        return entry.id, project.id, False
    for file in tree:
        remove_entry(ctx, file)
    touch(ctx, project)
    return entry.id, project.id, True


def _small_tree(ctx: MutationContext, root: File) -> list[File] | None:
    """Return `root` and everything below it, or None when that is too much for one transaction."""
    tree, operations = [root], 8
    for file in tree:  # grows on the way
        operations += 5 if file.type == "folder" or file.storage_id is not None else 2
        if file.type == "folder":
            here = {"project_id": file.project_id, "parent_id": file.id}
            count = ctx.db.count(File.by_project_parent, **here)
            if len(tree) + count > SMALL_TREE:
                return None
            tree += ctx.db.query(File.by_project_parent, **here).collect() if count else []
        if operations > _OPERATIONS:
            return None
    return tree


def _delete_project_row(ctx: MutationContext, id: Id[Project]) -> None:
    project = owned_project(ctx, id)
    ctx.db.delete(project.id)
    ctx.db.insert(Deletion, kind="project", project_id=project.id, root=project.id)


def _finish_folder(ctx: BulkContext, project_id: Id[Project], root: Id[File]) -> bool:
    """Remove what is below the deleted folder `root`, and tell whether nothing is left."""
    sweep = Sweep(ctx, project_id)

    def work() -> bool:
        sweep.empty(root)
        return sweep.step(lambda step: _close_folder(step, project_id, root))

    return sweep.run(work) or False


def _finish_project(ctx: BulkContext, id: Id[Project]) -> bool:
    """Remove what was in the deleted project, and tell whether nothing is left."""
    sweep = Sweep(ctx, id)

    def work() -> bool:
        sweep.empty(None)
        sweep.clear_conversations()
        sweep.clear_events()
        return sweep.step(lambda step: _close(step, id, None, id))

    return sweep.run(work) or False


def _close_folder(ctx: MutationContext, project_id: Id[Project], root: Id[File]) -> bool:
    if not _close(ctx, project_id, root, root):
        return False
    project = ctx.db.get(Project, project_id)
    if project is not None:
        pending = [id for id in project.pending_deletes or () if id != root]
        ctx.db.patch(project.id, pending_deletes=pending or None)
    return True


def _close(ctx: MutationContext, project_id: Id[Project], folder_id: Id[File] | None, root: str) -> bool:
    """Forget the deletion of `root` once nothing is left in the folder, and tell whether nothing is."""
    if ctx.db.count(File.by_project_parent, project_id=project_id, parent_id=folder_id):
        return False
    deletion = ctx.db.lookup(Deletion.by_root, root=root)
    if deletion is not None:
        ctx.db.delete(deletion.id)
    return True
