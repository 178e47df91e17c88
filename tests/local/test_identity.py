from __future__ import annotations

import stat
from pathlib import Path

import jwt
import pytest

from infra.local.identity import load_key, provider
from tests.local.served import NOW_S, ORIGIN, ask, identity


def _claims(token: str) -> dict[str, object]:
    key = jwt.PyJWKSet.from_dict(ask("GET", "/dev/auth/jwks.json").json)[jwt.get_unverified_header(token)["kid"]]
    options = {"verify_exp": False, "verify_iat": False}
    claims: dict[str, object] = jwt.decode(token, key, ["RS256"], options, audience="convex")  # type: ignore[arg-type]
    return claims


def test_a_token_says_who_was_asked_for() -> None:
    token = ask(
        "GET", "/dev/token?subject=ada&email=ada@example.com&name=Ada%20L&picture=http://x/y.png"
    ).body.decode()
    claims = _claims(token)
    assert claims["sub"] == "ada"
    assert claims["email"] == "ada@example.com"
    assert claims["name"] == "Ada L"
    assert claims["picture"] == "http://x/y.png"


def test_a_token_is_one_that_the_deployment_is_told_to_trust() -> None:
    trusted = provider(ORIGIN)
    token = ask("GET", "/dev/token?subject=ada").body.decode()
    assert _claims(token)["iss"] == trusted["issuer"]
    assert jwt.get_unverified_header(token)["alg"] == trusted["algorithm"]
    assert trusted["jwks"] == identity().configuration()["jwks_uri"]


def test_a_token_holds_for_an_hour() -> None:
    claims = _claims(ask("GET", "/dev/token?subject=ada").body.decode())
    assert (claims["iat"], claims["exp"]) == (NOW_S, NOW_S + 3600)


@pytest.mark.parametrize("lifetime_s", [5, -60])
def test_a_token_may_be_asked_to_expire_at_another_time(lifetime_s: int) -> None:
    claims = _claims(ask("GET", f"/dev/token?subject=ada&expiresIn={lifetime_s}").body.decode())
    assert claims["exp"] == NOW_S + lifetime_s


@pytest.mark.parametrize("query", ["", "?subject=", "?subject=ada&expiresIn=soon"])
def test_a_token_for_nobody_or_for_no_time_is_refused(query: str) -> None:
    assert ask("GET", f"/dev/token{query}").status == 400


def test_the_discovery_document_leads_to_the_keys() -> None:
    document = ask("GET", "/dev/auth/.well-known/openid-configuration").json
    assert document["issuer"] == f"{ORIGIN}/dev/auth"
    assert document["jwks_uri"] == f"{ORIGIN}/dev/auth/jwks.json"


def test_the_key_set_holds_no_private_part() -> None:
    (key,) = ask("GET", "/dev/auth/jwks.json").json["keys"]
    assert set(key) == {"kty", "key_ops", "n", "e", "use", "alg", "kid"}


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:80"])
def test_the_developers_own_pages_may_fetch_tokens(origin: str) -> None:
    answer = ask("GET", "/dev/token?subject=ada", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin


def test_other_pages_may_not_read_tokens() -> None:
    answer = ask("GET", "/dev/token?subject=ada", headers={"Origin": "https://example.com"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_name_that_was_pointed_at_this_machine_gets_no_token() -> None:
    assert ask("GET", "/dev/token?subject=ada", headers={"Host": "attacker.example"}).status == 403


def test_the_key_outlives_a_restart(tmp_path: Path) -> None:
    first = load_key(tmp_path / "identity.pem").private_numbers()
    assert load_key(tmp_path / "identity.pem").private_numbers() == first


def test_only_its_owner_may_read_the_key(tmp_path: Path) -> None:
    load_key(tmp_path / "identity.pem")
    assert stat.S_IMODE((tmp_path / "identity.pem").stat().st_mode) == 0o600
