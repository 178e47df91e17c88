"""A document as a line of JSON, both ways.

Written are Convex's encoded values (`shared.values`), which its import takes. Its own exports write an int64 as a
number without a point; older ones, whose `generated_schema.jsonl` does not say "uniform", never do that, and every
number in them is a float64.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from json import JSONDecoder
from typing import Any, Final, NoReturn

from shared import values
from shared.errors import BadRequest

MAX_LINE_BYTES: Final = 32 * 1024 * 1024
"""Above what two fields of 1 MiB take when each of their characters is escaped."""


def to_line(fields: dict[str, Any]) -> bytes:
    """Return the line of a document; equal documents have equal lines."""
    return f"{values.dumps(fields)}\n".encode()


def from_line(line: bytes, *, is_uniform: bool) -> dict[str, Any]:
    """Return the fields that a line holds.

    Args:
        line: the line.
        is_uniform: whether a number without a point is an int64.

    Raises:
        BadRequest: it is no JSON object of Convex values; the message says why.
    """
    fields = values.decode(_parse_uniform(line) if is_uniform else values.parse(line))
    if not isinstance(fields, dict):
        raise BadRequest("Not a JSON object")
    return fields


def _parse_uniform(line: bytes) -> Any:
    try:
        return _UNIFORM.decode(line.decode())
    except ValueError as error:
        raise BadRequest(f"Not valid JSON: {error}") from None
    except RecursionError:
        raise BadRequest("Not valid JSON: arrays and objects are nested too deeply") from None


def _int64(text: str) -> Any:
    try:
        return {"$integer": b64encode(struct.pack("<q", int(text))).decode()}
    except (struct.error, ValueError):
        return float(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_UNIFORM: Final = JSONDecoder(parse_int=_int64, parse_constant=_refuse_constant)
