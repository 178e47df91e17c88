"""What the look-alike's API answers."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.support.github.objects import FILE, Item, Malformed, Node
from tests.support.github.state import GitHubState, Repo

_EMPTY = "Git Repository is empty."


@dataclass
class Reply:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """A request of somebody who may make it."""

    state: GitHubState
    archives: str
    login: str
    asked: dict[str, str]
    sent: dict[str, Any]


def answer(
    state: GitHubState,
    archives: str,
    method: str,
    path: str,
    asked: dict[str, str],
    sent: dict[str, Any],
    authorization: str | None,
) -> Reply:
    """Answer a request, and do what it asks for."""
    login = state.login(authorization)
    if login is None:
        return Reply(401, {"message": "Bad credentials"})
    call = Call(state, archives, login, asked, sent)
    if (method, path) == ("GET", "/user"):
        return Reply(200, {"login": login})
    made = re.fullmatch(r"/user/repos|/orgs/([^/]+)/repos", path)
    if method == "POST" and made:
        return _create(call, made[1] or login)
    return _of_repository(call, method, path)


def _of_repository(call: Call, method: str, path: str) -> Reply:
    state, login = call.state, call.login
    found = re.fullmatch(r"/repos/([^/]+)/([^/]+)(/.*)?", path)
    repo = state.repos.get((found[1].lower(), found[2].lower())) if found else None
    if found is None or repo is None or (repo.private and repo.owner != login):
        return Reply(404, {"message": "Not Found"})
    for verb, pattern, handle in _ROUTES:
        match = re.fullmatch(pattern, found[3] or "")
        if verb == method and match:
            if method != "GET" and not repo.may_push:
                return Reply(403, {"message": "Resource not accessible by integration"})
            return handle(call, repo, *match.groups())
    return Reply(404, {"message": "Not Found"})


def _create(call: Call, owner: str) -> Reply:
    name = call.sent["name"]
    if (owner.lower(), name.lower()) in call.state.repos:
        errors = [{"resource": "Repository", "message": "name already exists on this account"}]
        return Reply(422, {"message": "Repository creation failed.", "errors": errors})
    repo = call.state.add(owner, name, private=call.sent["private"], description=call.sent["description"])
    repo.created_at = call.state.created_at or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    repo.ref_delay = call.state.ref_delay
    if call.sent.get("auto_init"):
        repo.commit({"README.md": Node(FILE, f"# {name}\n{repo.description}".encode())}, "Initial commit")
    return Reply(201, _described(repo))


def _described(repo: Repo) -> dict[str, Any]:
    return {
        "name": repo.name,
        "full_name": f"{repo.owner}/{repo.name}",
        "owner": {"login": repo.owner},
        "private": repo.private,
        "description": repo.description,
        "default_branch": repo.default_branch,
        "size": repo.size_kb,
        "html_url": f"https://github.example/{repo.owner}/{repo.name}",
        "created_at": repo.created_at,
        "archived": False,
        "permissions": {"push": repo.may_push, "pull": True},
    }


def _ref(_call: Call, repo: Repo, branch: str) -> Reply:
    if repo.ref_delay or not repo.refs:
        repo.ref_delay = max(repo.ref_delay - 1, 0)
        return Reply(409, {"message": _EMPTY})
    if branch not in repo.refs:
        return Reply(404, {"message": "Not Found"})
    return Reply(200, {"ref": f"refs/heads/{branch}", "object": {"type": "commit", "sha": repo.refs[branch]}})


def _commit(_call: Call, repo: Repo, sha: str) -> Reply:
    commit = repo.objects.commits.get(sha)
    if commit is None:
        return Reply(404, {"message": "Not Found"})
    parents = [{"sha": parent} for parent in commit.parents]
    return Reply(200, {"sha": sha, "tree": {"sha": commit.tree}, "parents": parents, "message": commit.message})


def _tree(call: Call, repo: Repo, sha: str) -> Reply:
    if not repo.objects.trees.get(sha):
        return Reply(404, {"message": "Not Found"})
    entries = list(_listed(repo, sha, "recursive" in call.asked))
    limit = call.state.truncated_above
    is_cut = limit is not None and "recursive" in call.asked and len(entries) > limit
    return Reply(200, {"sha": sha, "tree": entries[:limit] if is_cut else entries, "truncated": is_cut})


def _listed(repo: Repo, sha: str, is_recursive: bool, above: str = "") -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for name, item in repo.objects.trees[sha].items():
        entry = {"path": above + name, "mode": item.mode, "type": item.type, "sha": item.sha}
        if item.type == "blob":
            entry["size"] = len(repo.objects.blobs[item.sha])  # type: ignore[assignment]  # an entry's only number
        entries.append(entry)
        if item.type == "tree" and is_recursive:
            entries += _listed(repo, item.sha, True, f"{above}{name}/")
    return entries


def _blob(_call: Call, repo: Repo, sha: str) -> Reply:
    content = repo.objects.blobs.get(sha)
    if content is None:
        return Reply(404, {"message": "Not Found"})
    text = b64encode(content).decode()
    wrapped = "\n".join(text[start : start + 60] for start in range(0, len(text), 60))
    return Reply(200, {"sha": sha, "size": len(content), "content": wrapped, "encoding": "base64"})


def _archive(call: Call, repo: Repo, commit: str) -> Reply:
    return Reply(
        302, {}, {"Location": f"{call.archives}/{repo.owner.lower()}/{repo.name.lower()}/{commit}?token=once"}
    )


def _add_blob(call: Call, repo: Repo) -> Reply:
    if not repo.refs:
        return Reply(409, {"message": _EMPTY})
    text = call.sent["content"]
    content = b64decode(text, validate=True) if call.sent["encoding"] == "base64" else text.encode()
    return Reply(201, {"sha": repo.objects.add_blob(content)})


def _add_tree(call: Call, repo: Repo) -> Reply:
    if not repo.refs:
        return Reply(409, {"message": _EMPTY})
    base = call.sent.get("base_tree")
    items = repo.objects.leaves(base) if base else {}
    for entry in call.sent["tree"]:
        if not entry.get("sha") and not entry.get("content"):
            return Reply(422, {"message": "Must supply either tree.sha or tree.content"})
        sha = entry.get("sha") or repo.objects.add_blob(entry["content"].encode())
        if sha not in repo.objects.blobs:
            return Reply(422, {"message": f"tree.sha {sha} is not a valid blob"})
        path = entry["path"]
        items = {
            p: item for p, item in items.items() if not p.startswith(f"{path}/") and not path.startswith(f"{p}/")
        }
        items[path] = Item(entry["mode"], sha)
    try:
        return Reply(201, {"sha": repo.objects.add_tree(items)})
    except Malformed as error:
        return Reply(422, {"message": str(error)})


def _add_commit(call: Call, repo: Repo) -> Reply:
    parents = call.sent["parents"]
    if call.sent["tree"] not in repo.objects.trees or any(p not in repo.objects.commits for p in parents):
        return Reply(422, {"message": "Tree SHA does not exist"})
    return Reply(201, {"sha": repo.objects.add_commit(call.sent["tree"], tuple(parents), call.sent["message"])})


def _move(call: Call, repo: Repo, branch: str) -> Reply:
    if branch not in repo.refs:
        return Reply(422, {"message": "Reference does not exist"})
    to = call.sent["sha"]
    if not call.sent.get("force") and not repo.objects.descends(to, repo.refs[branch]):
        return Reply(422, {"message": "Update is not a fast forward"})
    repo.refs[branch] = to
    return Reply(200, {"ref": f"refs/heads/{branch}", "object": {"sha": to}})


def _contents(call: Call, repo: Repo, path: str) -> Reply:
    if repo.refs:
        return Reply(422, {"message": 'Invalid request.\n\n"sha" wasn\'t supplied.'})
    repo.commit({path: Node(FILE, b64decode(call.sent["content"]))}, call.sent["message"])
    return Reply(201, {"commit": {"sha": repo.refs[repo.default_branch]}})


_ROUTES: list[tuple[str, str, Callable[..., Reply]]] = [
    ("GET", "", lambda _call, repo: Reply(200, _described(repo))),
    ("GET", r"/git/ref/heads/(.+)", _ref),
    ("GET", r"/git/commits/([^/]+)", _commit),
    ("GET", r"/git/trees/([^/]+)", _tree),
    ("GET", r"/git/blobs/([^/]+)", _blob),
    ("GET", r"/tarball/([^/]+)", _archive),
    ("POST", r"/git/blobs", _add_blob),
    ("POST", r"/git/trees", _add_tree),
    ("POST", r"/git/commits", _add_commit),
    ("PATCH", r"/git/refs/heads/(.+)", _move),
    ("PUT", r"/contents/(.+)", _contents),
]
