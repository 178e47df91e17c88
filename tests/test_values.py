"""The encoding is checked against the tables of the protocol and, at random, against the released Python client."""

from __future__ import annotations

import json
import math
import random
import struct
from base64 import b64encode
from collections import OrderedDict
from typing import Any

import pytest
from convex.values import ConvexInt64, convex_to_json, json_to_convex

from shared import values
from shared.errors import BadRequest, UnsupportedValue, ValueTooLarge
from shared.values import Int64

SPECIAL = [
    (Int64(1), {"$integer": "AQAAAAAAAAA="}),
    (Int64(-1), {"$integer": "//////////8="}),
    (Int64(2**63 - 1), {"$integer": "/////////38="}),
    (Int64(-(2**63)), {"$integer": "AAAAAAAAAIA="}),
    (b"", {"$bytes": ""}),
    (b"\x00\x10\x83", {"$bytes": "ABCD"}),
    (math.inf, {"$float": "AAAAAAAA8H8="}),
    (-math.inf, {"$float": "AAAAAAAA8P8="}),
    (-0.0, {"$float": "AAAAAAAAAIA="}),
]


def nested(levels: int, leaf: Any = None) -> Any:
    value = leaf
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize(("value", "encoded"), SPECIAL)
def test_special_values_have_the_protocol_s_encoding(value: Any, encoded: Any) -> None:
    assert values.encode(value) == encoded


@pytest.mark.parametrize(("value", "encoded"), SPECIAL)
def test_special_values_are_decoded_to_the_same_type_and_bits(value: Any, encoded: Any) -> None:
    decoded = values.decode(encoded)
    assert (type(decoded), repr(decoded)) == (type(value), repr(value))


def test_nan_has_the_protocol_s_encoding_both_ways() -> None:
    assert values.encode(math.nan) == {"$float": "AAAAAAAA+H8="}
    assert math.isnan(values.decode({"$float": "AAAAAAAA+H8="}))


def test_a_nan_with_any_payload_is_accepted() -> None:
    assert math.isnan(values.decode({"$float": b64encode(b"\x01\x00\x00\x00\x00\x00\xf8\xff").decode()}))


@pytest.mark.parametrize("value", [None, True, False, "", "text", "snow ☃ 𝄞", 1.5, 1e300, [], {}, [[1.5]], {"a": {}}])
def test_json_s_own_values_stay_as_they_are(value: Any) -> None:
    assert values.decode(values.encode(value)) == value


def test_numbers_are_written_as_floats_because_the_python_client_refuses_integers() -> None:
    assert values.dumps([0, 1, -3, 2.0, 2**53 - 1]) == "[0.0,1.0,-3.0,2.0,9007199254740991.0]"
    with pytest.raises(ValueError, match="Bad JSON value: 1"):
        json_to_convex(json.loads("1"))


def test_one_and_one_point_zero_have_the_same_text() -> None:
    assert values.dumps(values.loads('{"a":1}')) == values.dumps(values.loads('{"a":1.0}'))


def test_texts_are_canonical_with_sorted_keys_and_no_whitespace() -> None:
    assert values.dumps({"b": [1.5, "é"], "a": None, "B": True}) == '{"B":true,"a":null,"b":[1.5,"é"]}'


def test_tuples_and_subclasses_are_encoded_as_what_they_extend() -> None:
    class Name(str):
        __slots__ = ()

    value = OrderedDict(x=(1.5, Name("n")), y=bytearray(b"\x01"))
    assert values.dumps(value) == '{"x":[1.5,"n"],"y":{"$bytes":"AQ=="}}'


def test_the_input_is_not_changed() -> None:
    value = {"a": [Int64(1), b"x"]}
    values.encode(value)
    assert value == {"a": [Int64(1), b"x"]}
    assert isinstance(value["a"][0], Int64)


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**400])
def test_an_integer_beyond_2_to_53_must_be_wrapped(number: int) -> None:
    with pytest.raises(UnsupportedValue, match=r"wrap it in Int64 \(at \.n\[1\]\)"):
        values.encode({"n": [0, number]})


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_an_int64_must_fit_into_64_bits(number: int) -> None:
    with pytest.raises(UnsupportedValue, match="64 bits"):
        values.encode(Int64(number))


def test_a_received_integer_beyond_2_to_53_is_rounded_to_a_float_as_in_javascript() -> None:
    assert repr(values.loads("9007199254740993")) == "9007199254740992.0"


