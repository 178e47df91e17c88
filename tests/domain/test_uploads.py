from __future__ import annotations

import base64

import pytest

from shared.domain.uploads import Upload, seal, unseal
from shared.storage import StoredObject
from tests.support.stores import HashSigner

NOW_MS = 1_000_000.0
SMALL = Upload("https://id.example|ada", "6d0a", NOW_MS)
LARGE = Upload("internal", "6d0b", NOW_MS, StoredObject(5, "image/png", "aGk="))


@pytest.mark.parametrize("upload", [SMALL, LARGE])
def test_a_permission_is_read_back_as_it_was_given(upload: Upload) -> None:
    assert unseal(HashSigner(), seal(HashSigner(), upload), NOW_MS) == upload


def test_a_permission_ends() -> None:
    assert unseal(HashSigner(), seal(HashSigner(), SMALL), NOW_MS + 1) is None


def test_the_text_of_a_permission_can_stand_in_a_url() -> None:
    assert set(seal(HashSigner(), SMALL)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_a_changed_permission_is_none() -> None:
    token = seal(HashSigner(), SMALL)
    raw = base64.urlsafe_b64decode(token + "==")
    changed = raw.replace(b"ada", b"bob")
    assert changed != raw
    assert unseal(HashSigner(), base64.urlsafe_b64encode(changed).decode(), NOW_MS) is None


@pytest.mark.parametrize("token", ["", "x", "é", "AAAA", "=" * 100, "A" * 1000, "\ud800"])
def test_any_other_text_is_no_permission(token: str) -> None:
    assert unseal(HashSigner(), token, NOW_MS) is None
