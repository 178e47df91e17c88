"""Page cursors: what they name and which are refused."""

from __future__ import annotations

import base64

import pytest

from shared.db.cursor import query_fingerprint, seal, unseal
from shared.errors import InvalidCursor
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
    with pytest.raises(InvalidCursor, match="belongs to another query"):
        unseal(SIGNER, QUERY, cursor)


def test_a_changed_payload_is_refused() -> None:
    raw = base64.urlsafe_b64decode(seal(SIGNER, QUERY, PLACE))
    forged = base64.urlsafe_b64encode(raw.replace(b"1.5", b"2.5")).decode()
    with pytest.raises(InvalidCursor, match="not one of this backend"):
        unseal(SIGNER, QUERY, forged)


@pytest.mark.parametrize("kept", range(80))
def test_a_truncated_cursor_is_refused(kept: int) -> None:
    cursor = seal(SIGNER, QUERY, PLACE)
    assert kept < len(cursor)
    with pytest.raises(InvalidCursor):
        unseal(SIGNER, QUERY, cursor[:kept])


@pytest.mark.parametrize("text", ["", "x", "not base64!", "é", "AAAA", "A" * 1000, "_end_cursor"])
def test_what_never_was_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor, match="not one of this backend"):
        unseal(SIGNER, QUERY, text)


def test_a_signature_for_another_purpose_is_refused() -> None:
    payload = f'["{QUERY}",null]'.encode()
    cursor = base64.urlsafe_b64encode(payload + SIGNER.sign("upload", payload)).decode()
    with pytest.raises(InvalidCursor):
        unseal(SIGNER, QUERY, cursor)