@pytest.mark.parametrize("value", [object(), {1, 2}, 1j, {"a": [print]}, {"when": range(3)}])
def test_what_is_no_convex_value_is_refused_by_type(value: Any) -> None:
    with pytest.raises(UnsupportedValue, match="is not a Convex value"):
        values.encode(value)


@pytest.mark.parametrize("key", [1, None, b"a", ("a",)])
def test_field_names_must_be_strings(key: Any) -> None:
    with pytest.raises(UnsupportedValue, match="must be strings"):
        values.encode({key: 1})


BAD_NAMES = [
    ({"é": 1}, "not printable ASCII"),
    ({"a\n": 1}, "not printable ASCII"),
    ({"a\x7f": 1}, "not printable ASCII"),
    ({"ok": 1, "\ud800": 1}, "not printable ASCII"),
    ({"$a": 1, "b": 2}, "starts with a '\\$'"),
    ({"$bytes": "", "b": 2}, "starts with a '\\$'"),
    ({"$integer": "AQAAAAAAAAA=", "$bytes": ""}, "starts with a '\\$'"),
    ({"a" * 1025: 1}, "longer than 1024"),
]


@pytest.mark.parametrize(("value", "message"), BAD_NAMES)
def test_bad_field_names_are_refused_both_ways(value: Any, message: str) -> None:
    with pytest.raises(UnsupportedValue, match=message):
        values.encode(value)
    with pytest.raises(BadRequest, match=message):
        values.decode({"outer": value})


@pytest.mark.parametrize("name", ["$set", "$map", "$undefined", "$commitTs", "$int64", "$"])
def test_other_dollar_forms_are_refused_both_ways(name: str) -> None:
    with pytest.raises(UnsupportedValue, match="starts with a '\\$'"):
        values.encode({name: None})
    with pytest.raises(BadRequest, match="starts with a '\\$'"):
        values.decode([{name: None}])


@pytest.mark.parametrize("name", ["$bytes", "$integer", "$float"])
def test_a_value_cannot_pass_itself_off_as_an_encoded_one(name: str) -> None:
    with pytest.raises(UnsupportedValue, match="starts with a '\\$'"):
        values.encode({name: "AAAAAAAAAIA="})


def test_field_names_may_hold_any_printable_ascii_and_be_empty_and_1024_long() -> None:
    value = {"": 1.5, " a b-c.d$e~": 1.5, "a" * 1024: 1.5, "a" * 1000: 1.5}
    assert values.decode(values.encode(value)) == value


BAD_ENCODINGS = [
    {"$bytes": 1},
    {"$bytes": None},
    {"$bytes": ["ABCD"]},
    {"$bytes": "A"},
    {"$bytes": "ABC"},
    {"$bytes": "AB=="},  # the spare bits are not zero
    {"$bytes": "AB-_"},
    {"$bytes": "AB CD"},
    {"$bytes": "ABCD\n"},
    {"$bytes": "ABCDé"},
    {"$integer": "AQAAAAAAAA=="},
    {"$integer": 1},
    {"$integer": "1"},
    {"$float": "AAAA"},
    {"$float": 1.5},
    {"$float": b64encode(struct.pack("<d", 1.5)).decode()},
    {"$float": b64encode(struct.pack("<d", 0.0)).decode()},
    {"$float": b64encode(struct.pack("<d", 5e-324)).decode()},
]


@pytest.mark.parametrize("encoded", BAD_ENCODINGS, ids=repr)
def test_malformed_special_forms_are_refused(encoded: Any) -> None:
    with pytest.raises(BadRequest, match=r"\(at \.x\)"):
        values.decode({"x": encoded})


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc00\ud800"])
def test_half_surrogate_pairs_are_refused_both_ways(text: str) -> None:
    with pytest.raises(UnsupportedValue, match="surrogate"):
        values.encode([text])
    with pytest.raises(BadRequest, match="surrogate"):
        values.loads(json.dumps([text]))


def test_an_escaped_surrogate_pair_is_one_character() -> None:
    assert values.loads(r'"\ud834\udd1e"') == "𝄞"


def test_64_levels_are_allowed() -> None:
    assert values.decode(values.encode(nested(64))) == nested(64)


def test_65_levels_are_refused_both_ways() -> None:
    with pytest.raises(ValueTooLarge, match="too nested"):
        values.encode(nested(65))
    with pytest.raises(BadRequest, match="too nested"):
        values.decode(nested(65))


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueTooLarge, match="too nested"):
        values.encode(value)


