"""The operations of the routes that frontends call on their own servers: jobs, GitHub and billing."""

from __future__ import annotations

from typing import Any, Final

from shared.codegen.example import example_of
from shared.codegen.operations import body
from shared.codegen.refusals import Json
from shared.schema.document import DOCUMENTS

_TEXT: Final[Json] = {"type": "string"}
_FLAG: Final[Json] = {"type": "boolean"}
_NUMBER: Final[Json] = {"type": "number"}
_SUCCESS: Final[Json] = {"const": True}
_JOB: Final = "5f0c1b7a9d3e4c2f8a6b0d1e2f3a4b5c"
_MOMENT: Final = "2026-01-01T00:00:00.000Z"
_REPOSITORY: Final = "https://github.com/octocat/hello-world"
_KEY: Final = {"$ref": "#/components/parameters/IdempotencyKey"}
_GITHUB_TOKEN: Final[Json] = {
    "name": "X-GitHub-Token",
    "in": "header",
    "description": "The user's GitHub token; without it, the identity provider is asked for one.",
    "schema": {"type": "string", "pattern": "^[!-~]+$"},
}

_FAILURE: Final = "RouteFailure"
_FAILURES: Final[dict[int, tuple[str, str, str]]] = {
    400: ("RouteBadRequest", "The fields are wrong, or GitHub is not connected.", "`projectId` is required"),
    401: ("RouteUnauthorized", "Nobody is signed in, or the token proves nobody.", "Unauthorized"),
    403: ("RouteForbidden", "It is somebody else's, or the plan does not allow it.", "Pro plan required"),
    404: ("RouteNotFound", "It is not there.", "Project not found"),
    409: ("RouteConflict", "It contradicts what is there.", "This project is already being exported"),
    413: ("RouteTooLarge", "The request is too large.", "The body is larger than 9.54 MiB."),
    429: ("RouteTooMany", "Too many requests.", "Too Many Requests"),
    431: ("RouteLongHeaders", "The headers are above 10,240 bytes.", "Header too long"),
    500: ("RouteFailed", "An unexpected failure.", "Failed to generate project"),
    503: ("RouteUnavailable", "Nothing the caller did; asking again may help.", "Please try again."),
}
_ALWAYS: Final = (401, 413, 429, 431, 500, 503)


def route_schemas() -> Json:
    """Return the components that are the shapes of these routes' errors."""
    properties = {
        "error": {**_TEXT, "description": "What was wrong, in words for users."},
        "code": {**_TEXT, "description": "Of a request that cannot be understood."},
        "message": _TEXT,
        "messageId": {**_id("messages"), "description": "Which message is being processed."},
        "currentUsage": {**_NUMBER, "description": "How many projects the user has."},
        "limit": {**_NUMBER, "description": "How many they may have, or -1: any number."},
        "allowed": {"const": False},
        "requestId": {**_TEXT, "description": "Where to find an unexpected failure in the log."},
    }
    return {_FAILURE: {"type": "object", "properties": properties, "required": ["error"]}}


def route_responses() -> Json:
    """Return the components that are these routes' responses other than 200."""
    schema = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in (_FAILURE, "GatewayFailure")]}
    return {
        name: {
            "description": said,
            "content": {"application/json": {"schema": schema, "example": {"error": example}}},
        }
        for name, said, example in _FAILURES.values()
    }


def _id(table: str) -> Json:
    return {"type": "string", "format": f"{table}-id"}


def _example(table: str) -> Any:
    return example_of({"type": "id", "tableName": DOCUMENTS[table].table_name()})


def _of(
    name: str,
    summary: str,
    *,
    given: dict[str, tuple[Json, Any]] | None = None,
    also: dict[str, Json] | None = None,
    told: dict[str, tuple[Json, Any]],
    statuses: tuple[int, ...] = (),
    parameters: tuple[Json, ...] = (_KEY,),
) -> Json:
    """Return an operation.

    Args:
        name: of the operation.
        summary: what it does.
        given: schema and example of each field that a request must have.
        also: schemas of those that it may have.
        told: schema and example of each field of the answer.
        statuses: what else it may be answered with besides what all may be.
        parameters: headers and the query string.
    """
    properties = {field: schema for field, (schema, _) in (given or {}).items()} | (also or {})
    request = {"type": "object", "properties": properties, "required": list(given or {})}
    answer = {
        "type": "object",
        "properties": {field: schema for field, (schema, _) in told.items()},
        "required": [field for field, (_, example) in told.items() if example is not None],
    }
    example = {field: example for field, (_, example) in told.items() if example is not None}
    operation: Json = {
        "operationId": name,
        "summary": summary,
        "tags": ["jobs"],
        "security": [{"token": []}],
        "parameters": list(parameters),
        "responses": {
            "200": {
                "description": "It is done, or has begun.",
                "content": {"application/json": {"schema": answer, "example": example}},
            },
            **{
                str(status): {"$ref": f"#/components/responses/{_FAILURES[status][0]}"}
                for status in sorted({*_ALWAYS, *statuses})
            },
        },
    }
    if properties:
        operation["requestBody"] = body(request, {field: shown for field, (_, shown) in (given or {}).items()})
    return operation


_PROJECT: Final = {"projectId": (_id("projects"), _example("projects"))}
_MESSAGE: Final = {"messageId": (_id("messages"), _example("messages"))}
_DONE: Final = {"success": (_SUCCESS, True)}
_RUN: Final = {"eventId": (_TEXT, _JOB), "runId": (_TEXT, _JOB)}
_USAGE: Final = {"currentUsage": (_NUMBER, 3), "limit": (_NUMBER, 10)}
_OWNED: Final = (400, 403, 404)
_IN_QUERY: Final[Json] = {
    "name": "projectId",
    "in": "query",
    "required": True,
    "schema": _id("projects"),
    "example": _example("projects"),
}
_CANCELLED: Final = {"type": "array", "items": _id("messages")}

