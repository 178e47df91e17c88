"""The operations of the routes that are not of one function, by route key."""

from __future__ import annotations

from typing import Final

from shared.codegen.example import example_of
from shared.codegen.job_routes import JOB_ROUTES
from shared.codegen.operations import FORMAT, TOKEN_OR_NOBODY, of_gateway, outcome, refused
from shared.codegen.refusals import Json, responses
from shared.schema.document import DOCUMENTS

_STORED: Final = {
    "name": "uuid",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "example": "0b0e4b9a-6f0f-4f6e-9a57-3f1f0c1f5a11",
}
_CONTENT: Final = {"*/*": {"schema": {"type": "string", "format": "binary"}}}


def _query_by_get() -> Json:
    def parameter(name: str, schema: Json, *, required: bool = False) -> Json:
        return {"name": name, "in": "query", "required": required, "schema": schema}

    args = {"name": "args", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "operationId": "getQuery",
        "summary": "Run a query.",
        "tags": ["clients"],
        "security": TOKEN_OR_NOBODY,
        "parameters": [
            parameter("path", {"type": "string", "format": "function-path"}, required=True),
            args,
            parameter("format", FORMAT),
        ],
        "responses": {"200": outcome({}, []), **refused("query")},
    }


def _query_ts() -> Json:
    schema = {"type": "object", "properties": {"ts": {"type": "string"}}, "required": ["ts"]}
    content = {"application/json": {"schema": schema, "example": {"ts": "AAAAAAAAAAA="}}}
    return {
        "operationId": "queryTs",
        "summary": "Return the present as a timestamp for `/api/query_at_ts`.",
        "tags": ["clients"],
        "security": [],
        "responses": {"200": {"description": "The timestamp.", "content": content}, **responses(429, 431, 500, 503)},
    }


def _upload() -> Json:
    digest = "`sha-256=` and the file's SHA-256 in base64; checked when given."
    storage_id = {"type": "string", "format": "_storage-id"}
    schema = {"type": "object", "properties": {"storageId": storage_id}, "required": ["storageId"]}
    example = {"storageId": example_of({"type": "id", "tableName": DOCUMENTS["_storage"].table_name()})}
    return {
        "operationId": "upload",
        "summary": "Store a file of at most 4.5 MB at a URL that `generateUploadUrl` returned.",
        "description": "The `Content-Type` is kept. Posting the same file again answers the same id.",
        "tags": ["storage"],
        "security": [],
        "parameters": [
            {
                "name": "token",
                "in": "query",
                "required": True,
                "schema": {"type": "string", "format": "upload-token"},
            },
            {"name": "Digest", "in": "header", "description": digest, "schema": {"type": "string"}},
        ],
        "requestBody": {"required": True, "content": _CONTENT},
        "responses": {
            "200": {
                "description": "The file is stored.",
                "content": {"application/json": {"schema": schema, "example": example}},
            },
            **responses(400, 403, 409, 413, 429, 431, 500, 503),
        },
    }


def _download() -> Json:
    return {
        "operationId": "download",
        "summary": "Return a stored file, or one range of it.",
        "tags": ["storage"],
        "security": [],
        "parameters": [_STORED, {"name": "Range", "in": "header", "schema": {"type": "string"}}],
        "responses": {
            "200": {"description": "The file.", "content": _CONTENT},
            "206": {"description": "The range.", "content": _CONTENT},
            "304": {"description": "The caller has it already."},
            **responses(400, 404, 416, 503),
        },
    }


BUCKET: Final = {"GET /api/storage/{uuid}": _download()}
"""The routes that the bucket answers, without a function."""

DOORS: Final[dict[str, Json]] = {
    "POST /api/query": of_gateway("query", "Run a query."),
    "GET /api/query": _query_by_get(),
    "POST /api/query_ts": _query_ts(),
    "POST /api/query_at_ts": of_gateway("queryAtTs", "Run a query, no earlier than at a timestamp.", timestamp=True),
    "POST /api/mutation": of_gateway("mutation", "Run a mutation."),
    "POST /api/action": of_gateway("action", "Run an action; there are none yet, so each call is refused."),
    "POST /api/function": of_gateway("function", "Run a function of any kind."),
    "POST /api/storage/upload": _upload(),
    **JOB_ROUTES,
}
"""The routes of the doors."""
