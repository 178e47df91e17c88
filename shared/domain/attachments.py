"""Binary objects and the files that hold them: an object lives as long as a file refers to it."""

from __future__ import annotations

from typing import Final

from shared.errors import Forbidden, NotFound
from shared.runtime.context import MutationContext, QueryContext
from shared.schema.document import Id
from shared.schema.tables import File, StoredFile

INTERNAL: Final = "internal"
"""Who uploaded an object for the app's own servers."""


def attach(ctx: MutationContext, id: Id[StoredFile], uploader: str) -> None:
    """Count one more file that refers to an object.

    Args:
        ctx: the mutation's context.
        id: the object's row.
        uploader: the caller's token identifier, or `INTERNAL`, which may attach what anybody uploaded.

    Raises:
        NotFound: there is no such object.
        Forbidden: somebody else uploaded it.
    """
    stored = ctx.db.get(StoredFile, id)
    if stored is None:
        raise NotFound(f"Storage id {id} not found")
    if uploader not in (INTERNAL, stored.uploaded_by):
        raise Forbidden
    ctx.db.patch(stored.id, attachments=stored.attachments + 1)


def detach(ctx: MutationContext, file: File) -> None:
    """Count one file less that refers to the object of `file`, if it has one; the last one takes it along."""
    stored = None if file.storage_id is None else ctx.db.get(StoredFile, file.storage_id)
    if stored is None:
        return
    if stored.attachments > 1:
        ctx.db.patch(stored.id, attachments=stored.attachments - 1)
    else:
        ctx.db.delete(stored.id)
        ctx.storage.discard(stored.uuid)


def url_of(ctx: QueryContext, stored: StoredFile) -> str:
    """Return where an object is served: to anybody who knows the URL, until it is deleted."""
    return f"{ctx.public_url}/api/storage/{stored.uuid}"


def urls_of(ctx: QueryContext, files: list[File]) -> dict[Id[File], str]:
    """Return where the objects of `files` are served, by the file's id."""
    held = {file.id: file.storage_id for file in files if file.storage_id is not None}
    stored = ctx.db.get_all(StoredFile, held.values())
    return {file_id: url_of(ctx, stored[id]) for file_id, id in held.items() if id in stored}
