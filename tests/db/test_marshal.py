"""Plain values as DynamoDB's, both ways."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

from shared.db.marshal import from_item, to_item, typed


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", {"S": "text"}),
        ("", {"S": ""}),
        (True, {"BOOL": True}),
        (1, {"N": "1"}),
        (1.0, {"N": "1"}),
        (-0.5, {"N": "-0.5"}),
        (1795000000000.25, {"N": "1795000000000.25"}),
        (1e20, {"N": "100000000000000000000"}),
        (1e21, {"N": "1e+21"}),
        (2**90, {"N": str(2**90)}),
        (None, {"NULL": True}),
        (b"\x00", {"B": b"\x00"}),
        ([1, "a"], {"L": [{"N": "1"}, {"S": "a"}]}),
        ({"a": {"b": []}}, {"M": {"a": {"M": {"b": {"L": []}}}}}),
    ],
)
def test_each_type_has_its_form_and_comes_back(value: Any, expected: dict[str, Any]) -> None:
    assert typed(value) == expected
    assert to_item(from_item({"a": value})) == {"a": value}


def test_doubles_come_back_as_the_same_double() -> None:
    print("seed 11")
    randomness = random.Random(11)
    for _ in range(2000):
        (number,) = struct.unpack("<d", randomness.randbytes(8))
        if 1e-130 <= abs(number) <= 9e125:
            assert float(to_item(from_item({"n": number}))["n"]) == number


def test_whole_numbers_are_read_as_integers_however_they_are_written() -> None:
    assert to_item({"n": {"N": "1E+2"}}) == {"n": 100}
    assert type(to_item({"n": {"N": "1E+2"}})["n"]) is int


def test_a_type_that_is_never_written_is_refused_when_read() -> None:
    with pytest.raises(TypeError, match="SS"):
        to_item({"a": {"SS": ["x"]}})


def test_a_type_that_dynamodb_lacks_is_refused_when_written() -> None:
    with pytest.raises(TypeError, match="cannot store a set"):
        typed({1})
