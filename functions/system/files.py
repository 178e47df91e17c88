"""The files of any project, for the app's own servers: the assistant's tools, imports and exports."""

from __future__ import annotations

from shared.domain.attachments import INTERNAL
from shared.domain.by_path import entry_at, required_entry_at, write_at
from shared.domain.deletion import TREE_TABLES, delete_all_files, delete_tree
from shared.domain.entries import add_binary_file, add_file, add_folder, rename_entry, save_text
from shared.domain.listings import FileWithUrl, ListedFile, by_path, in_explorer_order, with_urls
from shared.domain.new_files import CreatedFile, NewFile
from shared.domain.new_files import create_files as create_many
from shared.domain.ownership import project_of
from shared.domain.paths import names_in
from shared.domain.trees import file_if_there, file_of, paths_of, reachable
from shared.domain.uploads import upload_url
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.runtime.function import internal_bulk_mutation, internal_mutation, internal_query
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.spilled import Text
from shared.schema.tables import File, FileType, Project, StoredFile


class FileText(Record):
    """What `readFileByPath` answers; a binary file has no text."""

    name: str
    content: Text | None = None


class Entry(Record):
    """What `listFilesByPath` tells of an entry."""

    name: str
    type: FileType


class ProjectEntry(Record):
    """What `getProjectEntries` tells of a file or folder; one at the root has no parent."""

    id: Id[File]
    parent_id: Id[File] | None = None
    path: str
    name: str
    type: FileType


class Cleaned(Record):
    """What `cleanup` answers: how many files and folders there were."""

    deleted: int


@internal_bulk_mutation(writes=[Project, File, StoredFile], binary=True)
def write_file_by_path(ctx: BulkContext, *, project_id: Id[Project], path: str, content: str) -> Id[File]:
    """Write the text file at a path, making the folders above it as needed, and return its id.

    Raises:
        InvalidArgument: it is no path of a file.
        Conflict: there is a file where a folder should be, or the reverse.
    """
    return write_at(ctx, project_id, path, content)


@internal_query(reads=[Project, File])
def read_file_by_path(ctx: QueryContext, *, project_id: Id[Project], path: str) -> FileText | None:
    """Return the file at a path, or null: there is none."""
    project_of(ctx, project_id)
    file = entry_at(ctx, project_id, names_in(path))
    return None if file is None or file.type == "folder" else FileText(name=file.name, content=file.content)


@internal_bulk_mutation(writes=TREE_TABLES, binary=True)
def delete_file_by_path(ctx: BulkContext, *, project_id: Id[Project], path: str) -> None:
    """Delete what stands at a path, with everything below it.

    Raises:
        NotFound: nothing does.
    """
    delete_tree(ctx, lambda step: required_entry_at(step, project_id, path))


@internal_query(reads=[Project, File])
def list_files_by_path(ctx: QueryContext, *, project_id: Id[Project], path: str) -> list[Entry]:
    """Return what is in the folder at a path ("" is the root), folders first, by name; nothing if there is none."""
    project_of(ctx, project_id)
    names = names_in(path)
    folder = entry_at(ctx, project_id, names)
    if names and (folder is None or folder.type != "folder"):
        return []
    entries = ctx.db.query(File.by_project_parent, project_id=project_id, parent_id=folder.id if folder else None)
    return [Entry(name=entry.name, type=entry.type) for entry in in_explorer_order(entries.collect())]


@internal_query(reads=[Project, File])
def get_project_structure(ctx: QueryContext, *, project_id: Id[Project]) -> str:
    """Return the paths of a project's files, sorted, one on each line."""
    files = _files(ctx, project_id)
    paths = paths_of(files)
    return "\n".join(sorted(paths[file.id] for file in files if file.type == "file"))


@internal_query(reads=[Project, File, StoredFile])
def get_all_project_files(ctx: QueryContext, *, project_id: Id[Project]) -> list[ListedFile]:
    """Return all files and folders of a project by their paths, with their contents, parents before children."""
    return by_path(ctx, _files(ctx, project_id))


@internal_query(reads=[Project, File])
def get_project_files(ctx: QueryContext, *, project_id: Id[Project]) -> list[File]:
    """Return all files and folders of a project with their contents, parents before children."""
    return _files(ctx, project_id)


