"""Ids: their tag, their checksum, their alphabet."""

from __future__ import annotations

import random

import pytest
from pydantic import BaseModel, ValidationError

from shared.schema.document import Id
from shared.schema.ids import ALPHABET, mint, table_number_of
from shared.schema.tables import File, Project

ZEROS = bytes(16)


class Names(BaseModel):
    """Something with an id of a project."""

    project: Id[Project]


@pytest.mark.parametrize("number", [1, 8, 127, 128, 16_384, 2**28 - 1])
def test_an_id_carries_the_number_of_its_table(number: int) -> None:
    assert table_number_of(mint(number, ZEROS)) == number


def test_an_id_of_a_small_table_number_has_31_characters() -> None:
    assert len(mint(127, ZEROS)) == 31


def test_ids_from_any_random_bytes_are_read_back() -> None:
    print("seed 7")
    randomness = random.Random(7)
    for _ in range(300):
        number = randomness.randrange(1, 2**28)
        id_ = mint(number, randomness.randbytes(16))
        assert set(id_) <= set(ALPHABET)
        assert table_number_of(id_) == number


def test_different_random_bytes_give_different_ids() -> None:
    assert mint(1, ZEROS) != mint(1, bytes(15) + b"\x01")


@pytest.mark.parametrize("position", range(31))
def test_a_wrong_character_anywhere_is_refused(position: int) -> None:
    id_ = mint(2, bytes(range(16)))
    wrong = ALPHABET[(ALPHABET.index(id_[position]) + 1) % len(ALPHABET)]
    assert table_number_of(id_[:position] + wrong + id_[position + 1 :]) is None


@pytest.mark.parametrize("text", ["", "x", "abc", "I" * 31, "0" * 30, "é" * 31, "0" * 400, "b" * 38])
def test_what_is_no_id_is_refused(text: str) -> None:
    assert table_number_of(text) is None


def test_an_id_in_capitals_is_refused() -> None:
    assert table_number_of(mint(2, bytes(range(16))).upper()) is None


def test_an_id_needs_16_random_bytes() -> None:
    with pytest.raises(ValueError, match="16 random bytes, got 15"):
        mint(1, bytes(15))


def test_an_id_of_its_table_is_accepted() -> None:
    id_ = Project.mint_id(ZEROS)
    assert Names(project=id_).project == id_


def test_an_id_of_another_table_is_refused_by_the_name_of_that_table() -> None:
    with pytest.raises(ValidationError) as refused:
        Names(project=File.mint_id(ZEROS))  # type: ignore[arg-type]  # that is the point
    (error,) = refused.value.errors()
    assert (error["type"], error["ctx"]) == ("id_table", {"found": "files", "expected": "projects"})


@pytest.mark.parametrize("text", ["", "not an id", mint(99, ZEROS)])
def test_text_that_is_an_id_of_no_table_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Names(project=Id(text))
    assert refused.value.errors()[0]["type"] == "id_format"


@pytest.mark.parametrize("value", [1, None, b"bytes", ["list"]])
def test_an_id_is_text(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Names(project=value)  # type: ignore[arg-type]  # that is the point
    assert refused.value.errors()[0]["type"] == "string_type"
