"""Documents as lines of JSON."""

from __future__ import annotations

import math
import struct
from typing import Any

import pytest

from shared.archive.json_lines import from_line, to_line
from shared.errors import BadRequest
from shared.values import Int64

VALUES: list[Any] = [
    0.0,
    -0.0,
    1.5,
    2.0**53,
    1e300,
    math.inf,
    -math.inf,
    Int64(-(2**63)),
    Int64(7),
    b"\x00\xff",
    "ä\n",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:
    found = from_line(to_line({"a": [value]}), is_uniform=True)["a"][0]
    assert (found, isinstance(found, Int64)) == (value, isinstance(value, Int64))
    if isinstance(value, float):
        assert struct.pack("<d", found) == struct.pack("<d", value)


def test_a_document_is_one_line() -> None:
    assert to_line({"b": "x\ny\u2028", "a": 1}) == '{"a":1.0,"b":"x\\ny\u2028"}\n'.encode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", Int64(3)),
        ("-9223372036854775808", Int64(-(2**63))),
        ("3.0", 3.0),
        ("3e0", 3.0),
        ("9223372036854775808", 2.0**63),
    ],
)
def test_convex_writes_an_int64_as_a_number_without_a_point(text: str, value: Any) -> None:
    found = from_line(f'{{"a": {text}}}'.encode(), is_uniform=True)["a"]
    assert (found, isinstance(found, Int64)) == (value, isinstance(value, Int64))


def test_in_older_exports_every_number_is_a_float64() -> None:
    assert not isinstance(from_line(b'{"a": 3}', is_uniform=False)["a"], Int64)


@pytest.mark.parametrize("is_uniform", [True, False])
@pytest.mark.parametrize(
    "line", [b"", b"1", b"null", b'{"a":1', b"\xff", b'{"a":1e999}', b'{"a":' + b"9" * 5000 + b"}"]
)
def test_what_is_no_document_is_refused(line: bytes, is_uniform: bool) -> None:
    with pytest.raises(BadRequest):
        from_line(line, is_uniform=is_uniform)
