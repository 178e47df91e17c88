"""A repository's files in one request: the archive that GitHub makes of a commit, read as it arrives.

An archive need not hold what the commit holds: files can be left out (`export-ignore`) or changed (`export-subst`),
and it may break off. So whoever reads it compares each content with the hash that the commit names.
"""

from __future__ import annotations

import hashlib
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import quote

import urllib3

from shared.github.repository import Repository

MAX_UNPACKED_BYTES: Final = 2 * 1024**3
"""Beyond that nothing is read; an archive that is small may become very large."""

_RESERVED_S: Final = 15.0
"""What is left of the caller's time when reading stops."""


class _TimeIsUp(Exception):
    """The rest has to be fetched by other means."""


class _Timed:
    """A response that is read only while there is time."""

    def __init__(self, repository: Repository, response: urllib3.BaseHTTPResponse) -> None:
        self._github = repository.github
        self._response = response

    def read(self, size_bytes: int) -> bytes:
        if self._github.time_left_s < _RESERVED_S:
            raise _TimeIsUp
        return self._response.read(size_bytes, decode_content=False)


def files_in_archive(repository: Repository, commit: str, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of files in the archive of a commit, in its order, as far as it can be read.

    Args:
        repository: whose.
        commit: the commit's hash.
        sizes: the length in bytes of each file that is wanted, by path; others are passed over.

    Raises:
        ServiceError: there is no archive.
    """
    path = f"{repository.path}/tarball/{quote(commit)}"
    with repository.github.stream(path, repository.about) as response:
        try:
            with tarfile.open(fileobj=cast("Any", _Timed(repository, response)), mode="r|gz") as archive:
                yield from _members(archive, sizes)
        except (_TimeIsUp, tarfile.TarError, zlib.error, EOFError, OSError, urllib3.exceptions.HTTPError):
            return


def _members(archive: tarfile.TarFile, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        if member.offset + member.size > MAX_UNPACKED_BYTES:
            return
        path = member.name.partition("/")[2]  # below a folder that is named after the commit
        wanted = sizes.get(path)
        if wanted is None:
            continue
        if member.issym():
            yield path, member.linkname.encode(errors="surrogateescape")
        elif member.isreg() and member.size == wanted:
            found = archive.extractfile(member)
            if found is not None:
                yield path, found.read()


def blob_sha(content: bytes) -> str:
    """Return git's hash of a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
