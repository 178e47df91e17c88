"""Git's objects in memory, by git's own hashes."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

FILE, EXECUTABLE, LINK, FOLDER, SUBMODULE = "100644", "100755", "120000", "040000", "160000"


class Node(NamedTuple):
    """What a path of a tree leads to: a file or link with its content, or a submodule with a commit's hash."""

    mode: str
    content: bytes


class Item(NamedTuple):
    """An entry of one tree object."""

    mode: str
    sha: str

    @property
    def type(self) -> str:
        return {FOLDER: "tree", SUBMODULE: "commit"}.get(self.mode, "blob")


class CommitObject(NamedTuple):
    tree: str
    parents: tuple[str, ...]
    message: str


class Malformed(Exception):
    """There cannot be such a tree."""


class GitObjects:
    """The objects of a repository."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, Item]] = {}
        self.commits: dict[str, CommitObject] = {}

    def add_blob(self, content: bytes) -> str:
        sha = git_sha("blob", content)
        self.blobs[sha] = content
        return sha

    def add_files(self, files: dict[str, Node]) -> str:
        """Add the tree that holds these files, by their paths, and return its hash."""
        items = {
            path: Item(node.mode, node.content.decode() if node.mode == SUBMODULE else self.add_blob(node.content))
            for path, node in files.items()
        }
        return self.add_tree(items)

    def add_tree(self, items: dict[str, Item]) -> str:
        """Add the tree that holds these items, by their paths, and return its hash."""
        here: dict[str, Item] = {}
        below: dict[str, dict[str, Item]] = {}
        for path, item in items.items():
            name, slash, rest = path.partition("/")
            if name in ("", ".", "..") or name.lower() == ".git" or (slash and not rest):
                raise Malformed("tree.path contains a malformed path component")
            if slash:
                below.setdefault(name, {})[rest] = item
            else:
                here[name] = item
        if here.keys() & below.keys():
            raise Malformed("tree.path is both a file and a folder")
        here |= {name: Item(FOLDER, self.add_tree(inside)) for name, inside in below.items()}
        return self.store_tree(here)

    def store_tree(self, items: dict[str, Item]) -> str:
        """Store one tree object as it is, whatever the names in it."""
        ordered = sorted(items.items(), key=lambda e: (e[0] + ("/" if e[1].type == "tree" else "")).encode())
        raw = b"".join(
            f"{item.mode.lstrip('0')} {name}".encode() + b"\0" + bytes.fromhex(item.sha) for name, item in ordered
        )
        sha = git_sha("tree", raw)
        self.trees[sha] = dict(ordered)
        return sha

    def add_commit(self, tree: str, parents: tuple[str, ...], message: str) -> str:
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents), "", message]
        sha = git_sha("commit", "\n".join(lines).encode())
        self.commits[sha] = CommitObject(tree, parents, message)
        return sha

    def leaves(self, tree: str, above: str = "") -> dict[str, Item]:
        """Return the items of a tree and of those below it that are no trees, by their paths, in git's order."""
        found: dict[str, Item] = {}
        for name, item in self.trees[tree].items():
            if item.type == "tree":
                found |= self.leaves(item.sha, f"{above}{name}/")
            else:
                found[above + name] = item
        return found

    def files(self, commit: str) -> dict[str, Node]:
        """Return what a commit holds, by the paths."""
        return {
            path: Node(item.mode, item.sha.encode() if item.mode == SUBMODULE else self.blobs[item.sha])
            for path, item in self.leaves(self.commits[commit].tree).items()
        }

    def descends(self, commit: str, ancestor: str) -> bool:
        """Tell whether `ancestor` is in the history of `commit`."""
        return commit == ancestor or any(self.descends(p, ancestor) for p in self.commits[commit].parents)


def git_sha(type_: str, body: bytes) -> str:
    return hashlib.sha1(f"{type_} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()
