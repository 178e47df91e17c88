"""Deleting files and folders with everything in them, however much that is.

A small tree (at most `SMALL_TREE` entries that one transaction can hold) goes in one transaction. Of a larger folder
only its own row goes, in a transaction that also adds it to the project's `pending_deletes`. The rest is then swept
in steps. A `Deletion` row, written and removed in the same transactions, lets a sweep that was interrupted be resumed
(`shared.domain.resumption`).

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

Everything in a project depends on the project's row in the same way (`shared.domain.project_deletion`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from shared.domain.ownership import project_of, touch
from shared.domain.sweep import Sweep, close_deletion, remove_entry
from shared.runtime.context import BulkContext, MutationContext
from shared.schema.document import Document, Id
from shared.schema.tables import Deletion, File, Project, StoredFile

TREE_TABLES: Final[tuple[type[Document], ...]] = (Project, File, StoredFile, Deletion)
"""What deleting a file or folder writes."""

SMALL_TREE: Final = 40
_OPERATIONS: Final = 95


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
        finish_folder(ctx, Id(project_id), Id(id))
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


def finish_folder(ctx: BulkContext, project_id: Id[Project], root: Id[File]) -> bool:
    """Remove what is below the deleted folder `root`, and tell whether nothing is left."""
    sweep = Sweep(ctx, project_id)

    def work() -> bool:
        sweep.empty(root)
        return sweep.step(lambda step: _close_folder(step, project_id, root))

    return sweep.run(work) or False


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


def _close_folder(ctx: MutationContext, project_id: Id[Project], root: Id[File]) -> bool:
    if not close_deletion(ctx, project_id, root, root):
        return False
    project = ctx.db.get(Project, project_id)
    if project is not None:
        pending = [id for id in project.pending_deletes or () if id != root]
        ctx.db.patch(project.id, pending_deletes=pending or None)
    return True
