"""Removing rows in steps, as many in each as one transaction holds, as long as there is time.

Entries go after what is below them, in this order, and a folder in a transaction that finds its count of entries to
be 0. So however far a sweep gets, what is left is still a tree, and the next sweep finds it from its root, on a path
to where this one has ended: of what is empty, it looks again at no more than one transaction would have removed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from shared.domain.attachments import detach
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.schema.document import Document, Id
from shared.schema.index import BoundIndex
from shared.schema.tables import Conversation, Deletion, File, GenerationEvent, Job, Message, Project

R = TypeVar("R")

RESERVED_MS: Final = 3_000
"""What is left of a call's time when its sweep stops: a step and the answer take less."""

_LISTED: Final = 240
"""How many rows are held in memory at once, of 400 KB at most."""

_ROWS_OF_STEP: Final = 80
_OPERATIONS_OF_STEP: Final = 90
"""A transaction holds 99; what is not counted below, such as a row of `changes` for the project, takes the rest."""

_OPERATIONS_OF_FOLDER: Final = 3
"""For each folder from which entries go: its range record, and its rows of `changes` in two indexes."""


class _Interrupted(Exception):
    """The time is up, or an index does not show yet what is to be removed."""


class _Entry(NamedTuple):
    """What a sweep knows of a file or folder."""

    id: Id[File]
    parent_id: str | None
    is_folder: bool
    is_binary: bool

    @property
    def operations(self) -> int:
        """How many items of a transaction its removal takes, at most."""
        return 2 + self.is_folder + 3 * self.is_binary


class Sweep:
    """Removes what is in a project.

    Args:
        ctx: the call's context.
        project_id: the project.
        for_ms: how long it may go on; the call's time ends it as well.

    Attributes:
        deleted: how many files and folders it has removed.
        rows: how many other rows.
    """

    def __init__(self, ctx: BulkContext, project_id: Id[Any], for_ms: float = math.inf) -> None:
        self._ctx = ctx
        self._project_id = project_id
        self._reserved_ms = max(RESERVED_MS, ctx.time_left_ms - for_ms)
        self._waiting: list[_Entry] = []
        self.deleted = 0
        self.rows = 0

    def run(self, work: Callable[[], R]) -> R | None:
        """Do `work`, which calls the methods below, and return its result, or None when it was interrupted."""
        try:
            return work()
        except _Interrupted:
            return None

    def step(self, body: Callable[[MutationContext], R]) -> R:
        """Run `body` as one transaction, if there is time."""
        if self._ctx.time_left_ms < self._reserved_ms:
            raise _Interrupted
        return self._ctx.step(body)

    def empty(self, folder_id: Id[File] | None) -> None:
        """Remove everything below a folder (None: the project's root)."""
        self._empty(folder_id)
        self._flush()

    def clear_conversations(self) -> None:
        """Remove the project's conversations with their messages."""
        for ids in self._ids(Conversation.by_project, project_id=self._project_id):
            for id in ids:
                self.clear_messages(id)
            self._remove(Conversation, ids)

    def clear_messages(self, conversation_id: str) -> None:
        """Remove the messages of a conversation."""
        self._clear(Message.by_conversation, conversation_id=conversation_id)

    def clear_events(self) -> None:
        """Remove the steps of the project's generation."""
        self._clear(GenerationEvent.by_project_created_at, project_id=self._project_id)

    def clear_jobs(self) -> None:
        """Remove the project's jobs."""
        self._clear(Job.by_project, project_id=self._project_id)

    def _empty(self, folder_id: Id[File] | None) -> None:
        for entries in self._entries(folder_id):
            for entry in entries:
                if entry.is_folder:
                    self._empty(entry.id)
                if _operations([*self._waiting, entry]) > _OPERATIONS_OF_STEP:
                    self._flush()
                self._waiting.append(entry)
            if len(entries) == _LISTED:  # they are listed again next
                self._flush()

    def _flush(self) -> None:
        """Remove the entries that wait; what was below them is gone, or waits before them."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            removed = int(self.step(partial(_remove_entries, entries=waiting)))
            self.deleted += removed
            if not removed:
                raise _Interrupted

    def _clear(self, index: BoundIndex[Any], **fields: str) -> None:
        for ids in self._ids(index, **fields):
            self._remove(index.document, ids)

    def _remove(self, document: type[Document], ids: list[str]) -> None:
        claims = sum(index.unique and not index.where for index in document.indexes)
        size = _ROWS_OF_STEP // (1 + claims)
        for start in range(0, len(ids), size):
            self.rows += int(self.step(partial(_remove_rows, document=document, ids=ids[start : start + size])))

    def _entries(self, folder_id: Id[File] | None) -> Iterator[list[_Entry]]:
        def listed(ctx: QueryContext) -> list[list[Any]]:
            below = ctx.db.query(File.by_project_parent, project_id=self._project_id, parent_id=folder_id)
            return [
                [file.id, file.parent_id, file.type == "folder", file.storage_id is not None]
                for file in below.take(_LISTED)
            ]

        return ([_Entry(*fields) for fields in page] for page in self._pages(listed))

    def _ids(self, index: BoundIndex[Any], **fields: str) -> Iterator[list[str]]:
        return self._pages(lambda ctx: [row.id for row in ctx.db.query(index, **fields).take(_LISTED)])

    def _pages(self, listed: Callable[[QueryContext], list[R]]) -> Iterator[list[R]]:
        """Yield what there is, up to `_LISTED` at a time, each time after what was yielded has been removed.

        The query runs within a step, so that a call that is sent again takes the same steps.
        """
        page = self.step(lambda _: self._ctx.read(listed))
        while page:
            yield page
            page = self.step(lambda _: self._ctx.read(listed)) if len(page) == _LISTED else []


def remove_entry(ctx: MutationContext, file: File) -> None:
    """Remove one file or empty folder, with its binary object."""
    detach(ctx, file)
    ctx.db.delete(file.id)


def close_deletion(ctx: MutationContext, project_id: Id[Project], folder_id: Id[File] | None, root: str) -> bool:
    """Forget the deletion of `root` once nothing is left in the folder, and tell whether nothing is.

    Args:
        ctx: the mutation's context.
        project_id: the project.
        folder_id: the folder that was emptied, or None: the project's root.
        root: the deleted folder or project.
    """
    if ctx.db.count(File.by_project_parent, project_id=project_id, parent_id=folder_id):
        return False
    deletion = ctx.db.lookup(Deletion.by_root, root=root)
    if deletion is not None:
        ctx.db.delete(deletion.id)
    return True


def _remove_entries(ctx: MutationContext, entries: Iterable[_Entry]) -> int:
    removed = 0
    for file in ctx.db.get_all(File, [entry.id for entry in entries]).values():
        if file.type == "folder" and ctx.db.count(
            File.by_project_parent, project_id=file.project_id, parent_id=file.id
        ):
            continue
        remove_entry(ctx, file)
        removed += 1
    return removed


def _remove_rows(ctx: MutationContext, document: type[Document], ids: list[str]) -> int:
    rows = ctx.db.get_all(document, ids)
    for id_ in rows:
        ctx.db.delete(Id(id_))
    return len(rows)


def _operations(entries: list[_Entry]) -> int:
    """Return how many items of a transaction the removal of some entries takes, at most."""
    folders = {entry.parent_id for entry in entries}
    return sum(entry.operations for entry in entries) + len(folders) * _OPERATIONS_OF_FOLDER
