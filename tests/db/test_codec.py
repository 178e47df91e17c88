"""Documents as items, both ways."""

from __future__ import annotations

import math
from typing import Any

import pytest

from shared.db.codec import MAX_FIELD_BYTES, MAX_ITEM_BYTES, SPILL_ABOVE_BYTES, decode, encode, stored_form
from shared.db.engine import Item
from shared.db.marshal import from_item, to_item
from shared.errors import ValueTooLarge
from shared.schema.spilled import Spilled
from shared.schema.tables import File, GenerationEvent, Message, Project, ProjectSettings, ToolCall

PROJECT = Project.mint_id(bytes(16))
FILE = File.mint_id(bytes(16))
SYSTEM = {"_id": FILE, "_creationTime": 1.0, "_version": "v"}


def file(**fields: Any) -> File:
    given = {"project_id": PROJECT, "name": "a", "type": "file", "updated_at": 1.0}
    return File.model_validate(SYSTEM | given | fields)


def message(**fields: Any) -> Message:
    given: dict[str, Any] = {
        "conversation_id": "c",
        "project_id": PROJECT,
        "role": "user",
        "content": "",
        "status": None,
    }
    return Message(id=FILE, creation_time=1.0, version="v", **given | fields)


class Bucket:
    """Takes what is spilled and notes it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes, bool]] = []

    def __call__(self, field: str, raw: bytes, is_json: bool) -> Spilled:
        self.taken.append((field, raw, is_json))
        return Spilled(FILE, field, "files/id/1", "digest", len(raw), is_json)


def refuse(field: str, raw: bytes, is_json: bool) -> Spilled:
    raise AssertionError(f"{field} was moved out of its row")


def through_dynamodb(item: Item) -> Item:
    return to_item(from_item(item))


def test_a_document_comes_back_as_it_was() -> None:
    document = file(content="text", parent_id=FILE)
    assert decode(File, through_dynamodb(encode(document, refuse))) == document


def test_an_absent_field_has_no_attribute() -> None:
    assert "content" not in encode(file(), refuse)


def test_an_absent_parent_is_stored_in_a_shadow_attribute() -> None:
    item = encode(file(), refuse)
    assert (item["_parentIdOrAbsent"], "parentId" in item) == ("-", False)


def test_a_parent_stands_in_its_own_attribute_and_in_the_shadow() -> None:
    item = encode(file(parent_id=FILE), refuse)
    assert (item["_parentIdOrAbsent"], item["parentId"]) == (FILE, FILE)


def test_text_of_16_kib_stays_in_its_row() -> None:
    text = "a" * SPILL_ABOVE_BYTES
    assert encode(file(content=text), refuse)["content"] == text


def test_one_byte_more_than_16_kib_is_moved_out() -> None:
    bucket = Bucket()
    item = encode(file(content="a" * (SPILL_ABOVE_BYTES + 1)), bucket)
    assert bucket.taken == [("content", b"a" * (SPILL_ABOVE_BYTES + 1), False)]
    assert item["content"] == {"spilled": {"key": "files/id/1", "sha256": "digest", "bytes": 16_385, "isJson": False}}


def test_the_threshold_counts_bytes_and_not_characters() -> None:
    bucket = Bucket()
    encode(file(content="é" * 8193), bucket)
    assert [len(raw) for _, raw, _ in bucket.taken] == [16_386]


def test_a_pointer_comes_back_with_its_document_and_its_field() -> None:
    item = through_dynamodb(encode(file(content="a" * 20_000), Bucket()))
    assert decode(File, item).content == Spilled(FILE, "content", "files/id/1", "digest", 20_000, is_json=False)


def test_a_pointer_is_stored_again_without_a_new_object() -> None:
    item = encode(file(content="a" * 20_000), Bucket())
    assert encode(decode(File, item), refuse) == item


def test_large_tool_calls_are_moved_out_as_json() -> None:
    bucket = Bucket()
    call = ToolCall(id="1", name="write", args={"text": "a" * 20_000})
    encode(message(tool_calls=[call]), bucket)
    ((field, raw, is_json),) = bucket.taken
    assert (field, is_json) == ("toolCalls", True)
    assert raw.startswith(b'[{"args":{"text":"aaa')


def test_text_of_1_mib_is_kept() -> None:
    bucket = Bucket()
    encode(file(content="a" * MAX_FIELD_BYTES), bucket)
    assert [len(raw) for _, raw, _ in bucket.taken] == [1_048_576]


def test_text_of_one_byte_more_than_1_mib_is_refused_with_both_numbers() -> None:
    with pytest.raises(ValueTooLarge, match=r"`content` is too large \(1048577 bytes > maximum size 1048576\)"):
        encode(file(content="a" * (MAX_FIELD_BYTES + 1)), refuse)


def test_a_row_that_is_too_large_is_refused_with_both_numbers() -> None:
    name = "a" * MAX_ITEM_BYTES
    with pytest.raises(ValueTooLarge, match=rf"{FILE} of table files is too large \(400\d\d\d bytes > .* 400000\)"):
        encode(file(name=name), refuse)


@pytest.mark.parametrize("number", [0.0, 1.0, -1.5, 0.1, 1e20, 1e21, 2.0**53 + 2, 9e125, -9e125, 1e-130, 1 / 3])
def test_a_number_that_dynamodb_holds_exactly_is_stored_as_a_number(number: float) -> None:
    item = encode(file(updated_at=number), refuse)
    assert item["updatedAt"] == number
    assert decode(File, through_dynamodb(item)).updated_at == number


@pytest.mark.parametrize("number", [1e126, 1.7976931348623157e308, 1e-131, 5e-324, math.inf, -math.inf])
def test_a_number_that_dynamodb_does_not_hold_comes_back_exactly(number: float) -> None:
    item = encode(file(updated_at=number), refuse)
    assert set(item["updatedAt"]) == {"json"}
    assert decode(File, through_dynamodb(item)).updated_at == number


def test_negative_zero_comes_back_negative() -> None:
    back = decode(File, through_dynamodb(encode(file(updated_at=-0.0), refuse))).updated_at
    assert math.copysign(1, back) == -1


def test_not_a_number_comes_back() -> None:
    assert math.isnan(decode(File, through_dynamodb(encode(file(updated_at=math.nan), refuse))).updated_at)


def test_objects_and_lists_are_stored_as_canonical_json() -> None:
    assert stored_form(ProjectSettings(install_command="npm i")) == {"json": '{"installCommand":"npm i"}'}


def test_an_object_comes_back_as_its_record() -> None:
    fields = {"_id": PROJECT, "_creationTime": 1, "name": "x", "owner_id": "ada", "updated_at": 1}
    project = Project.model_validate(fields | {"settings": ProjectSettings(dev_command="dev"), "is_public": False})
    assert decode(Project, through_dynamodb(encode(project, refuse))) == project


def test_any_json_value_of_a_tool_call_comes_back_exactly() -> None:
    args = {"list": [1.0, -0.0, None, True, {"text": "é\u2028"}], "bytes": b"\x00\xff", "number": 1e300}
    document = message(tool_calls=[ToolCall(id="1", name="n", args=args)])
    back = decode(Message, through_dynamodb(encode(document, refuse))).tool_calls
    assert isinstance(back, list)
    assert repr(back[0].args) == repr(dict(sorted(args.items())))


def test_text_that_looks_like_a_stored_object_stays_text() -> None:
    text = '{"json": "1"}'
    assert decode(File, through_dynamodb(encode(file(content=text), refuse))).content == text


def test_ids_are_stored_as_plain_text() -> None:
    event = {"_id": FILE, "_creationTime": 1, "project_id": PROJECT, "type": "step", "message": "", "created_at": 1}
    assert type(encode(GenerationEvent.model_validate(event), refuse)["projectId"]) is str
