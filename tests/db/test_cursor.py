"""Page cursors: what they name and which are refused."""

from __future__ import annotations

import base64
import string

import pytest

from shared.db.cursor import query_fingerprint, seal, unseal
from shared.db.ranges import Position
from shared.errors import InvalidCursor
from shared.schema.tables import Project
from tests.support.stores import HashSigner

SIGNER = HashSigner()
QUERY = query_fingerprint("this query")
PLACE = (1.5, 1795000000000.25, "id")


def test_a_cursor_names_the_place_it_was_made_for() -> None:
    assert unseal(SIGNER, QUERY, seal(SIGNER, QUERY, PLACE)) == PLACE


def test_a_cursor_may_name_the_end() -> None:
    assert unseal(SIGNER, QUERY, seal(SIGNER, QUERY, None)) is None


def test_the_same_place_has_the_same_text() -> None:
    assert seal(SIGNER, QUERY, PLACE) == seal(SIGNER, QUERY, PLACE)


def test_another_place_has_another_text() -> None:
    assert seal(SIGNER, QUERY, PLACE) != seal(SIGNER, QUERY, (*PLACE[:2], "je"))


def test_a_cursor_of_another_query_is_refused() -> None:
    cursor = seal(SIGNER, query_fingerprint("another query"), PLACE)
    with pytest.raises(InvalidCursor, match="did not issue the cursor for this query"):
        unseal(SIGNER, QUERY, cursor)


def test_a_changed_payload_is_refused() -> None:
    forged = _changed(seal(SIGNER, QUERY, PLACE), b"1.5", b"2.5")
    with pytest.raises(InvalidCursor, match="did not issue"):
        unseal(SIGNER, QUERY, forged)


def _changed(cursor: str, old: bytes, new: bytes) -> str:
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert old in raw
    return base64.urlsafe_b64encode(raw.replace(old, new)).decode().rstrip("=")


def test_a_changed_signature_is_refused() -> None:
    cursor = seal(SIGNER, QUERY, None)
    for forged in (cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BA"), cursor + "=", f" {cursor}", f"{cursor}\n"):
        with pytest.raises(InvalidCursor):
            unseal(SIGNER, QUERY, forged)


@pytest.mark.parametrize("place", [None, PLACE[1:], PLACE, (1.5, 2.5, "x")])
def test_no_other_text_names_the_same_place(place: Position | None) -> None:
    cursor = seal(SIGNER, QUERY, place)
    for last in string.ascii_letters + string.digits + "-_":
        if last != cursor[-1]:
            with pytest.raises(InvalidCursor):
                unseal(SIGNER, QUERY, cursor[:-1] + last)


def test_a_cursor_of_the_longest_key_takes_at_most_120_characters() -> None:
    longest = (1795000000000.1234, 1795000000000.1234, Project.mint_id(bytes(16)))
    assert len(seal(SIGNER, QUERY, longest)) <= 120


@pytest.mark.parametrize("kept", range(44))
def test_a_truncated_cursor_is_refused(kept: int) -> None:
    cursor = seal(SIGNER, QUERY, PLACE)
    assert kept < len(cursor)
    with pytest.raises(InvalidCursor):
        unseal(SIGNER, QUERY, cursor[:kept])


@pytest.mark.parametrize("text", ["", "x", "not base64!", "é", "AAAA", "A" * 1000, "_end_cursor"])
def test_what_never_was_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor, match="did not issue"):
        unseal(SIGNER, QUERY, text)


def test_a_signature_for_another_purpose_is_refused() -> None:
    cursor = base64.urlsafe_b64encode(b"null" + SIGNER.sign("upload", QUERY + b"null")).decode().rstrip("=")
    with pytest.raises(InvalidCursor):
        unseal(SIGNER, QUERY, cursor)
