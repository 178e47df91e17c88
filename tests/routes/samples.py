"""A valid request to every route that needs somebody signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.functions.rows import Rows

GITHUB: Final = {"x_github_token": "gho_the_token_of_ada"}
REPOSITORY: Final = "https://github.com/octocat/hello"


def _project(rows: Rows) -> dict[str, Any]:
    return {"projectId": rows.project}


SAMPLES: Final[dict[str, Callable[[Rows], dict[str, Any]]]] = {
    "POST /api/messages": lambda rows: {"conversationId": rows.conversation, "message": "Hello there"},
    "DELETE /api/messages": lambda rows: {"messageId": rows.message},
    "POST /api/messages/cancel": _project,
    "POST /api/projects/create": lambda _: {"name": "Apollo of ada"},
    "POST /api/projects/create-with-prompt": lambda _: {"prompt": "Draw an otter"},
    "POST /api/projects/generate": lambda _: {"description": "A page about otters"},
    "DELETE /api/projects/delete": _project,
    "POST /api/projects/check-limit": lambda _: {},
    "PUT /api/projects/check-limit": lambda _: {},
    "POST /api/github/import": lambda _: {"url": REPOSITORY},
    "POST /api/github/export": lambda rows: {**_project(rows), "repoName": "hello"},
    "POST /api/github/export/cancel": _project,
    "POST /api/github/export/reset": _project,
    "GET /api/github/status": lambda _: {},
    "POST /api/autumn/sync": lambda _: {},
}
OF_ROWS: Final = sorted(
    key
    for key, sample in SAMPLES.items()
    if {"projectId", "conversationId", "messageId"} & {*sample(Rows(*["-"] * len(Rows.__dataclass_fields__)))}
)
"""The routes that work on something that is somebody's."""
