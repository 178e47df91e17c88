"""Lists of files as they are shown."""

from __future__ import annotations

from collections.abc import Iterable

from shared.domain.attachments import urls_of
from shared.domain.collation import collation_key
from shared.domain.trees import paths_of
from shared.runtime.context import QueryContext
from shared.schema.document import Id
from shared.schema.record import Record, field
from shared.schema.spilled import Spilled, Text
from shared.schema.tables import File, FileType, Project, StoredFile
from shared.schema.wire import plain


class ListedFile(Record):
    """A file or folder by its path; a binary file has no text but a place where it is served."""

    path: str
    type: FileType
    content: Text | None = None
    storage_id: Id[StoredFile] | None = None
    storage_url: str | None = None


class FileWithUrl(Record):
    """A file or folder, and where its binary object is served; null: it has none."""

    id: Id[File] = field(wire="_id")
    creation_time: float = field(wire="_creationTime")
    project_id: Id[Project]
    parent_id: Id[File] | None = None
    name: str
    type: FileType
    content: Text | None = None
    storage_id: Id[StoredFile] | None = None
    updated_at: float
    storage_url: str | None


def in_explorer_order(files: Iterable[File]) -> list[File]:
    """Return the entries of a folder as file explorers show them: folders first, by name."""
    return sorted(files, key=lambda file: (file.type != "folder", collation_key(file.name)))


def without_large_contents(files: Iterable[File]) -> list[File]:
    """Return `files` without the contents that are too large to be kept in their rows."""
    return [f.model_copy(update={"content": None}) if isinstance(f.content, Spilled) else f for f in files]


def by_path(ctx: QueryContext, files: list[File]) -> list[ListedFile]:
    """Return all files of a project, which stand after their parents, with their paths."""
    paths, urls = paths_of(files), urls_of(ctx, files)
    return [
        ListedFile(
            path=paths[file.id],
            type=file.type,
            content=file.content,
            storage_id=file.storage_id,
            storage_url=urls.get(file.id),
        )
        for file in files
    ]


def with_urls(ctx: QueryContext, files: list[File]) -> list[FileWithUrl]:
    """Return `files`, each with where its binary object is served."""
    urls = urls_of(ctx, files)
    return [FileWithUrl.model_read(plain(file) | {"storageUrl": urls.get(file.id)}) for file in files]
