"""What the look-alike knows, and what it is told to do wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.support.github.objects import GitObjects, Node

CREATED_AT = "2020-01-01T00:00:00Z"


@dataclass
class Repo:
    """A repository.

    Attributes:
        ref_delay: how many requests for a branch are answered as if it were empty yet.
        left_out: paths that its archives lack (`export-ignore`).
        changed: contents that its archives have instead (`export-subst`, or a lie).
        archive: what its archives are instead.
        archive_cut: after how many bytes its archives break off.
    """

    owner: str
    name: str
    private: bool = False
    description: str = ""
    created_at: str = CREATED_AT
    default_branch: str = "main"
    size_kb: int = 10
    may_push: bool = True
    ref_delay: int = 0
    objects: GitObjects = field(default_factory=GitObjects)
    refs: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    changed: dict[str, bytes] = field(default_factory=dict)
    archive: bytes | None = None
    archive_cut: int | None = None

    def commit(self, files: dict[str, Node], message: str = "A commit") -> str:
        """Put a commit that holds these files on the default branch."""
        return self.commit_tree(self.objects.add_files(files), message)

    def commit_tree(self, tree: str, message: str = "A commit") -> str:
        """Put a commit of a tree on the default branch."""
        head = self.refs.get(self.default_branch)
        self.refs[self.default_branch] = self.objects.add_commit(tree, (head,) if head else (), message)
        return self.refs[self.default_branch]

    @property
    def files(self) -> dict[str, Node]:
        """What the default branch holds, by the paths."""
        return self.objects.files(self.refs[self.default_branch])


@dataclass
class Failure:
    """What happens to a request instead of its answer.

    Attributes:
        route: a pattern that `METHOD /path` matches.
        status: what is answered; 0: the connection is closed; None: the right answer, late.
        after: how many such requests are answered first.
        times: how often.
        applies: whether the request has its effect all the same.
    """

    route: str
    status: int | None = 500
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "Something went wrong"
    after: int = 0
    times: int = 1
    delay_s: float = 0.0
    applies: bool = False


class Request(NamedTuple):
    """A request that was made; `authorization` is its header, or None."""

    method: str
    path: str
    authorization: str | None


@dataclass
class GitHubState:
    """A GitHub.

    Attributes:
        tokens: the logins of those who hold the tokens; `*` is any other token's.
        repos: by owner and name.
        truncated_above: how many entries of a tree are listed.
        created_at: when repositories are created by requests; None: now.
        requests: all that were made, to the API and to the host of archives.
    """

    tokens: dict[str, str] = field(default_factory=dict)
    repos: dict[tuple[str, str], Repo] = field(default_factory=dict)
    truncated_above: int | None = None
    created_at: str | None = None
    ref_delay: int = 0
    failures: list[Failure] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def add(self, owner: str, name: str, files: dict[str, Node] | None = None, **fields: object) -> Repo:
        """Add a repository, with a commit if there are `files`."""
        repo = Repo(owner, name, **fields)  # type: ignore[arg-type]  # the fields of a repository
        if files is not None:
            repo.commit(files)
        self.repos[owner.lower(), name.lower()] = repo
        return repo

    def fail(self, route: str, status: int | None = 500, **more: object) -> None:
        """Let requests fail; see `Failure`."""
        self.failures.append(Failure(route, status, **more))  # type: ignore[arg-type]  # the fields of a failure

    def login(self, authorization: str | None) -> str | None:
        token = (authorization or "").removeprefix("Bearer ")
        return self.tokens.get(token, self.tokens.get("*") if token else None)

    def failure(self, method: str, path: str) -> Failure | None:
        """Return what is to happen to this request, which is counted, or None."""
        for failure in self.failures:
            if failure.times and re.fullmatch(failure.route, f"{method} {path}"):
                if failure.after:
                    failure.after -= 1
                    continue
                failure.times -= 1
                return failure
        return None

    def asked(self, route: str) -> Iterator[Request]:
        """Yield the requests that were made of a route."""
        return (r for r in self.requests if re.fullmatch(route, f"{r.method} {r.path}"))
