"""The URLs of repositories, as people copy them from their browsers."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from shared.errors import InvalidArgument

GITHUB_HOSTS: Final = frozenset({"github.com", "www.github.com"})
_OWNER: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]|_(?=[A-Za-z0-9])){0,38}")
"""Names of people and organisations; those of managed users have an underscore in them."""

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")


class RepositoryName(NamedTuple):
    """A repository, by the login of its owner and its own name."""

    owner: str
    name: str


def repository_named(owner: str, name: str) -> RepositoryName:
    """Return the name of a repository.

    Raises:
        InvalidArgument: nothing can be called that.
    """
    if not _OWNER.fullmatch(owner):
        raise InvalidArgument("Invalid GitHub owner: use the name of a user or an organisation")
    return RepositoryName(owner, name_of_repository(name))


def name_of_repository(name: str) -> str:
    """Return `name` if a repository may be called that.

    Raises:
        InvalidArgument: it may not.
    """
    if not _NAME.fullmatch(name) or name in (".", "..") or name.lower().endswith(".git"):
        raise InvalidArgument("Invalid repository name: use 1 to 100 letters, digits, dots, hyphens and underscores")
    return name


def repository_at(url: str, api_url: str) -> RepositoryName:
    """Return the repository whose page, or one below it, is at `url`, with or without `https://`.

    Args:
        url: what somebody has typed.
        api_url: where GitHub's REST API is; it decides which pages are GitHub's.

    Raises:
        InvalidArgument: there is no repository there.
    """
    text = url.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        raise _invalid() from None
    # The whole of what names the host is compared: a user or a port in it is no part of such a URL.
    if parts.scheme not in ("https", "http") or parts.netloc.lower() not in hosts_of(api_url):
        raise _invalid()
    owner, _, rest = parts.path.removeprefix("/").partition("/")
    try:
        return repository_named(owner, rest.partition("/")[0].removesuffix(".git"))
    except InvalidArgument:
        raise _invalid() from None


def hosts_of(api_url: str) -> frozenset[str]:
    """Return the hosts of GitHub's pages.

    An Enterprise Server has its API at `/api/v3` of the same host, and `ghe.com` at `api.` before the pages' host;
    any other API is GitHub's own, or stands for it.
    """
    parts = urlsplit(api_url)
    host = parts.netloc.lower()
    if parts.path.rstrip("/") == "/api/v3":
        return frozenset({host})
    pages = host.removeprefix("api.")
    return frozenset({pages}) if pages.endswith(".ghe.com") else GITHUB_HOSTS


def _invalid() -> InvalidArgument:
    return InvalidArgument("Invalid GitHub URL")
