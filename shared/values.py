"""Convex values as JSON, both ways.

    value in Python          encoded JSON (the wire)              clean JSON (`format: "json"`)
    None, bool, str          as they are                          the same
    float, int               number, written `1.0`                the same
    nan, inf, -inf           {"$float": base64, 8 bytes LE}       "NaN" "Infinity" "-Infinity"
    -0.0                     {"$float": base64, 8 bytes LE}       -0.0
    Int64                    {"$integer": base64, 8 bytes LE}     decimal string
    bytes                    {"$bytes": base64}                   base64 string
    list, tuple              array of at most 8192                the same
    dict                     object of at most 1024 fields        the same

A plain JSON number is a float64 whether it is read as `1` or `1.0`; only `Int64` is Convex's int64. Numbers are
always written `1.0`, as Convex's server does: the Python client's `json_to_convex` refuses `1`. The `$` forms are
recognised in objects of exactly one key; every other field name is printable ASCII and does not start with `$`,
since the clients throw at anything else.
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from json import JSONDecoder, JSONEncoder
from math import copysign, isfinite
from typing import Any, Final, NoReturn

from shared.errors import BadRequest, UnsupportedValue, ValueTooLarge

Json = Any
"""What `json` reads and writes."""

MAX_NESTING: Final = 64
MAX_ARRAY_LENGTH: Final = 8192
MAX_FIELDS: Final = 1024
MAX_FIELD_NAME_LENGTH: Final = 1024
_EXACT_BELOW: Final = 2**53
_MAX_PATH_LENGTH: Final = 200


class Int64(int):
    """An integer that travels as Convex's int64 (JavaScript's bigint) rather than as a number."""

    __slots__ = ()


def encode(value: Any) -> Json:
    """Return `value` as encoded JSON, ready for any JSON writer; every number in it is a float.

    Raises:
        UnsupportedValue: something in it is no Convex value.
        ValueTooLarge: it is nested too deeply, or has too long an array or too many fields.
    """
    try:
        return _encode(value, 0)
    except _RefusedError as refused:
        raise (ValueTooLarge if refused.too_large else UnsupportedValue)(refused.text) from None


def decode(encoded: Json) -> Any:
    """Return the value that encoded JSON stands for; integers beyond 2^53 become floats, as in JavaScript.

    Raises:
        BadRequest: it is not the encoding of a Convex value.
    """
    try:
        return _decode(encoded, 0)
    except _RefusedError as refused:
        raise BadRequest(refused.text) from None


def dumps(value: Any) -> str:
    """Return `value` as canonical encoded JSON text (equal values give equal texts); errors as `encode`."""
    return _WRITER.encode(encode(value))


def loads(text: str) -> Any:
    """Return the value that encoded JSON text stands for; errors as `decode`."""
    return decode(parse(text))


def parse(text: str | bytes) -> Json:
    """Read strict JSON (UTF-8, no `NaN` or `Infinity`), without decoding the values in it.

    Raises:
        BadRequest: the text is not JSON.
    """
    try:
        return _PARSER.decode(text if isinstance(text, str) else text.decode())
    except ValueError as error:
        raise BadRequest(f"Not valid JSON: {error}") from None
    except RecursionError:
        raise BadRequest("Not valid JSON: arrays and objects are nested too deeply") from None


def encode_clean(value: Any) -> Json:
    """Return `value` as clean JSON, which is easy to read and does not tell all types apart; errors as `encode`."""
    return _clean(encode(value))


def clean_text(text: str) -> str:
    """Rewrite encoded JSON text that this module wrote as clean JSON text."""
    return _WRITER.encode(_clean(parse(text))) if '"$' in text else text


class _RefusedError(Exception):
    def __init__(self, message: str, *, too_large: bool = False) -> None:
        self.message = message
        self.too_large = too_large
        self.path: list[str] = []

    @property
    def text(self) -> str:
        path = "".join(reversed(self.path))[:_MAX_PATH_LENGTH]
        return f"{self.message} (at {path})" if path else self.message


def _encode(value: Any, depth: int) -> Json:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _unicode(value)
    if kind is float:
        return _encode_float(value)
    if kind is bool or value is None:
        return value
    if isinstance(value, dict):
        return _object(value, _encode, depth)
    if isinstance(value, (list, tuple)):
        return _array(value, _encode, depth)
    return _encode_rare(value)


def _encode_float(value: float) -> Json:
    if isfinite(value) and (value or copysign(1.0, value) > 0):
        return value
    return {"$float": b64encode(struct.pack("<d", value)).decode()}


def _encode_rare(value: Any) -> Json:
    if isinstance(value, str):
        return _unicode(value)
    if isinstance(value, int):
        return _encode_integer(value)
    if isinstance(value, bytes | bytearray):
        return {"$bytes": b64encode(value).decode()}
    if isinstance(value, float):
        return _encode_float(value)
    raise _RefusedError(f"{type(value).__name__} is not a Convex value")


def _encode_integer(value: int) -> Json:
    if isinstance(value, Int64):
        if not -(2**63) <= value < 2**63:
            raise _RefusedError("An Int64 does not fit into 64 bits")
        return {"$integer": b64encode(struct.pack("<q", value)).decode()}
    if not -_EXACT_BELOW < value < _EXACT_BELOW:
        raise _RefusedError("An integer beyond 2^53 is not exact as a number; wrap it in Int64")
    return float(value)


def _decode(encoded: Json, depth: int) -> Any:
    kind = type(encoded)
    if kind is str:
        return encoded if encoded.isascii() else _unicode(encoded)
    if kind is bool or encoded is None or (kind is int and -_EXACT_BELOW < encoded < _EXACT_BELOW):
        return encoded
    if kind is dict:
        if len(encoded) == 1:
            ((name, content),) = encoded.items()
            if name in _SPECIAL:
                return _decode_special(name, content)
        return _object(encoded, _decode, depth)
    if kind is list:
        return _array(encoded, _decode, depth)
    return _decode_number(encoded)


def _decode_number(encoded: Json) -> float:
    try:
        number = float(encoded) if isinstance(encoded, int | float) else None
    except OverflowError:
        number = None
    if number is None or not isfinite(number):
        raise _RefusedError("Not a JSON value, or a number out of the range of float64")
    return number


def _decode_special(name: str, content: Json) -> Any:
    try:
        # Decoding skips strange characters, so compare the way back.
        raw = b64decode(content)
        if b64encode(raw).decode() != content:
            raise ValueError
        return _SPECIAL[name](raw)
    except (TypeError, ValueError, struct.error):
        size = "" if name == "$bytes" else " of 8 bytes"
        raise _RefusedError(f"`{name}` must hold base64 text{size}, with padding") from None


def _decode_float(raw: bytes) -> float:
    number: float = struct.unpack("<d", raw)[0]
    if isfinite(number) and (number or copysign(1.0, number) > 0):
        raise _RefusedError("`$float` may only hold NaN, an infinity or -0; write other numbers as numbers")
    return number


def _decode_integer(raw: bytes) -> Int64:
    return Int64(struct.unpack("<q", raw)[0])


def _array(items: Sequence[Any], convert: Callable[[Any, int], Any], depth: int) -> list[Any]:
    if len(items) > MAX_ARRAY_LENGTH:
        text = f"Array length is too long ({len(items)} > maximum length {MAX_ARRAY_LENGTH})"
        raise _RefusedError(text, too_large=True)
    _check_nesting(depth)
    out: list[Any] = []
    try:
        for item in items:
            out.append(convert(item, depth + 1))
    except _RefusedError as refused:
        refused.path.append(f"[{len(out)}]")
        raise
    return out


def _object(fields: dict[Any, Any], convert: Callable[[Any, int], Any], depth: int) -> dict[str, Any]:
    if len(fields) > MAX_FIELDS:
        raise _RefusedError(
            f"Object has too many fields ({len(fields)} > maximum number {MAX_FIELDS})", too_large=True
        )
    _check_nesting(depth)
    _check_names(fields)
    out: dict[str, Any] = {}
    name = ""
    try:
        for name, content in fields.items():
            out[name] = convert(content, depth + 1)
    except _RefusedError as refused:
        refused.path.append(f".{name}")
        raise
    return out


def _check_nesting(depth: int) -> None:
    if depth >= MAX_NESTING:
        raise _RefusedError(f"Value is too nested (more than {MAX_NESTING} levels deep)", too_large=True)


def _check_names(fields: dict[Any, Any]) -> None:
    try:
        # One look at all names together settles nearly every object.
        names = "".join(fields)
    except TypeError:
        raise _RefusedError("Field names must be strings") from None
    if names.isascii() and names.isprintable() and "$" not in names and len(names) <= MAX_FIELD_NAME_LENGTH:
        return
    for name in fields:
        if name.startswith("$"):
            raise _RefusedError(f"Field name {name[:40]!a} starts with a '$', which is reserved")
        if len(name) > MAX_FIELD_NAME_LENGTH:
            raise _RefusedError(f"Field name {name[:40]!a}… is longer than {MAX_FIELD_NAME_LENGTH} characters")
        if not (name.isascii() and name.isprintable()):
            raise _RefusedError(f"Field name {name[:40]!a} has a character that is not printable ASCII")


def _unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _RefusedError("A string holds half a surrogate pair, which is not Unicode text") from None
    return text


def _clean(encoded: Json) -> Json:
    if isinstance(encoded, list):
        return [_clean(item) for item in encoded]
    if not isinstance(encoded, dict):
        return encoded
    for name, content in encoded.items():
        if name == "$bytes":
            return content
        if name in _SPECIAL:
            number = _decode_special(name, content)
            return str(int(number)) if name == "$integer" else _CLEAN_FLOATS.get(repr(number), number)
    return {name: _clean(content) for name, content in encoded.items()}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_SPECIAL: Final[dict[str, Callable[[bytes], Any]]] = {
    "$bytes": bytes,
    "$float": _decode_float,
    "$integer": _decode_integer,
}
_CLEAN_FLOATS: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_WRITER: Final = JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_PARSER: Final = JSONDecoder(parse_constant=_refuse_constant)
