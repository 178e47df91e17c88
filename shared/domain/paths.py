"""Paths: the names on the way from a project's root to a file, joined by "/"."""

from __future__ import annotations

from typing import Final

from shared.domain.names import fault_of
from shared.errors import InvalidArgument

MAX_DEPTH: Final = 64
"""The most names in a path; an entry at the root has one."""

INVALID_PATH: Final = "Invalid file path"


def names_in(path: str) -> list[str]:
    """Return the names in `path`; slashes at its ends and repeated ones mean nothing, and the root has no names.

    Raises:
        InvalidArgument: a segment is no name (such as ".."), or there are more than `MAX_DEPTH`.
    """
    names = [segment for segment in path.split("/") if segment]
    if len(names) > MAX_DEPTH:
        raise InvalidArgument(f"{INVALID_PATH}: it has {len(names)} names, and at most {MAX_DEPTH} are possible")
    for name in names:
        fault = fault_of(name)
        if fault is not None:
            raise InvalidArgument(f"{INVALID_PATH}: a name {fault}")
    return names


def file_names_in(path: str) -> list[str]:
    """Return the names in the path of a file, of which there is at least one; errors as of `names_in`."""
    names = names_in(path)
    if not names:
        raise InvalidArgument(INVALID_PATH)
    return names


def folders_above(path: str, name: str) -> list[str]:
    """Return the names of the folders in `path`, which leads to an entry called `name`; errors as of `names_in`."""
    *folders, last = file_names_in(path)
    if last != name:
        raise InvalidArgument(f"{INVALID_PATH}: it does not end in the name")
    return folders
