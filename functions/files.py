"""The files and folders of a project, as its owner's editor sees them."""

from __future__ import annotations

from shared.domain.attachments import url_of
from shared.domain.deletion import TREE_TABLES, delete_tree
from shared.domain.entries import (
    add_file,
    add_folder,
    ensure_folders,
    name_taken,
    put_binary,
    put_text,
    rename_entry,
    save_text,
)
from shared.domain.listings import in_explorer_order, without_large_contents
from shared.domain.ownership import owned_project, project_if_owned
from shared.domain.paths import folders_above
from shared.domain.trees import chain_of, entries_in_reach, owned_file, reachable
from shared.domain.uploads import LargeUpload, finished_upload, large_upload, upload_url
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.runtime.function import bulk_mutation, mutation, query
from shared.schema.document import Id
from shared.schema.record import Record, field
from shared.schema.tables import File, FileType, Project, StoredFile
from shared.storage import StoredObject


class PathPart(Record):
    """What `getFilePath` tells of a file or folder."""

    id: Id[File] = field(wire="_id")
    name: str


@query(reads=[Project, File])
def get_files(ctx: QueryContext, *, project_id: Id[Project]) -> list[File]:
    """Return all files and folders of one of the caller's projects with their contents, parents before children."""
    files = ctx.db.query(File.by_project, project_id=project_id).begin()
    owned_project(ctx, project_id)
    return reachable(files.collect())


@query(reads=[Project, File])
def list_(ctx: QueryContext, *, project_id: Id[Project]) -> list[File]:
    """Return what `getFiles` does, or nothing at all unless the project is the caller's."""
    files = ctx.db.query(File.by_project, project_id=project_id).begin()
    return reachable(files.collect()) if project_if_owned(ctx, project_id) else []


@query(reads=[Project, File])
def get_file(ctx: QueryContext, *, id: Id[File]) -> File:
    """Return a file or folder of one of the caller's projects."""
    return owned_file(ctx, id)


@query(reads=[Project, File])
def get_file_path(ctx: QueryContext, *, id: Id[File]) -> list[PathPart]:
    """Return the folders above a file of the caller's, from the root down, and the file itself."""
    file = owned_file(ctx, id)
    path = [*reversed(chain_of(ctx, file) or ()), file]
    return [PathPart(id=part.id, name=part.name) for part in path]


@query(reads=[Project, File])
def get_folder_contents(
    ctx: QueryContext, *, project_id: Id[Project], parent_id: Id[File] | None = None
) -> list[File]:
    """Return what is in a folder (by default the root) of one of the caller's projects: folders first, by name.

    Large contents are left out.
    """
    entries = ctx.db.query(File.by_project_parent, project_id=project_id, parent_id=parent_id).begin()
    project = owned_project(ctx, project_id)
    found = entries_in_reach(ctx, project, parent_id, entries.collect())
    return in_explorer_order(without_large_contents(found))


@query(reads=[Project, File])
def get_folder_content(
    ctx: QueryContext, *, project_id: Id[Project], parent_id: Id[File] | None = None
) -> list[File]:
    """Return what `getFolderContents` does; another spelling that clients use."""
    return get_folder_contents.body(ctx, project_id=project_id, parent_id=parent_id)


@mutation(writes=[Project, File])
def create_file(
    ctx: MutationContext, *, project_id: Id[Project], parent_id: Id[File] | None = None, name: str, content: str
) -> Id[File]:
    """Create a text file in one of the caller's projects and return its id.

    Raises:
        InvalidArgument: nothing may be called that, or the parent is a file.
        NotFound: there is no such folder in the project.
        Conflict: another entry of the folder has that name.
    """
    return add_file(ctx, owned_project(ctx, project_id), parent_id, name, content)


@mutation(writes=[Project, File])
def create_folder(
    ctx: MutationContext, *, project_id: Id[Project], parent_id: Id[File] | None = None, name: str
) -> Id[File]:
    """Create a folder in one of the caller's projects and return its id; errors as of `createFile`."""
    return add_folder(ctx, owned_project(ctx, project_id), parent_id, name)


@mutation(writes=[Project, File])
def create(
    ctx: MutationContext,
    *,
    project_id: Id[Project],
    name: str,
    type: FileType = "file",
    content: str = "",
    parent_id: Id[File] | None = None,
    path: str | None = None,
    language: str | None = None,  # noqa: ARG001 - sent by some clients; editors tell it from the name
) -> Id[File]:
    """Create a file or folder in one of the caller's projects and return its id; errors as of `createFile`.

    Without a `parentId` the folders of `path`, which ends in the name, are made as needed.
    """
    project = owned_project(ctx, project_id)
    if path is not None and parent_id is None:
        parent_id = ensure_folders(ctx, project, None, folders_above(path, name))
    if type == "folder":
        return add_folder(ctx, project, parent_id, name)
    return add_file(ctx, project, parent_id, name, content)


