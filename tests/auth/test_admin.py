"""Administrators' tokens, as `docs/cli.md` promises them."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from shared.auth.admin import PREFIX, Admin, admin_of, issue
from shared.errors import TokenExpired, Unauthorized
from shared.secrets import SecretKeys, SigningKey
from tests.auth import issuer
from tests.support.stores import HashSigner

NOW_S = 1_800_000_000.0
NAME = "arn:aws:iam::123456789012:user/ada"
SIGNER = HashSigner()


def signer_of(*masters: str) -> SigningKey:
    """Return a deployment's signing key, given its present secret and the one before."""
    stages = dict(zip(("AWSCURRENT", "AWSPREVIOUS"), masters, strict=False))
    return SigningKey(SecretKeys(stages.get, lambda: NOW_S))


def changed(token: str, place: int) -> str:
    """Return the token with another character at a place."""
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


def test_a_token_proves_who_asked_for_it() -> None:
    assert admin_of(SIGNER, issue(SIGNER, NAME, NOW_S + 60), NOW_S) == Admin(NAME, NOW_S + 60)


def test_a_token_fits_into_a_url_as_it_is() -> None:
    token = issue(SIGNER, "Ada Lövelace 💡", NOW_S + 60)
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum()
    assert admin_of(SIGNER, token, NOW_S).name == "Ada Lövelace 💡"


def test_an_expired_token_is_told_as_such() -> None:
    token = issue(SIGNER, NAME, NOW_S)
    with pytest.raises(TokenExpired, match="polaris token --admin"):
        admin_of(SIGNER, token, NOW_S + 60)


def test_no_character_of_a_token_can_be_changed() -> None:
    token = issue(SIGNER, NAME, NOW_S + 60)
    for place in range(len(token)):
        with pytest.raises(Unauthorized):
            admin_of(SIGNER, changed(token, place), NOW_S)


@pytest.mark.parametrize("rest", ["", "=", "x", "%", "e30", "ü", "A" * 3000, urlsafe_b64encode(b"{}" * 20).decode()])
def test_what_is_no_token_is_refused(rest: str) -> None:
    with pytest.raises(Unauthorized):
        admin_of(SIGNER, PREFIX + rest, NOW_S)


def test_a_token_of_another_deployment_is_refused() -> None:
    token = issue(signer_of("here" * 8), NAME, NOW_S + 60)
    with pytest.raises(Unauthorized, match="Signature"):
        admin_of(signer_of("there" * 8), token, NOW_S)


def test_a_token_outlives_one_rotation_of_the_signing_secret() -> None:
    token = issue(signer_of("old-" * 8), NAME, NOW_S + 60)
    assert admin_of(signer_of("now-" * 8, "old-" * 8), token, NOW_S).name == NAME
    with pytest.raises(Unauthorized):
        admin_of(signer_of("next" * 8, "now-" * 8), token, NOW_S)


def test_a_signature_for_another_purpose_is_none_here() -> None:
    payload = b'{"name":"ada","expires_at_s":1900000000.0}'
    forged = urlsafe_b64encode(payload + SIGNER.sign("cursor", payload)).decode().rstrip("=")
    with pytest.raises(Unauthorized, match="Signature"):
        admin_of(SIGNER, PREFIX + forged, NOW_S)


def test_neither_a_users_token_nor_the_internal_key_is_an_administrators() -> None:
    for token in (issuer.token(), "the-internal-key-of-this-deployment", ""):
        with pytest.raises(Unauthorized, match="for administrators"):
            admin_of(SIGNER, token, NOW_S)


def test_a_name_that_makes_no_usable_token_is_refused_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="shorter"):
        issue(SIGNER, "x" * 5000, NOW_S + 60)
