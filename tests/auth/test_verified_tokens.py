from __future__ import annotations

from dataclasses import replace

from shared.auth.identity import identity_of
from shared.auth.verified_tokens import MAX_AGE_S, MAX_ENTRIES, VerifiedTokens
from tests.auth.issuer import NOW_S, claims

IDENTITY = identity_of(claims(exp=int(NOW_S) + 3600), "oidc")


def test_a_token_is_remembered_for_a_minute() -> None:
    verified = VerifiedTokens()
    verified.put("a.b.c", IDENTITY, NOW_S)
    assert verified.get("a.b.c", NOW_S + MAX_AGE_S - 0.1) is IDENTITY
    assert verified.get("a.b.c", NOW_S + MAX_AGE_S) is None


def test_a_token_is_remembered_no_longer_than_it_is_valid() -> None:
    verified = VerifiedTokens()
    verified.put("a.b.c", replace(IDENTITY, expires_at_s=NOW_S + 10), NOW_S)
    assert verified.get("a.b.c", NOW_S + 9.9) is not None
    assert verified.get("a.b.c", NOW_S + 10) is None


def test_another_token_is_not_known() -> None:
    verified = VerifiedTokens()
    verified.put("a.b.c", IDENTITY, NOW_S)
    assert verified.get("a.b.d", NOW_S) is None


def test_a_thousand_tokens_are_remembered_and_the_oldest_is_forgotten_first() -> None:
    verified = VerifiedTokens()
    for number in range(MAX_ENTRIES + 1):
        verified.put(f"token {number}", IDENTITY, NOW_S)
    assert verified.get("token 0", NOW_S) is None
    assert verified.get("token 1", NOW_S) is IDENTITY
    assert verified.get(f"token {MAX_ENTRIES}", NOW_S) is IDENTITY


def test_tokens_themselves_are_not_kept() -> None:
    verified = VerifiedTokens()
    verified.put("a.b.c", IDENTITY, NOW_S)
    assert "a.b.c" not in repr(vars(verified))
