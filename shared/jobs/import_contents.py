"""The contents of an import on their way from the archive to the steps that write them.

An object for each part lists its files, with the text of those that are text; what is binary is an object of its own,
by its hash. What did not come with the archive has neither, and is fetched when the part is written.
"""

from __future__ import annotations

from typing import Any, Final

from shared.github.archive import blob_sha
from shared.jobs.import_plan import PlannedFile
from shared.jobs.scratch import Scratch
from shared.jobs.text_or_binary import text_of

MAX_HELD_BYTES: Final = 48 * 1024 * 1024
"""Above that, parts are written out although some of their files have not come yet."""

ListedFile = dict[str, Any]
"""A file of a part: `path`, `sha`, `size`, and `text` if it is, or `isStored`."""


class Parts:
    """Takes in contents in any order.

    Args:
        scratch: where they go.
        parts: the files of each part.
    """

    def __init__(self, scratch: Scratch, parts: list[list[PlannedFile]]) -> None:
        self._scratch = scratch
        self._open: dict[int, dict[str, ListedFile]] = {
            number: {file.path: {"path": file.path, "sha": file.sha, "size": file.size_bytes} for file in part}
            for number, part in enumerate(parts)
        }
        self._part_of = {file.path: number for number, part in enumerate(parts) for file in part}
        self._missing = {number: len(part) for number, part in enumerate(parts)}
        self._held = dict.fromkeys(self._open, 0)

    @property
    def sizes(self) -> dict[str, int]:
        """The length in bytes of each file that is still wanted, by its path."""
        return {path: file["size"] for part in self._open.values() for path, file in part.items()}

    def take(self, path: str, content: bytes) -> None:
        """Take in the content of a file, unless it is not what the commit holds."""
        number = self._part_of[path]
        file = self._open.get(number, {}).get(path)
        if file is None or "text" in file or "isStored" in file or blob_sha(content) != file["sha"]:
            return
        text = text_of(content)
        if text is not None:
            file["text"] = text
            self._held[number] += len(content)
        else:
            self._scratch.put_bytes(object_name(file["sha"]), content)
            file["isStored"] = True
        self._missing[number] -= 1
        if not self._missing[number]:
            self._write(number)
        elif sum(self._held.values()) > MAX_HELD_BYTES:
            self._write(max(self._held, key=lambda other: self._held[other]))

    def close(self) -> None:
        """Write out what has not been."""
        for number in [*self._open]:
            self._write(number)

    def _write(self, number: int) -> None:
        self._scratch.put(part_name(number), [*self._open.pop(number).values()])
        del self._held[number]


def part_name(number: int) -> str:
    """Return the name of the object of a part."""
    return f"parts/{number}"


def object_name(sha: str) -> str:
    """Return the name of the object of a content."""
    return f"blobs/{sha}"
