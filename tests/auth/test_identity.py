from __future__ import annotations

import dataclasses

import pytest

from shared.auth.identity import identity_of
from tests.auth.issuer import ISSUER, NOW_S, claims

PERSON = {
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "nickname": "ada",
    "preferred_username": "ada",
    "profile": "https://ada.example",
    "picture": "https://ada.example/a.png",
    "website": "https://ada.example/w",
    "email": "ada@example.com",
    "email_verified": True,
    "gender": "f",
    "birthdate": "1815-12-10",
    "zoneinfo": "Europe/London",
    "locale": "en-GB",
    "phone_number": "+44",
    "phone_number_verified": False,
    "address": {"formatted": "12 St James's Square", "country": "UK"},
    "updated_at": 0,
}


def test_subject_issuer_and_token_identifier_come_from_the_registered_claims() -> None:
    identity = identity_of(claims(), "oidc")
    assert (identity.subject, identity.issuer) == ("user_1", ISSUER)
    assert identity.token_identifier == f"{ISSUER}|user_1"
    assert identity.expires_at_s == NOW_S + 60


def test_the_issuer_is_kept_verbatim() -> None:
    identity = identity_of(claims(iss="issuer.example/"), "oidc")
    assert (identity.issuer, identity.token_identifier) == ("issuer.example/", "issuer.example/|user_1")


def test_openid_claims_get_convex_s_names() -> None:
    assert identity_of(claims(**PERSON), "oidc").claims == {
        "name": "Ada Lovelace",
        "givenName": "Ada",
        "familyName": "Lovelace",
        "nickname": "ada",
        "preferredUsername": "ada",
        "profileUrl": "https://ada.example",
        "pictureUrl": "https://ada.example/a.png",
        "websiteUrl": "https://ada.example/w",
        "email": "ada@example.com",
        "emailVerified": True,
        "gender": "f",
        "birthday": "1815-12-10",
        "timezone": "Europe/London",
        "language": "en-GB",
        "phoneNumber": "+44",
        "phoneNumberVerified": False,
        "address": "12 St James's Square",
        "updatedAt": "1970-01-01T00:00:00+00:00",
    }


@pytest.mark.parametrize("form", ["oidc", "customJwt"])
def test_email_name_and_picture_are_at_hand_for_either_form(form: str) -> None:
    identity = identity_of(claims(**PERSON), form)  # type: ignore[arg-type]  # parametrized
    assert identity.email == "ada@example.com"
    assert identity.name == "Ada Lovelace"
    assert identity.picture_url == "https://ada.example/a.png"


def test_other_openid_claims_keep_their_names_and_what_changes_with_every_refresh_is_dropped() -> None:
    extra = {"org_id": "o", "nested": {"a": 1}, "nbf": 1, "jti": "x", "fva": [1, 2], "auth_time": 3, "azp": "web"}
    assert identity_of(claims(**extra), "oidc").claims == {"org_id": "o", "nested": {"a": 1}}


def test_custom_claims_keep_their_names_and_nested_ones_are_joined_with_dots() -> None:
    extra = {"email_verified": True, "a": {"b": {"c": 1, "d": [{}]}, "e": None}, "fva": 1, "jti": "x", "nbf": 1}
    assert identity_of(claims(**extra), "customJwt").claims == {
        "email_verified": True,
        "a.b.c": 1,
        "a.b.d": [{}],
        "a.e": None,
    }


def test_claims_of_another_type_than_text_are_not_taken_for_email_or_name() -> None:
    identity = identity_of(claims(email=["a"], name=1, picture={}), "oidc")
    assert (identity.email, identity.name, identity.picture_url) == (None, None, None)


@pytest.mark.parametrize("updated_at", [10**30, -(10**30), 1e300, "2026-01-01T00:00:00Z"])
def test_a_time_of_change_that_no_calendar_has_stays_as_it_is(updated_at: object) -> None:
    assert identity_of(claims(updated_at=updated_at), "oidc").claims["updatedAt"] == updated_at


def test_an_identity_cannot_be_changed() -> None:
    identity = identity_of(claims(role="user"), "oidc")
    with pytest.raises(dataclasses.FrozenInstanceError):
        identity.subject = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        identity.claims["role"] = "admin"  # type: ignore[index]


def test_an_identity_is_printed_without_the_token_s_further_claims() -> None:
    assert "secret" not in repr(identity_of(claims(org="secret"), "oidc"))