@mutation(writes=[Project, File, StoredFile], binary=True)
def write_file(
    ctx: MutationContext, *, project_id: Id[Project], parent_id: Id[File] | None = None, name: str, content: str
) -> Id[File]:
    """Write a text file of one of the caller's projects, new or not, and return its id.

    Raises:
        InvalidArgument: nothing may be called that, or the parent is a file.
        NotFound: there is no such folder in the project.
        Conflict: there is a folder of that name.
    """
    return put_text(ctx, owned_project(ctx, project_id), parent_id, name, content)


@mutation(writes=[Project, File, StoredFile], binary=True)
def upload_file(
    ctx: MutationContext,
    *,
    project_id: Id[Project],
    parent_id: Id[File] | None = None,
    name: str,
    storage_id: Id[StoredFile],
) -> Id[File]:
    """Make an object that the caller has uploaded a file of one of their projects, new or not, and return its id.

    Raises:
        NotFound: there is no such object, or no such folder in the project.
        Forbidden: somebody else has uploaded it.
        Conflict: there is a folder of that name.
    """
    project = owned_project(ctx, project_id)
    return put_binary(ctx, project, parent_id, name, storage_id, ctx.user.token_identifier)


@mutation(writes=[Project, File])
def rename_file(ctx: MutationContext, *, id: Id[File], new_name: str) -> None:
    """Give a file or folder of the caller's another name.

    Raises:
        InvalidArgument: nothing may be called that.
        Conflict: another entry of its folder is.
    """
    file = owned_file(ctx, id)
    rename_entry(ctx, file, new_name, name_taken(file.type))


@mutation(writes=[Project, File, StoredFile], binary=True)
def update_file(
    ctx: MutationContext, *, id: Id[File], content: str, expected_updated_at: float | None = None
) -> None:
    """Replace the content of a file of the caller's, if it is still that of `expectedUpdatedAt` where given.

    Raises:
        InvalidArgument: it is a folder.
        Conflict: it has changed since.
    """
    save_text(ctx, owned_file(ctx, id), content, expected_updated_at)


@bulk_mutation(writes=TREE_TABLES, binary=True)
def delete_file(ctx: BulkContext, *, id: Id[File]) -> None:
    """Delete a file or folder of the caller's with everything below it, which cannot be reached from then on."""
    delete_tree(ctx, lambda step: owned_file(step, id))


@mutation(reads=[Project], spends="uploads")
def generate_upload_url(ctx: MutationContext, *, project_id: Id[Project]) -> str:
    """Return a URL to which one object of up to 4.5 MB can be posted, for a file of one of the caller's projects."""
    owned_project(ctx, project_id)
    return upload_url(ctx, ctx.user.token_identifier)


@mutation(reads=[Project, StoredFile], binary=True, spends="uploads")
def begin_large_upload(
    ctx: MutationContext, *, project_id: Id[Project], size: int, content_type: str, sha256: str
) -> LargeUpload:
    """Return where to PUT an object of `size` bytes (at most 5 GiB) and SHA-256 `sha256` (base64), and how.

    Raises:
        InvalidArgument: there can be no such object.
        LimitReached: the caller's uploads come to too much.
    """
    owned_project(ctx, project_id)
    return large_upload(ctx, ctx.user.token_identifier, StoredObject(size, content_type, sha256))


@mutation(writes=[StoredFile], binary=True)
def finish_large_upload(ctx: MutationContext, *, upload_id: str) -> Id[StoredFile]:
    """Return the storage id of a large object that the caller has uploaded.

    Raises:
        InvalidArgument: the upload is not the caller's, has expired, or stored something else than was announced.
        NotFound: nothing has been uploaded yet.
    """
    return finished_upload(ctx, ctx.user.token_identifier, upload_id)


@query(reads=[Project, File, StoredFile])
def get_download_url(ctx: QueryContext, *, id: Id[File]) -> str | None:
    """Return where the object of a binary file of the caller's is served, or null: it is none."""
    file = owned_file(ctx, id)
    stored = None if file.storage_id is None else ctx.db.get(StoredFile, file.storage_id)
    return None if stored is None else url_of(ctx, stored)
