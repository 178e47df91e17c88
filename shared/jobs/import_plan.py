"""What is imported of a repository, what is left out, and in which portions.

The portions follow from the tree alone, so they are the same however often an import is planned. No two of them hold
files of one folder, so that none waits for another when they are written at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from shared.domain.paths import MAX_DEPTH, file_names_in
from shared.errors import InvalidArgument
from shared.github.tree import SYMLINK_MODE, TreeEntry
from shared.service_errors import RepositoryTooLarge

MAX_FILES: Final = 5_000
MAX_ENTRIES: Final = 4 * MAX_FILES
MAX_FILE_BYTES: Final = 10 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 500 * 1024 * 1024

_FILES_OF_PART: Final = 25
_BYTES_OF_PART: Final = 4 * 1024 * 1024


class PlannedFile(NamedTuple):
    """A file to import."""

    path: str
    sha: str
    size_bytes: int


class Plan(NamedTuple):
    """What is imported of a repository.

    Attributes:
        folders: their paths, each after those above it.
        files: the files, in the order of the tree.
        notes: what is left out or changed, as (path, why).
    """

    folders: list[str]
    files: list[PlannedFile]
    notes: list[tuple[str, str]]


def plan_of(entries: Iterable[TreeEntry]) -> Plan:
    """Decide what is imported of a tree.

    Raises:
        RepositoryTooLarge: it is more than can be.
    """
    plan = Plan([], [], [])
    seen: set[str] = set()
    for entry in entries:
        fault = "it is listed twice" if entry.path in seen else _fault(entry)
        seen.add(entry.path)
        if fault is not None:
            plan.notes.append((entry.path, fault))
        elif entry.type == "tree":
            plan.folders.append(entry.path)
        else:
            plan.files.append(PlannedFile(entry.path, entry.sha, entry.size_bytes))
            if entry.mode == SYMLINK_MODE:
                plan.notes.append((entry.path, "a symbolic link, imported as a text file that names its target"))
    if len(plan.files) > MAX_FILES:
        raise RepositoryTooLarge(f"The repository has {len(plan.files)} files; at most {MAX_FILES} can be imported.")
    total_bytes = sum(file.size_bytes for file in plan.files)
    if total_bytes > MAX_TOTAL_BYTES:
        raise RepositoryTooLarge(
            f"The files of the repository have {megabytes(total_bytes)};"
            f" at most {megabytes(MAX_TOTAL_BYTES)} can be imported."
        )
    return plan


def chunks_of(files: Iterable[PlannedFile]) -> list[list[list[PlannedFile]]]:
    """Return the files in portions that can be written beside each other, each in parts written one after another."""
    by_folder: dict[str, list[PlannedFile]] = {}
    for file in files:
        by_folder.setdefault(file.path.rpartition("/")[0], []).append(file)
    chunks: list[list[list[PlannedFile]]] = []
    for here in by_folder.values():
        parts = [*_parts(here)]
        is_small = len(parts) == 1 and bool(chunks) and len(chunks[-1]) == 1
        if is_small and _fits(chunks[-1][0], parts[0]):
            chunks[-1][0] += parts[0]
        else:
            chunks.append(parts)
    return chunks


def megabytes(size_bytes: float) -> str:
    """Write a size for people."""
    return f"{size_bytes / 2**20:.0f} MB"


def _parts(files: Iterable[PlannedFile]) -> Iterator[list[PlannedFile]]:
    part: list[PlannedFile] = []
    for file in files:
        if part and not _fits(part, [file]):
            yield part
            part = []
        part.append(file)
    yield part


def _fits(part: list[PlannedFile], more: list[PlannedFile]) -> bool:
    files = [*part, *more]
    return len(files) <= _FILES_OF_PART and sum(file.size_bytes for file in files) <= _BYTES_OF_PART


def _fault(entry: TreeEntry) -> str | None:
    """Return why an entry is not imported, or None."""
    try:
        names = file_names_in(entry.path)
    except InvalidArgument as error:
        return error.message
    if "/".join(names) != entry.path:
        return "its path is not that of a file"
    if any(name.lower() == ".git" for name in names):
        return "it belongs to git itself"
    if entry.type == "tree":
        return "it is nested too deeply" if len(names) == MAX_DEPTH else None
    return _fault_of_file(entry)


def _fault_of_file(entry: TreeEntry) -> str | None:
    if entry.type == "commit":
        return "a submodule, which is a repository of its own"
    if entry.type != "blob":
        return "it is neither a file nor a folder"
    if entry.size_bytes > MAX_FILE_BYTES:
        return f"it has {megabytes(entry.size_bytes)}, and at most {megabytes(MAX_FILE_BYTES)} are possible"
    return None
