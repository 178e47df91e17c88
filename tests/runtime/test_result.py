from __future__ import annotations

import json
from typing import Any

import pytest

from shared.db.content import Content
from shared.errors import NotFound, UnsupportedValue, ValueTooLarge
from shared.runtime.result import MAX_RESULT_BYTES, encode, sent_bytes
from shared.schema.spilled import Spilled
from shared.schema.tables import Project, ProjectSettings
from shared.values import Int64
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects

ID = Project.mint_id(b"p" * 16)


def project(**fields: Any) -> Project:
    return Project.model_validate(
        {
            "_id": ID,
            "_creationTime": 5.0,
            "_version": "v",
            "name": "Apollo",
            "ownerId": "ada",
            "updatedAt": 6.5,
            **fields,
        }
    )


def make_content() -> Content:
    names = iter("abcdefgh")
    return Content(MemoryObjects(), MemoryEngine(), lambda: next(names))


def encoded(value: Any, content: Content | None = None) -> str:
    return encode(value, "projects:get", content or make_content())


def spill(content: Content, text: str) -> Spilled:
    return content.spill(Project.table(), ID, "description", text.encode(), is_json=False)


def test_a_document_has_its_stored_names_no_absent_fields_and_no_version() -> None:
    assert json.loads(encoded(project())) == {
        "_creationTime": 5, "_id": ID, "name": "Apollo", "ownerId": "ada", "updatedAt": 6.5
    }  # fmt: skip


def test_documents_and_records_are_found_at_any_depth() -> None:
    record = ProjectSettings(install_command="pnpm i")
    assert encoded({"a": [(record,)]}) == '{"a":[[{"installCommand":"pnpm i"}]]}'


def test_nothing_is_null() -> None:
    assert encoded(None) == "null"


def test_special_values_are_encoded() -> None:
    assert json.loads(encoded([Int64(1), b"abc", float("nan"), -0.0, 1])) == [
        {"$integer": "AQAAAAAAAAA="}, {"$bytes": "YWJj"}, {"$float": "AAAAAAAA+H8="}, {"$float": "AAAAAAAAAIA="}, 1
    ]  # fmt: skip


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [1, x], lambda x: {"k": {"v": (x, x)}}])
def test_large_fields_are_filled_in_wherever_they_are(wrap: Any) -> None:
    content = make_content()
    pointer = spill(content, "a long text")
    assert encoded(wrap(pointer), content) == encoded(wrap("a long text"))


def test_a_documents_large_field_is_filled_in() -> None:
    content = make_content()
    text = encoded([project(description="x").model_copy(update={"description": spill(content, "long")})], content)
    assert '"description":"long"' in text


def test_a_large_field_of_a_deleted_document_is_not_found() -> None:
    content = make_content()
    pointer = spill(content, "gone")
    vanished = Content(MemoryObjects(), MemoryEngine(), lambda: "")
    with pytest.raises(NotFound):
        encoded(pointer, vanished)


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(UnsupportedValue):
        encoded({"a": {1, 2}})


def test_a_result_that_lambda_could_not_send_is_refused_with_its_size() -> None:
    with pytest.raises(ValueTooLarge) as caught:
        encoded("x" * 6_000_000)
    assert caught.value.message == (
        "Function projects:get return value is too large (actual: 5.72 MiB, limit: 5.25 MiB)"
    )


def test_the_size_counts_what_lambda_escapes() -> None:
    quotes = '"' * 2_000_000
    with pytest.raises(ValueTooLarge):
        encoded(quotes)


def test_a_result_below_the_limit_passes() -> None:
    assert len(encoded("x" * (MAX_RESULT_BYTES - 10))) == MAX_RESULT_BYTES - 8


def test_the_size_is_counted_in_bytes() -> None:
    assert sent_bytes("é" * 1_000_000) == 2_000_000