@internal_query(reads=[Project, File])
def get_project_entries(ctx: QueryContext, *, project_id: Id[Project]) -> list[ProjectEntry]:
    """Return all files and folders of a project without their contents, parents before children."""
    files = _files(ctx, project_id)
    paths = paths_of(files)
    return [
        ProjectEntry(id=file.id, parent_id=file.parent_id, path=paths[file.id], name=file.name, type=file.type)
        for file in files
    ]


@internal_query(reads=[Project, File, StoredFile])
def get_project_files_with_urls(ctx: QueryContext, *, project_id: Id[Project]) -> list[FileWithUrl]:
    """Return what `getProjectFiles` does, each with a `storageUrl`: where its binary object is served, or null."""
    return with_urls(ctx, _files(ctx, project_id))


@internal_query(reads=[Project, File])
def get_file_by_id(ctx: QueryContext, *, file_id: Id[File], project_id: Id[Project] | None = None) -> File | None:
    """Return a file or folder, or null: it is not there, or not in the project where one is given."""
    file = file_if_there(ctx, file_id)
    return file if file is not None and project_id in (None, file.project_id) else None


@internal_mutation(writes=[Project, File, StoredFile], binary=True)
def update_file(ctx: MutationContext, *, file_id: Id[File], content: str) -> Id[File]:
    """Replace the content of a file and return its id.

    Raises:
        InvalidArgument: it is a folder.
    """
    save_text(ctx, file_of(ctx, file_id), content)
    return file_id


@internal_mutation(writes=[Project, File])
def create_file(
    ctx: MutationContext, *, project_id: Id[Project], parent_id: Id[File] | None = None, name: str, content: str
) -> Id[File]:
    """Create a text file and return its id; errors as of `files:createFile`."""
    return add_file(ctx, project_of(ctx, project_id), parent_id, name, content)


@internal_bulk_mutation(writes=[Project, File])
def create_files(
    ctx: BulkContext, *, project_id: Id[Project], parent_id: Id[File] | None = None, files: list[NewFile]
) -> list[CreatedFile]:
    """Create text files in one folder; for a name that is taken, the answer has an `error` and the holder's id.

    Raises:
        InvalidArgument: nothing may be called one of the names, or the parent is a file; nothing is created.
        NotFound: there is no such folder in the project.
    """
    return create_many(ctx, project_id, parent_id, files)


@internal_mutation(writes=[Project, File])
def create_folder(
    ctx: MutationContext, *, project_id: Id[Project], parent_id: Id[File] | None = None, name: str
) -> Id[File]:
    """Create a folder and return its id; errors as of `files:createFolder`."""
    return add_folder(ctx, project_of(ctx, project_id), parent_id, name)


@internal_mutation(writes=[Project, File, StoredFile])
def create_binary_file(
    ctx: MutationContext,
    *,
    project_id: Id[Project],
    parent_id: Id[File] | None = None,
    name: str,
    storage_id: Id[StoredFile],
) -> Id[File]:
    """Create a file that holds an uploaded object and return its id; errors as of `files:createFile`.

    Raises:
        NotFound: there is no such object.
    """
    return add_binary_file(ctx, project_of(ctx, project_id), parent_id, name, storage_id, INTERNAL)


@internal_mutation(writes=[Project, File])
def rename_file(ctx: MutationContext, *, file_id: Id[File], new_name: str) -> Id[File]:
    """Give a file or folder another name and return its id.

    Raises:
        InvalidArgument: nothing may be called that.
        Conflict: another entry of its folder is.
    """
    file = file_of(ctx, file_id)
    rename_entry(ctx, file, new_name, f'A {file.type} named "{new_name}" already exists')
    return file_id


@internal_bulk_mutation(writes=TREE_TABLES, binary=True)
def delete_file(ctx: BulkContext, *, file_id: Id[File]) -> Id[File]:
    """Delete a file or folder with everything below it, and return its id."""
    return delete_tree(ctx, lambda step: file_of(step, file_id))


@internal_bulk_mutation(writes=[Project, File, StoredFile], binary=True)
def cleanup(ctx: BulkContext, *, project_id: Id[Project]) -> Cleaned:
    """Delete all files and folders of a project."""
    return Cleaned(deleted=delete_all_files(ctx, project_id))


@internal_mutation()
def generate_upload_url(ctx: MutationContext) -> str:
    """Return a URL to which one object of up to 4.5 MB can be posted."""
    return upload_url(ctx, INTERNAL)


def _files(ctx: QueryContext, project_id: Id[Project]) -> list[File]:
    files = ctx.db.query(File.by_project, project_id=project_id).begin()
    project_of(ctx, project_id)
    return reachable(files.collect())
