"""All that a commit holds, however much: where GitHub cuts a listing short, its folders are listed one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from shared.github.repository import Repository
from shared.service_errors import GitHubRefused, RepositoryTooLarge

SYMLINK_MODE: Final = "120000"
_EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""Git knows it without keeping it, and GitHub does not find it."""

_DEEPEST: Final = 200
_SHA: Final = re.compile(r"[0-9a-f]{40}")


class TreeEntry(NamedTuple):
    """Something in a repository.

    Attributes:
        path: the names on the way to it, joined by "/"; whatever the repository says.
        mode: git's, such as `100644`.
        type: `blob`, `tree` or `commit`, which is a submodule.
        sha: git's hash of it.
        size_bytes: of a blob.
    """

    path: str
    mode: str
    type: str
    sha: str
    size_bytes: int


def entries_of(repository: Repository, sha: str, limit: int) -> list[TreeEntry]:
    """Return what is in a tree, folders before what is in them.

    Args:
        repository: where it is.
        sha: the tree's.
        limit: the most entries.

    Raises:
        RepositoryTooLarge: there are more, or they are nested too deeply.
    """
    entries: list[TreeEntry] = []
    if sha == _EMPTY_TREE:
        return entries
    for entry in _walk(repository, sha, "", 0):
        entries.append(entry)
        if len(entries) > limit:
            raise RepositoryTooLarge(f"{_named(repository)} holds more than {limit} files and folders.")
    return entries


def _walk(repository: Repository, sha: str, above: str, depth: int) -> Iterator[TreeEntry]:
    if depth > _DEEPEST:
        raise RepositoryTooLarge(f"{_named(repository)} has folders nested more than {_DEEPEST} levels deep.")
    whole = _listed(repository, sha, "?recursive=1")
    if not whole.get("truncated"):
        yield from (_entry(item, above) for item in whole["tree"])
        return
    here = _listed(repository, sha, "")
    if here.get("truncated"):
        raise RepositoryTooLarge(f"{_named(repository)} has a folder that is too large to be listed.")
    for item in here["tree"]:
        entry = _entry(item, above)
        yield entry
        if entry.type == "tree":
            yield from _walk(repository, entry.sha, f"{entry.path}/", depth + 1)


def _listed(repository: Repository, sha: str, query: str) -> dict[str, Any]:
    found: dict[str, Any] = repository.github.get(
        f"{repository.path}/git/trees/{quote(sha)}{query}", repository.about
    )
    return found


def _entry(item: dict[str, Any], above: str) -> TreeEntry:
    try:
        entry = TreeEntry(above + item["path"], item["mode"], item["type"], item["sha"], int(item.get("size") or 0))
    except (KeyError, TypeError, ValueError):
        raise GitHubRefused("GitHub's listing of the repository cannot be understood.") from None
    if not _SHA.fullmatch(entry.sha):  # it becomes part of addresses
        raise GitHubRefused("GitHub's listing of the repository names an object that cannot be.")
    return entry


def _named(repository: Repository) -> str:
    return repository.about[0].upper() + repository.about[1:]
