"""GitHub as far as imports and exports can tell: a look-alike of its REST API, on loopback."""

from __future__ import annotations

from tests.support.github.objects import GitObjects, Node
from tests.support.github.sample import sample
from tests.support.github.server import serving
from tests.support.github.state import Failure, GitHubState, Repo

__all__ = ["Failure", "GitHubState", "GitObjects", "Node", "Repo", "sample", "serving"]
