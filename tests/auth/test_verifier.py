"""Every way to present a wrong token, each really signed that way, and the check that catches it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.auth.identity import ADMIN_ISSUER, LEEWAY_S, Identity
from shared.auth.providers import Provider
from shared.auth.verifier import MAX_TOKEN_BYTES, TokenVerifier
from shared.errors import AuthProviderUnavailable, NoAuthProvider, TokenExpired, Unauthorized
from tests.auth.issuer import (
    ISSUER,
    JWKS_URL,
    NOW_S,
    RSA_PROVIDER,
    Clock,
    Web,
    claims,
    jwk,
    jwks,
    private_key,
    segment,
    token,
)

STACK_ISSUER = "https://api.stack-auth.com/api/v1/projects/p1"
STACK = Provider(STACK_ISSUER, f"{STACK_ISSUER}/jwks", ("ES256",), "p1", "customJwt", anonymous_users=False)
NOW = int(NOW_S)


def verifier(*providers: Provider, web: Web | None = None, clock: Clock | None = None) -> TokenVerifier:
    web = web or Web(**{JWKS_URL: jwks(jwk("RS256")), f"{STACK_ISSUER}/jwks": jwks(jwk("ES256"))})
    return TokenVerifier(providers or (RSA_PROVIDER, STACK), web, clock or Clock())


def refused(given: str, check: str, *providers: Provider) -> Unauthorized:
    with pytest.raises(Unauthorized, match=check) as caught:
        verifier(*providers).verify(given)
    parts = [part for part in given.split(".") if len(part) > 8]
    assert not any(part in caught.value.message for part in parts)
    return caught.value


def test_a_good_token_gives_its_identity() -> None:
    identity = verifier().verify(token(email="ada@example.com", picture="https://p"))
    assert identity.token_identifier == f"{ISSUER}|user_1"
    assert (identity.email, identity.picture_url, identity.expires_at_s) == (
        "ada@example.com",
        "https://p",
        NOW_S + 60,
    )


def test_providers_with_different_algorithms_work_side_by_side() -> None:
    both = verifier()
    assert both.verify(token()).issuer == ISSUER
    assert both.verify(token("ES256", iss=STACK_ISSUER, aud="p1")).issuer == STACK_ISSUER


def test_no_token_of_a_provider_is_an_administrator_s() -> None:
    reserved = RSA_PROVIDER._replace(issuer=f"https://{ADMIN_ISSUER}")
    refused(token(iss=ADMIN_ISSUER), "no identity provider", reserved)


@pytest.mark.parametrize("issuer", [ISSUER + "/", "issuer.example", "issuer.example/"])
def test_the_issuer_may_lack_its_scheme_or_have_a_trailing_slash(issuer: str) -> None:
    assert verifier().verify(token(iss=issuer)).issuer == issuer


def test_eddsa_is_accepted_of_openid_providers() -> None:
    provider = RSA_PROVIDER._replace(algorithms=("RS256", "EdDSA"))
    web = Web(**{JWKS_URL: jwks(jwk("RS256"), jwk("EdDSA", "second"))})
    assert verifier(provider, web=web).verify(token("EdDSA", "second", "second")).subject == "user_1"


def test_the_algorithm_none_is_refused_by_name() -> None:
    unsigned = f"{segment({'alg': 'none', 'typ': 'JWT', 'kid': 'first'})}.{segment(claims())}."
    refused(unsigned, r"Algorithm \(alg\) of the token is not RS256")


@pytest.mark.parametrize("algorithm", ["None", "NONE", "", None, ["none"], {}, 0])
def test_other_spellings_of_no_algorithm_are_refused(algorithm: Any) -> None:
    header = segment({"alg": algorithm, "kid": "first"})
    refused(f"{header}.{segment(claims())}.", r"Algorithm \(alg\)")


def test_a_header_without_algorithm_is_refused() -> None:
    refused(f"{segment({'kid': 'first'})}.{segment(claims())}.", r"Algorithm \(alg\)")


def public_forms() -> list[bytes]:
    """What an attacker can take for a shared secret: the public key in each of its spellings."""
    public = private_key("RS256", "first").public_key()
    key = json.dumps(jwk("RS256")).encode()
    return [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).rstrip(),
        key,
        jwk("RS256")["n"].encode(),
        b"",
    ]


def hmac_token(secret: bytes) -> str:
    signed = f"{segment({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{segment(claims())}"
    return f"{signed}.{segment(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


@pytest.mark.parametrize("secret", public_forms(), ids=["pem", "der", "pem stripped", "jwk", "modulus", "empty"])
def test_a_token_signed_with_the_public_key_as_hmac_secret_is_refused(secret: bytes) -> None:
    refused(hmac_token(secret), r"Algorithm \(alg\) of the token is not RS256")


@pytest.mark.parametrize("secret", public_forms(), ids=["pem", "der", "pem stripped", "jwk", "modulus", "empty"])
def test_hmac_stays_impossible_even_for_a_provider_that_lists_it(secret: bytes) -> None:
    careless = RSA_PROVIDER._replace(algorithms=("HS256", "none", "RS256"))
    refused(hmac_token(secret), r"Algorithm \(alg\)", careless)
    unsigned = f"{segment({'alg': 'none', 'kid': 'first'})}.{segment(claims())}."
    refused(unsigned, r"Algorithm \(alg\)", careless)


def test_the_forged_hmac_token_would_convince_a_careless_verifier() -> None:
    secret = jwk("RS256")["n"].encode()
    assert jwt.decode(
        hmac_token(secret), secret, ["HS256"], options={"verify_exp": False, "verify_aud": False, "verify_iat": False}
    )


def test_a_shared_secret_in_the_key_set_is_not_used() -> None:
    secret = b"s" * 32
    published = {"kty": "oct", "k": segment(secret), "kid": "shared", "alg": "HS256"}
    web = Web(**{JWKS_URL: jwks(published, jwk("RS256"))})
    forged = jwt.encode(claims(), secret, "HS256", headers={"kid": "shared"})
    with pytest.raises(Unauthorized, match=r"Algorithm \(alg\)"):
        verifier(RSA_PROVIDER, web=web).verify(forged)


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_another_rsa_algorithm_with_the_right_key_is_refused(algorithm: str) -> None:
    refused(
        jwt.encode(claims(), private_key("RS256", "first"), algorithm, headers={"kid": "first"}), r"Algorithm \(alg\)"
    )


def test_an_ec_token_for_an_rsa_provider_is_refused() -> None:
    refused(token("ES256"), r"Algorithm \(alg\) of the token is not RS256")


def test_an_rsa_token_for_an_ec_provider_is_refused() -> None:
    refused(token("RS256", iss=STACK_ISSUER, aud="p1"), r"Algorithm \(alg\) of the token is not ES256")


def test_an_algorithm_the_provider_allows_but_not_for_this_key_is_refused() -> None:
    provider = RSA_PROVIDER._replace(algorithms=("RS256", "EdDSA"))
    refused(token("EdDSA"), r"Algorithm \(alg\)", provider)


def test_a_key_in_the_token_s_own_header_is_not_used() -> None:
    headers = {"kid": "first", "jwk": jwk("RS256", "second"), "jku": "https://evil.example/jwks"}
    refused(jwt.encode(claims(), private_key("RS256", "second"), "RS256", headers=headers), "Signature")


def test_a_token_signed_with_another_key_is_refused() -> None:
    refused(token(name="second"), "Signature of the token is wrong")


def test_a_token_whose_claims_were_changed_is_refused() -> None:
    header, _, signature = token().split(".")
    refused(f"{header}.{segment(claims(sub='user_2'))}.{signature}", "Signature of the token is wrong")


def test_a_token_whose_header_was_changed_is_refused() -> None:
    _, payload, signature = token().split(".")
    refused(f"{segment({'alg': 'RS256', 'kid': 'first'})}.{payload}.{signature}", "Signature of the token is wrong")


def test_a_token_without_its_signature_is_refused() -> None:
    refused(token().rpartition(".")[0] + ".", "Signature of the token is wrong")


def test_an_unknown_key_id_is_refused_by_name() -> None:
    refused(token(kid="other"), r"Key id \(kid\) of the token names no signing key")


def test_a_missing_key_id_is_refused_by_name() -> None:
    refused(token(kid=None), r"Key id \(kid\) of the token is missing")


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"exp": None}, r"Expiry \(exp\) of the token is missing"),
        ({"exp": "soon"}, r"Expiry \(exp\) of the token is not a number"),
        ({"exp": str(NOW + 60)}, r"Expiry \(exp\) of the token is not a number"),
        ({"exp": True}, r"Expiry \(exp\) of the token is not a number"),
        ({"exp": float("inf")}, r"Expiry \(exp\) of the token is not a number"),
        ({"exp": float("nan")}, r"Expiry \(exp\) of the token is not a number"),
        ({"exp": 10**400}, r"Expiry \(exp\) of the token is not a number"),
        ({"nbf": NOW + LEEWAY_S + 1}, r"not yet valid \(nbf\)"),
        ({"nbf": "later"}, r"Begin \(nbf\) of the token is not a number"),
        ({"iat": NOW + LEEWAY_S + 1}, r"issued in the future \(iat\)"),
        ({"iat": []}, r"Issue time \(iat\) of the token is not a number"),
        ({"iss": None}, r"Issuer \(iss\) of the token is missing"),
        ({"aud": 5}, r"Audience \(aud\) of the token is neither"),
        ({"aud": ["convex", 5]}, r"Audience \(aud\) of the token is neither"),
        ({"aud": ["convex", "other"]}, r"Audience \(aud\) of the token has several values"),
    ],
    ids=repr,
)
def test_a_wrong_claim_is_refused_by_name(changes: dict[str, Any], check: str) -> None:
    refused(token(**changes), check)


@pytest.mark.parametrize("subject", [None, "", 5, ["user_1"]])
def test_a_subject_that_is_missing_or_not_text_is_refused_by_name(subject: Any) -> None:
    signed = {**claims(sub=None), **({} if subject is None else {"sub": subject})}
    refused(
        jwt.api_jws.encode(json.dumps(signed).encode(), private_key("RS256", "first"), "RS256", {"kid": "first"}),
        r"Subject \(sub\) of the token is missing or not text",
    )


def test_an_issuer_that_is_not_text_is_refused() -> None:
    signed = json.dumps(claims() | {"iss": [ISSUER]}).encode()
    refused(jwt.api_jws.encode(signed, private_key("RS256", "first"), "RS256", {"kid": "first"}), r"Issuer \(iss\)")


def test_an_expired_token_is_refused_by_name_with_its_own_code() -> None:
    assert isinstance(refused(token(exp=NOW - LEEWAY_S), r"expired \(exp\)"), TokenExpired)


@pytest.mark.parametrize("changes", [{"exp": NOW - LEEWAY_S + 1}, {"nbf": NOW + LEEWAY_S}, {"iat": NOW + LEEWAY_S}])
def test_clocks_may_differ_by_five_seconds(changes: dict[str, Any]) -> None:
    assert verifier().verify(token(**changes)).subject == "user_1"


def test_another_issuer_is_refused_by_name_with_its_own_code() -> None:
    assert isinstance(refused(token(iss="https://evil.example"), r"Issuer \(iss\)"), NoAuthProvider)


@pytest.mark.parametrize("audience", [None, "other", [], ["other"], "convex2", "CONVEX", ["convex "]])
def test_another_audience_is_refused_by_name_with_its_own_code(audience: Any) -> None:
    assert isinstance(refused(token(aud=audience), r"Audience \(aud\)"), NoAuthProvider)


def test_one_audience_in_a_list_is_one_audience() -> None:
    assert verifier().verify(token(aud=["convex"])).subject == "user_1"


def test_a_custom_provider_s_token_may_have_several_audiences() -> None:
    assert verifier().verify(token("ES256", iss=STACK_ISSUER, aud=["p1", "other"])).subject == "user_1"


def test_the_audience_is_not_checked_where_none_is_configured() -> None:
    provider = RSA_PROVIDER._replace(audience=None, form="customJwt")
    for audience in (None, "anything"):
        assert verifier(provider).verify(token(aud=audience)).subject == "user_1"


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"aud": "p1", "is_anonymous": True}, r"Anonymous users \(is_anonymous\)"),
        ({"aud": "p1:anon", "is_anonymous": True}, r"Audience \(aud\)"),
        ({"aud": "p1", "iss": STACK_ISSUER.replace("projects", "projects-anonymous-users")}, r"Issuer \(iss\)"),
    ],
)
def test_anonymous_users_of_stack_auth_are_refused(changes: dict[str, Any], check: str) -> None:
    refused(token("ES256", **{"iss": STACK_ISSUER, **changes}), check)


def test_signed_in_users_of_stack_auth_are_accepted() -> None:
    given = token("ES256", iss=STACK_ISSUER, aud="p1", is_anonymous=False, email="a@b.example")
    assert verifier().verify(given).email == "a@b.example"


MALFORMED = [
    "",
    "x",
    "a.b",
    "..",
    "a.b.c",
    "é.b.c",
    "\ud800.b.c",
    f"{segment({'alg': 'RS256'})}.{segment(b'not json')}.",
    f"{segment({'alg': 'RS256'})}.{segment([])}.",
    f"{segment({'alg': 'RS256'})}.{segment(b'[' * 5000)}.",
    f"{segment([])}.{segment({})}.",
    f"{segment(b'[' * 5000)}.{segment({})}.",
    f"{segment({'alg': 'RS256', 'kid': 5})}.{segment({'iss': ISSUER, 'aud': 'convex'})}.",
    f"{segment({'alg': 'RS256', 'crit': ['exp']})}.{segment({})}.",
    f"{segment({'alg': 'RS256', 'b64': False, 'crit': ['b64']})}..",
    f"{segment({'alg': 'RS256'})}=.{segment({})}.",
    "a.b.c.d.e",
]


@pytest.mark.parametrize("given", MALFORMED, ids=lambda given: ascii(given[:24]))
def test_what_is_no_jwt_is_called_malformed(given: str) -> None:
    refused(given, "malformed")


def test_a_signed_token_with_an_unknown_critical_extension_is_refused() -> None:
    header = {"alg": "RS256", "kid": "first", "crit": ["x"], "x": 1}
    refused(f"{segment(header)}.{segment(claims())}.AAAA", "malformed")


def test_a_token_above_8_kb_is_refused_by_name() -> None:
    given = token(padding="x" * MAX_TOKEN_BYTES)
    with pytest.raises(Unauthorized, match="too large"):
        verifier().verify(given)


def test_a_provider_that_is_away_is_not_the_token_s_fault() -> None:
    with pytest.raises(AuthProviderUnavailable):
        verifier(web=Web()).verify(token())


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(lambda: token(iss="https://evil.example"), id="issuer"),
        pytest.param(lambda: token(aud="other"), id="audience"),
        pytest.param(lambda: token("ES256"), id="algorithm"),
        pytest.param(lambda: token(kid=None), id="kid"),
        pytest.param(lambda: hmac_token(b"x" * 32), id="hmac"),
    ],
)
def test_what_can_be_seen_to_be_wrong_causes_no_fetch(given: Callable[[], str]) -> None:
    web = Web()
    with pytest.raises(Unauthorized):
        verifier(web=web).verify(given())
    assert web.asked == []


def test_a_token_sent_again_within_a_minute_is_not_verified_again() -> None:
    clock, web = Clock(), Web(**{JWKS_URL: jwks(jwk("RS256"))})
    known = verifier(web=web, clock=clock)
    first: Identity = known.verify(token())
    clock.now_s += 30
    assert known.verify(token()) is first


def test_a_remembered_token_still_expires() -> None:
    clock = Clock()
    known = verifier(clock=clock)
    given = token(exp=NOW + 10)
    known.verify(given)
    clock.now_s += 10 + LEEWAY_S
    with pytest.raises(TokenExpired):
        known.verify(given)


def test_a_withdrawn_key_ends_its_tokens_within_the_time_keys_are_kept() -> None:
    clock, web = Clock(), Web(**{JWKS_URL: jwks(jwk("RS256"))})
    known = verifier(web=web, clock=clock)
    given = token(exp=NOW + 7200)
    known.verify(given)
    web.documents[JWKS_URL] = jwks(jwk("RS256", "second"))
    clock.now_s += 600
    with pytest.raises(Unauthorized, match=r"Key id \(kid\)"):
        known.verify(given)


def test_a_refused_token_is_not_remembered_as_good() -> None:
    known = verifier()
    for _ in range(2):
        with pytest.raises(Unauthorized, match="Signature"):
            known.verify(token(name="second"))


def test_a_token_that_differs_in_its_signature_alone_is_verified_by_itself() -> None:
    known = verifier()
    good = token()
    known.verify(good)
    with pytest.raises(Unauthorized, match="Signature"):
        known.verify(good[:-8] + ("AAAAAAAA" if not good.endswith("AAAAAAAA") else "BBBBBBBB"))
