from __future__ import annotations

import json
import threading
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from shared.auth.jwks import FRESH_S, RETRY_S, STALE_S, KeySets
from shared.auth.providers import Provider
from shared.errors import AuthProviderUnavailable, Unauthorized
from tests.auth.issuer import ISSUER, JWKS_URL, RSA_PROVIDER, Clock, Web, jwk, jwks

DISCOVERED = Provider(ISSUER, None, ("RS256", "EdDSA"), "app", "oidc")
DISCOVERY_URL = f"{ISSUER}/.well-known/openid-configuration"


def published(*entries: dict[str, Any]) -> tuple[KeySets, Web, Clock]:
    web, clock = Web(**{JWKS_URL: jwks(*entries)}), Clock()
    return KeySets(web, clock), web, clock


def test_keys_are_fetched_once_in_ten_minutes() -> None:
    keys, web, clock = published(jwk("RS256"))
    for _ in range(3):
        keys.key(RSA_PROVIDER, "first")
    clock.now_s += FRESH_S - 1
    keys.key(RSA_PROVIDER, "first")
    assert web.asked == [JWKS_URL]


def test_keys_are_fetched_again_after_ten_minutes() -> None:
    keys, web, clock = published(jwk("RS256"))
    keys.key(RSA_PROVIDER, "first")
    clock.now_s += FRESH_S
    keys.key(RSA_PROVIDER, "first")
    assert len(web.asked) == 2


def test_a_key_that_its_provider_withdrew_is_refused_after_ten_minutes() -> None:
    keys, web, clock = published(jwk("RS256"))
    keys.key(RSA_PROVIDER, "first")
    web.documents[JWKS_URL] = jwks(jwk("RS256", "second"))
    clock.now_s += FRESH_S
    with pytest.raises(Unauthorized, match=r"Key id \(kid\)"):
        keys.key(RSA_PROVIDER, "first")


def test_an_unknown_key_id_makes_the_provider_be_asked_again() -> None:
    keys, web, clock = published(jwk("RS256"))
    keys.key(RSA_PROVIDER, "first")
    web.documents[JWKS_URL] = jwks(jwk("RS256"), jwk("RS256", "second"))
    clock.now_s += RETRY_S
    assert keys.key(RSA_PROVIDER, "second").key_id == "second"


def test_made_up_key_ids_cause_one_fetch_in_ten_seconds() -> None:
    keys, web, clock = published(jwk("RS256"))
    keys.key(RSA_PROVIDER, "first")
    for number in range(50):
        clock.now_s += 1
        with pytest.raises(Unauthorized, match=r"Key id \(kid\)"):
            keys.key(RSA_PROVIDER, f"made up {number}")
    assert len(web.asked) == 1 + 50 // RETRY_S


def test_providers_do_not_use_up_each_other_s_fetches() -> None:
    other = RSA_PROVIDER._replace(issuer="https://b.example", jwks_url="https://b.example/jwks")
    keys, web, _ = published(jwk("RS256"))
    web.documents["https://b.example/jwks"] = jwks(jwk("RS256", "second"))
    keys.key(RSA_PROVIDER, "first")
    assert keys.key(other, "second").key_id == "second"


def test_a_key_of_one_provider_is_no_key_of_another() -> None:
    other = RSA_PROVIDER._replace(issuer="https://b.example", jwks_url="https://b.example/jwks")
    keys, web, _ = published(jwk("RS256"))
    web.documents["https://b.example/jwks"] = jwks(jwk("RS256", "second"))
    keys.key(other, "second")
    with pytest.raises(Unauthorized):
        keys.key(other, "first")


def test_known_keys_are_used_for_an_hour_while_the_provider_is_away() -> None:
    keys, web, clock = published(jwk("RS256"))
    keys.key(RSA_PROVIDER, "first")
    web.documents.clear()
    clock.now_s += STALE_S - 1
    assert keys.key(RSA_PROVIDER, "first").key_id == "first"


def test_after_an_hour_without_the_provider_its_keys_are_used_no_more() -> None:
    keys, web, clock = published(jwk("RS256"))
    keys.key(RSA_PROVIDER, "first")
    web.documents.clear()
    clock.now_s += STALE_S
    with pytest.raises(AuthProviderUnavailable):
        keys.key(RSA_PROVIDER, "first")


def test_an_unknown_key_id_of_a_provider_that_is_away_is_not_called_wrong() -> None:
    keys, web, clock = published(jwk("RS256"))
    keys.key(RSA_PROVIDER, "first")
    web.documents.clear()
    clock.now_s += RETRY_S
    for _ in range(2):
        with pytest.raises(AuthProviderUnavailable):
            keys.key(RSA_PROVIDER, "second")


def test_a_provider_that_is_away_is_asked_once_in_ten_seconds_and_noticed_when_it_is_back() -> None:
    keys, web, clock = published()
    for _ in range(5):
        with pytest.raises(AuthProviderUnavailable):
            keys.key(RSA_PROVIDER, "first")
    assert len(web.asked) == 1
    web.documents[JWKS_URL] = jwks(jwk("RS256"))
    clock.now_s += RETRY_S
    assert keys.key(RSA_PROVIDER, "first").key_id == "first"


