"""Whether the documents of an archive fit together: ids, references, unique keys, and the tree of files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final, NamedTuple

from shared.archive.parsing import Parsed, Referred
from shared.db.ranges import unique_ranges
from shared.schema.document import Document
from shared.schema.tables import File, StoredFile

_HINT: Final = " (`npx convex export` has stored files only with --include-file-storage)"


class _Pending(NamedTuple):
    """A reference to a document that has not been met yet."""

    place: str
    referred: Referred
    project: str | None
    is_parent: bool


class Agreement:
    """What has been met of an archive.

    Attributes:
        attachments: how many files refer to each stored object.
    """

    def __init__(self) -> None:
        self.attachments: Counter[str] = Counter()
        self._ids: defaultdict[type[Document], set[str]] = defaultdict(set)
        self._projects: dict[str, str] = {}
        self._folders: dict[str, tuple[str | None, str]] = {}
        self._holders: dict[bytes, str] = {}
        self._pending: list[_Pending] = []

    def add(self, document: type[Document], parsed: Parsed, place: str) -> Iterator[str]:
        """Take in a document, and yield what is wrong with it among those before it."""
        if parsed.id in self._ids[document]:
            yield f"{place}: `_id` is that of an earlier line"
        if parsed.id is not None:
            self._ids[document].add(parsed.id)
        if parsed.document is not None:
            yield from self._references(parsed.document, parsed.references, place)
            yield from self._keys(parsed.document, place)

    def _references(self, found: Document, references: list[Referred], place: str) -> Iterator[str]:
        project: str | None = getattr(found, "project_id", None)
        if project is not None:
            self._projects[found.id] = project
        if isinstance(found, File):
            if found.type == "folder":
                self._folders[found.id] = found.parent_id, place
            if found.storage_id is not None:
                self.attachments[found.storage_id] += 1
        for referred in references:
            pending = _Pending(place, referred, project, isinstance(found, File) and referred.target is File)
            if referred.id in self._ids[referred.target]:
                yield from self._faults(pending)
            else:
                self._pending.append(pending)

    def _keys(self, found: Document, place: str) -> Iterator[str]:
        for range_ in unique_ranges(found).values():
            key = blake2b(range_.name.encode(), digest_size=16).digest()
            other = self._holders.setdefault(key, place)
            if other != place:
                yield f"{place}: {range_.name} is a unique key, and {other} has it already"

    def ids(self, document: type[Document]) -> set[str]:
        """Return the ids of a table that have been met."""
        return self._ids[document]

    def remaining(self) -> Iterator[str]:
        """Yield what is wrong once all documents have been met."""
        for pending in self._pending:
            if pending.referred.id in self._ids[pending.referred.target]:
                yield from self._faults(pending)
            else:
                name, target, _, told = pending.referred
                hint = _HINT if target is StoredFile else ""
                yield f"{pending.place}: `{name}`: there is no document {told} in {target.table_name()}{hint}"
        yield from (f"{place}: the folder is inside itself" for place in self._circular())

    def _faults(self, pending: _Pending) -> Iterator[str]:
        name, _, id, told = pending.referred
        if pending.is_parent and id not in self._folders:
            yield f"{pending.place}: `{name}`: {told} is not a folder"
        other = self._projects.get(id)
        if other is not None and pending.project is not None and other != pending.project:
            yield f"{pending.place}: `{name}`: {told} belongs to another project"

    def _circular(self) -> Iterator[str]:
        """Yield the place of a folder of each circle."""
        settled: set[str] = set()
        for start in self._folders:
            path: dict[str, None] = {}
            above: str | None = start
            while above in self._folders and above not in settled and above not in path:
                path[above] = None
                above = self._folders[above][0]
            if above in path:
                yield self._folders[above][1]
            settled.update(path)
