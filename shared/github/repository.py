"""One repository: its branches, and the objects in it."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from shared.github.client import GitHub
from shared.github.refusals import quoted
from shared.service_errors import GitHubNotFound, GitHubRefused

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")
_NO_REF: Final = (404, 409)
"""There is no such branch; 409: there is no commit at all."""


class Description(NamedTuple):
    """What GitHub tells of a repository.

    Attributes:
        owner: the login of its owner.
        name: its name.
        branch: the name of its default branch.
        size_kb: how much it takes, with its history.
        url: its page.
        created_at_ms: when it was made, in whole seconds.
        may_push: whether the token may write to it.
    """

    owner: str
    name: str
    branch: str
    size_kb: int
    url: str
    created_at_ms: float
    may_push: bool


class Commit(NamedTuple):
    """A commit and the tree it holds, by their hashes."""

    sha: str
    tree: str
    parents: int


class Repository:
    """A repository.

    Args:
        github: GitHub.
        owner: the login of its owner.
        name: its name.

    Raises:
        GitHubNotFound: nothing can be called that.
    """

    def __init__(self, github: GitHub, owner: str, name: str) -> None:
        for part in (owner, name):
            if not _NAME.fullmatch(part) or part in (".", ".."):
                raise GitHubNotFound(f"{owner}/{name} is no name of a repository on GitHub.")
        self.github = github
        self.about = f"the repository {owner}/{name}"
        self.path = f"/repos/{owner}/{name}"

    def description(self) -> Description:
        """Return what GitHub tells of it."""
        return described(self.github.get(self.path, self.about))

    def description_if_there(self) -> Description | None:
        """Return what GitHub tells of it, or None: it is not there, or hidden from this token."""
        answer = self.github.ask("GET", self.path)
        return None if answer.status == 404 else described(answer.required(self.about))

    def head(self, branch: str) -> Commit | None:
        """Return the last commit of a branch, or None: it has none yet."""
        answer = self.github.ask("GET", f"{self.path}/git/ref/heads/{quote(branch)}")
        if answer.status in _NO_REF:
            return None
        return self.commit(answer.required(self.about)["object"]["sha"])

    def commit(self, sha: str) -> Commit:
        """Return a commit."""
        found = self.github.get(f"{self.path}/git/commits/{quote(sha)}", self.about)
        return Commit(found["sha"], found["tree"]["sha"], len(found["parents"]))

    def blob(self, sha: str) -> bytes:
        """Return the content of a blob."""
        found = self.github.get(f"{self.path}/git/blobs/{quote(sha)}", self.about)
        return b64decode(found["content"])

    def add_blob(self, content: bytes) -> str:
        """Add a blob and return its hash."""
        text = b64encode(content).decode()
        sha: str = self.github.post(f"{self.path}/git/blobs", self.about, content=text, encoding="base64")["sha"]
        return sha

    def add_tree(self, entries: Iterable[dict[str, Any]], base: str | None) -> str:
        """Add a tree with these entries, on top of another tree, and return its hash."""
        fields: dict[str, Any] = {"tree": list(entries)} | ({"base_tree": base} if base else {})
        sha: str = self.github.post(f"{self.path}/git/trees", self.about, **fields)["sha"]
        return sha

    def add_commit(self, message: str, tree: str, parent: str) -> str:
        """Add a commit and return its hash."""
        sha: str = self.github.post(
            f"{self.path}/git/commits", self.about, message=message, tree=tree, parents=[parent]
        )["sha"]
        return sha

    def move_branch(self, branch: str, sha: str) -> bool:
        """Let a branch end in a commit, and tell whether that only adds to it; if not, nothing is changed."""
        answer = self.github.ask("PATCH", f"{self.path}/git/refs/heads/{quote(branch)}", {"sha": sha, "force": False})
        if answer.status == 422 and "fast forward" in quoted(answer.body).replace("-", " ").lower():
            return False
        answer.required(self.about)
        return True

    def begin(self, branch: str) -> None:
        """Make a first commit in a repository without any, which is needed before objects can be added."""
        text = b64encode(b"This file is replaced by the export that follows.\n").decode()
        answer = self.github.ask(
            "PUT",
            f"{self.path}/contents/README.md",
            {"message": "Initial commit", "content": text, "branch": branch},
        )
        if answer.status not in (409, 422):  # somebody else was faster
            answer.required(self.about)


def create_repository(
    github: GitHub, owner: str, login: str, *, name: str, description: str | None, private: bool
) -> Description | None:
    """Make a repository with a first commit, or return None: there is one of that name.

    Args:
        github: GitHub.
        owner: the login of whom it is for: of the token's holder, or of an organisation.
        login: of the token's holder.
        name: its name.
        description: what its page says.
        private: whether only its owner can see it.
    """
    path = "/user/repos" if owner.lower() == login.lower() else f"/orgs/{quote(owner, safe='')}/repos"
    fields = {"name": name, "description": description or "", "private": private, "auto_init": True}
    answer = github.ask("POST", path, fields)
    if answer.status == 422 and "already exists" in quoted(answer.body).lower():
        return None
    return described(answer.required(f"a new repository {owner}/{name}"))


def login_of(github: GitHub) -> str:
    """Return the login of the token's holder."""
    login: str = github.get("/user", "the connected account")["login"]
    return login


def described(found: dict[str, Any]) -> Description:
    """Return GitHub's description of a repository.

    Raises:
        GitHubRefused: it is none.
    """
    try:
        return Description(
            owner=found["owner"]["login"],
            name=found["name"],
            branch=found["default_branch"],
            size_kb=int(found.get("size") or 0),
            url=found["html_url"],
            created_at_ms=datetime.fromisoformat(found["created_at"]).timestamp() * 1000,
            may_push=bool((found.get("permissions") or {}).get("push", True)) and not found.get("archived", False),
        )
    except (KeyError, TypeError, ValueError):
        raise GitHubRefused("GitHub's description of the repository cannot be understood.") from None