JOB_ROUTES: Final[dict[str, Json]] = {
    "POST /api/messages": _of(
        "startMessage",
        "Say something to the assistant, which answers in the background.",
        given={
            "conversationId": (_id("conversations"), _example("conversations")),
            "message": (_TEXT, "Add a dark theme"),
        },
        also={"content": {**_TEXT, "description": "Another name of `message`."}},
        told={
            **_DONE,
            **_RUN,
            **_MESSAGE,
            "userMessageId": (_id("messages"), _example("messages")),
            "cancelledIds": (_CANCELLED, []),
        },
        statuses=(*_OWNED, 409),
    ),
    "DELETE /api/messages": _of(
        "stopMessage",
        "Stop the assistant from writing a message.",
        given=_MESSAGE,
        told=_DONE,
        statuses=(*_OWNED, 409),
    ),
    "POST /api/messages/cancel": _of(
        "stopMessages",
        "Stop the assistant in a project.",
        given=_PROJECT,
        told={
            **_DONE,
            "cancelled": (_FLAG, False),
            "messagesIds": (_CANCELLED, None),
            "messageIds": (_CANCELLED, None),
        },
        statuses=(*_OWNED, 409),
    ),
    "POST /api/projects/create": _of(
        "createProject",
        "Create a project.",
        given={"name": (_TEXT, "Apollo")},
        told={**_PROJECT, "tracked": (_FLAG, True), **_USAGE},
        statuses=(400, 403, 409),
    ),
    "POST /api/projects/create-with-prompt": _of(
        "createProjectWithPrompt",
        "Create a project and let the assistant begin with what a prompt says.",
        given={"prompt": (_TEXT, "A page about otters")},
        told=_PROJECT,
        statuses=(400, 403, 409),
    ),
    "POST /api/projects/generate": _of(
        "generateProject",
        "Create a project and let the assistant write all of it.",
        given={"description": ({**_TEXT, "minLength": 10, "maxLength": 20_000}, "A page about otters")},
        also={"projectName": _TEXT},
        told={**_DONE, **_PROJECT, **_RUN},
        statuses=(400, 403, 409),
    ),
    "DELETE /api/projects/delete": _of(
        "deleteProject",
        "Delete a project.",
        told={**_DONE, "message": (_TEXT, "Project deleted and usage updated")},
        statuses=(*_OWNED, 409),
        parameters=(_KEY, _IN_QUERY),
    ),
    "POST /api/projects/check-limit": _of(
        "checkLimit",
        "Tell whether the caller may have another project.",
        told={"allowed": (_FLAG, True), **_USAGE},
        statuses=(400, 403),
    ),
    "PUT /api/projects/check-limit": _of(
        "trackProject",
        "Do nothing: projects are counted without it.",
        told={"tracked": (_FLAG, True)},
        statuses=(400,),
    ),
    "POST /api/github/import": _of(
        "importRepository",
        "Create a project and import a repository into it.",
        given={"url": (_TEXT, _REPOSITORY)},
        also={"repoUrl": {**_TEXT, "description": "Another name of `url`."}},
        told={**_DONE, **_PROJECT, **_RUN},
        statuses=(400, 403, 409),
        parameters=(_KEY, _GITHUB_TOKEN),
    ),
    "POST /api/github/export": _of(
        "exportProject",
        "Export a project to a new repository (`repoName`) or on top of one (`repoUrl`).",
        given=_PROJECT,
        also={
            "repoName": {**_TEXT, "maxLength": 100},
            "visibility": {"enum": ["public", "private"], "default": "private"},
            "description": {**_TEXT, "maxLength": 350},
            "repoUrl": _TEXT,
            "commitMessage": {**_TEXT, "maxLength": 2000},
            "createIfNotExists": {**_FLAG, "default": False},
            "isPrivate": {**_FLAG, "default": True},
            "repoDescription": {**_TEXT, "maxLength": 350},
        },
        told={**_DONE, **_PROJECT, **_RUN},
        statuses=(*_OWNED, 409),
        parameters=(_KEY, _GITHUB_TOKEN),
    ),
    "POST /api/github/export/cancel": _of(
        "cancelExport",
        "Stop the export of a project.",
        given=_PROJECT,
        told={**_DONE, **_PROJECT, "eventId": ({"type": ["string", "null"]}, _JOB)},
        statuses=(*_OWNED, 409),
    ),
    "POST /api/github/export/reset": _of(
        "resetExport",
        "Forget how the last export of a project ended.",
        given=_PROJECT,
        told={**_DONE, **_PROJECT},
        statuses=(*_OWNED, 409),
    ),
    "GET /api/github/status": _of(
        "githubStatus",
        "Tell whether the caller has connected a GitHub account.",
        told={"connected": (_FLAG, True), "username": (_TEXT, None), "error": (_TEXT, None)},
        statuses=(400,),
        parameters=(_GITHUB_TOKEN,),
    ),
    "POST /api/autumn/sync": _of(
        "syncSubscription",
        "Let the caller's subscription be what the billing provider says.",
        told={"synced": (_SUCCESS, True), "subscription": ({"type": "object"}, {"subscriptionStatus": "free"})},
        statuses=(400, 409),
        parameters=(),
    ),
    "GET /api/health": _of(
        "health",
        "Tell that the backend answers.",
        told={"status": ({"const": "ok"}, "ok"), "timestamp": (_TEXT, _MOMENT), "environment": (_TEXT, "prod")},
        parameters=(),
    )
    | {"security": []},
}
"""The routes, by route key."""