def test_8192_elements_and_1024_fields_are_allowed() -> None:
    value = [[1.5] * 8192, {f"f{number}": None for number in range(1024)}]
    assert values.decode(values.encode(value)) == value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([None] * 8193, r"Array length is too long \(8193 > maximum length 8192\)"),
        ({f"f{number}": None for number in range(1025)}, r"too many fields \(1025 > maximum number 1024\)"),
    ],
    ids=["array", "object"],
)
def test_longer_arrays_and_larger_objects_are_refused_both_ways(value: Any, message: str) -> None:
    with pytest.raises(ValueTooLarge, match=message):
        values.encode([value])
    with pytest.raises(BadRequest, match=message):
        values.decode([value])


def test_the_error_says_where_in_the_value() -> None:
    with pytest.raises(BadRequest, match=r"\(at \.files\[2\]\.content\)"):
        values.decode({"files": [1, 2, {"name": "a", "content": "\ud800"}]})


def test_the_place_in_an_error_is_cut_short() -> None:
    value: Any = object()
    for _ in range(5):
        value = {"a" * 1000: value}
    with pytest.raises(UnsupportedValue) as caught:
        values.encode(value)
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    "text",
    ["", "{", "nul", "NaN", "[Infinity]", "-Infinity", "{'a':1}", '{"a":1,}', "1 2", "\ufeff1", '"\n"', "9" * 5000],
    ids=lambda text: text[:12],
)
def test_what_is_not_strict_json_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequest, match="Not valid JSON"):
        values.loads(text)


def test_bytes_that_are_not_utf_8_are_a_bad_request() -> None:
    with pytest.raises(BadRequest, match="Not valid JSON"):
        values.parse(b'"\xff"')


def test_a_hundred_thousand_brackets_are_a_bad_request() -> None:
    with pytest.raises(BadRequest, match="nested too deeply"):
        values.parse("[" * 100_000)


@pytest.mark.parametrize("text", ["1e400", "-1e400", "9" * 400])
def test_numbers_beyond_float64_are_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="out of the range"):
        values.loads(f"[{text}]")


def test_clean_json_is_readable() -> None:
    value = {"i": Int64(-7), "b": b"\x00\x10\x83", "f": [math.nan, math.inf, -math.inf, 1.5], "n": [None, True, "x"]}
    clean = {"i": "-7", "b": "ABCD", "f": ["NaN", "Infinity", "-Infinity", 1.5], "n": [None, True, "x"]}
    assert values.encode_clean(value) == clean
    assert values.clean_text(values.dumps(value)) == values.dumps(clean)


def test_negative_zero_keeps_its_sign_in_clean_json() -> None:
    assert values.clean_text(values.dumps([-0.0])) == "[-0.0]"


@pytest.mark.parametrize("value", [{"a": [1, "x"]}, {"a": '"$bytes'}, [{}, {"": 0.5}]])
def test_plain_values_are_the_same_text_in_clean_json(value: Any) -> None:
    assert values.clean_text(values.dumps(value)) == values.dumps(value)


def random_value(source: random.Random, depth: int = 0) -> Any:
    leaves: list[Any] = [
        None,
        source.random() < 0.5,
        source.choice([0.0, -0.0, math.inf, -math.inf, source.gauss(0, 1e6), source.random() * 10.0**300]),
        source.randint(-(2**53) + 1, 2**53 - 1),
        Int64(source.randint(-(2**63), 2**63 - 1)),
        source.randbytes(source.randint(0, 9)),
        "".join(source.choice('aé$"\\\n\u2028☃𝄞') for _ in range(source.randint(0, 9))),
    ]
    if depth == 5 or source.random() < 0.4:
        return source.choice(leaves)
    size = source.randint(0, 4)
    if source.random() < 0.5:
        return [random_value(source, depth + 1) for _ in range(size)]
    return {f"f{source.randint(0, 99)} $": random_value(source, depth + 1) for _ in range(size)}


def as_the_client_has_it(value: Any) -> Any:
    match value:
        case bool():
            return value
        case Int64():
            return ConvexInt64(value)
        case int():
            return float(value)
        case list():
            return [as_the_client_has_it(item) for item in value]
        case dict():
            return {name: as_the_client_has_it(content) for name, content in value.items()}
    return value


def test_the_released_python_client_and_this_module_read_each_other() -> None:
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed)
    source = random.Random(seed)
    for _ in range(2000):
        value = random_value(source)
        client_value = as_the_client_has_it(value)
        assert repr(json_to_convex(json.loads(values.dumps(value)))) == repr(
            json_to_convex(json.loads(json.dumps(convex_to_json(client_value), sort_keys=True)))
        )
        assert values.dumps(values.loads(json.dumps(convex_to_json(client_value)))) == values.dumps(value)
