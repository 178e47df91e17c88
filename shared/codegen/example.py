"""Examples of values, for readers: made from validators, with words that suit the names of fields."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared.codegen.validator_json import Json
from shared.schema.document import DOCUMENTS
from shared.schema.ids import RANDOM_BYTES

MOMENT_MS: Final = 1767225600000.0
INTERNAL_KEY: Final = "<the internal key>"

_WORDS: Final[Mapping[str, Any]] = {
    "content": "print('Hello')\n",
    "contentType": "image/png",
    "cursor": None,
    "email": "ada@example.com",
    "id": "call_1",
    "internalKey": INTERNAL_KEY,
    "language": "typescript",
    "limit": 10.0,
    "message": "Installing dependencies",
    "name": "apollo",
    "newName": "main.py",
    "numItems": 20.0,
    "path": "src/hello.py",
    "projectLimit": 10.0,
    "sha256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "size": 1024.0,
    "title": "New Conversation",
}
_SCALARS: Final[Mapping[str, Any]] = {"any": {}, "boolean": True, "bigint": "1", "bytes": "", "null": None}


def example_of(validator: Json, name: str = "") -> Any:  # noqa: PLR0911 - one for each form
    """Return a value that `validator` takes, as clean JSON; `name` is that of the field that holds it."""
    match validator["type"]:
        case "id":
            return DOCUMENTS[validator["tableName"]].mint_id(_random(validator["tableName"]))
        case "string" | "number" if name in _WORDS:
            return _WORDS[name]
        case "number":
            return MOMENT_MS if name.endswith(("At", "Time")) else 1.0
        case "string":
            return "https://polaris.example.com" if name.endswith("Url") else name or "text"
        case "literal":
            return validator["value"]
        case "array":
            return [example_of(validator["value"], name)]
        case "record":
            return {"name": example_of(validator["values"]["fieldType"])}
        case "object":
            fields = validator["value"].items()
            return {key: example_of(field["fieldType"], key) for key, field in fields if not field["optional"]}
        case "union":
            return example_of(validator["value"][0], name)
    return _SCALARS[validator["type"]]


def _random(table: str) -> bytes:
    return sha256(table.encode()).digest()[:RANDOM_BYTES]