def test_once_a_provider_is_back_an_unknown_key_id_is_wrong_again() -> None:
    keys, web, clock = published()
    with pytest.raises(AuthProviderUnavailable):
        keys.key(RSA_PROVIDER, "second")
    web.documents[JWKS_URL] = jwks(jwk("RS256"))
    clock.now_s += RETRY_S
    with pytest.raises(Unauthorized, match=r"Key id \(kid\)"):
        keys.key(RSA_PROVIDER, "second")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff",
        b"[]",
        b'"x"',
        b"{}",
        b'{"keys": {}}',
        b'{"keys": []}',
        b'{"keys": [1, null, {}]}',
        b"[" * 99999,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_key_set_that_cannot_be_read_counts_as_a_provider_that_is_away(body: bytes) -> None:
    keys, web, clock = published(jwk("RS256"))
    keys.key(RSA_PROVIDER, "first")
    web.documents[JWKS_URL] = body
    clock.now_s += FRESH_S
    assert keys.key(RSA_PROVIDER, "first").key_id == "first"
    with pytest.raises(AuthProviderUnavailable, match="unusable"):
        keys.key(RSA_PROVIDER, "second")


UNFIT = [
    jwk("RS256", "unfit", use="enc"),
    jwk("RS256", "unfit", alg="RS512"),
    jwk("RS256", "unfit", alg="HS256"),
    jwk("RS256", "weak", kid="unfit"),
    jwk("ES256", "first", kid="unfit"),
    jwk("EdDSA", "first", kid="unfit"),
    {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "unfit"},
    {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "unfit", "alg": "RS256"},
    {"kty": "RSA", "kid": "unfit", "n": "AQAB"},
    {"kty": "RSA", "kid": "unfit", "n": 5, "e": []},
    {"kty": "RSA", "kid": "unfit", "n": "!", "e": "AQAB"},
    {"kty": ["RSA"], "kid": "unfit", "crv": {}},
]


@pytest.mark.parametrize(
    "entry", UNFIT, ids=lambda entry: f"{entry['kty']} {entry.get('alg', '')}{entry.get('use', '')}"
)
def test_a_key_not_meant_for_the_provider_s_algorithm_is_left_out(entry: dict[str, Any]) -> None:
    keys, _, _ = published(entry, jwk("RS256"))
    assert keys.key(RSA_PROVIDER, "first").key_id == "first"
    with pytest.raises(Unauthorized, match=r"Key id \(kid\)"):
        keys.key(RSA_PROVIDER, "unfit")


def test_a_curve_other_than_p_256_is_no_key_for_es256() -> None:
    keys, _, _ = published(jwk("ES384"), jwk("ES256", "second"))
    provider = RSA_PROVIDER._replace(algorithms=("ES256",))
    assert keys.key(provider, "second").algorithm_name == "ES256"
    with pytest.raises(Unauthorized):
        keys.key(provider, "first")


def test_openid_keys_are_found_by_discovery() -> None:
    configuration = {"issuer": f"{ISSUER}/", "jwks_uri": "https://keys.example/set"}
    web = Web(**{DISCOVERY_URL: json.dumps(configuration).encode(), "https://keys.example/set": jwks(jwk("EdDSA"))})
    assert KeySets(web, Clock()).key(DISCOVERED, "first").algorithm_name == "EdDSA"
    assert web.asked == [DISCOVERY_URL, "https://keys.example/set"]


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"issuer": "https://evil.example", "jwks_uri": JWKS_URL}, "of another issuer"),
        ({"jwks_uri": JWKS_URL}, "of another issuer"),
        ({"issuer": ISSUER, "jwks_uri": "http://issuer.example/jwks"}, "no https address"),
        ({"issuer": ISSUER, "jwks_uri": "data:,{}"}, "no https address"),
        ({"issuer": ISSUER}, "no https address"),
        ([], "not a JSON object"),
    ],
)
def test_a_discovery_document_that_misleads_is_refused(configuration: Any, message: str) -> None:
    web = Web(**{DISCOVERY_URL: json.dumps(configuration).encode(), JWKS_URL: jwks(jwk("RS256"))})
    with pytest.raises(AuthProviderUnavailable, match=message):
        KeySets(web, Clock()).key(DISCOVERED, "first")


@pytest.mark.parametrize(
    "url",
    [
        "data:application/json;base64," + b64encode(jwks(jwk("RS256"))).decode(),
        "data:text/plain;charset=utf-8;base64," + quote(b64encode(jwks(jwk("RS256")))),
        "data:application/json," + quote(jwks(jwk("RS256"))),
    ],
    ids=["base64", "quoted base64", "quoted"],
)
def test_keys_in_a_data_url_need_no_network(url: str) -> None:
    web = Web()
    assert KeySets(web, Clock()).key(RSA_PROVIDER._replace(jwks_url=url), "first").key_id == "first"
    assert web.asked == []


def test_a_data_url_without_keys_is_refused() -> None:
    with pytest.raises(AuthProviderUnavailable, match="data URL is not base64"):
        KeySets(Web(), Clock()).key(RSA_PROVIDER._replace(jwks_url="data:;base64,A"), "first")


def test_callers_that_come_together_wait_for_one_fetch() -> None:
    arrived, go_on, found = threading.Event(), threading.Event(), []

    def slowly(_url: str) -> bytes:
        arrived.set()
        assert go_on.wait(10)
        return jwks(jwk("RS256"))

    keys = KeySets(slowly, Clock())
    callers = [
        threading.Thread(target=lambda: found.append(keys.key(RSA_PROVIDER, "first").key_id)) for _ in range(8)
    ]
    for caller in callers:
        caller.start()
    assert arrived.wait(10)
    go_on.set()
    for caller in callers:
        caller.join(10)
    assert found == ["first"] * 8
