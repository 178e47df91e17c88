from __future__ import annotations

import json
from typing import Any

import pytest

from shared.auth.providers import Provider, is_trustworthy, normal_issuer, provider_for, providers_from
from shared.errors import NoAuthProvider
from shared.settings import Settings

OIDC = {"domain": "https://oidc.example", "applicationID": "app"}
CUSTOM = {
    "type": "customJwt",
    "issuer": "https://sso.example",
    "jwks": "https://sso.example/jwks.json",
    "algorithm": "ES256",
}


def settings(**changes: str) -> Settings:
    empty = dict.fromkeys(
        (
            "table_prefix",
            "content_bucket",
            "storage_bucket",
            "internal_key_secret",
            "signing_key_secret",
            "public_url_parameter",
        ),
        "",
    )
    return Settings(**empty, **changes)  # type: ignore[arg-type]  # project_order is not among them


def configured(*entries: Any) -> tuple[Provider, ...]:
    return providers_from(settings(auth_providers=json.dumps(entries)))


def test_without_settings_nobody_is_accepted() -> None:
    assert providers_from(settings()) == ()


@pytest.mark.parametrize(
    "domain", ["https://x.clerk.accounts.dev", "x.clerk.accounts.dev", "https://x.clerk.accounts.dev/"]
)
def test_clerk_is_rs256_with_the_audience_convex(domain: str) -> None:
    issuer = "https://x.clerk.accounts.dev"
    assert providers_from(settings(clerk_issuer=domain)) == (
        Provider(issuer, f"{issuer}/.well-known/jwks.json", ("RS256",), "convex", "oidc"),
    )


def test_stack_auth_is_es256_for_the_project_without_anonymous_users() -> None:
    issuer = "https://api.stack-auth.com/api/v1/projects/p1"
    assert providers_from(settings(stack_project_id="p1")) == (
        Provider(issuer, f"{issuer}/.well-known/jwks.json", ("ES256",), "p1", "customJwt", anonymous_users=False),
    )


def test_an_openid_provider_s_keys_are_found_by_discovery() -> None:
    assert configured(OIDC) == (Provider("https://oidc.example", None, ("RS256", "EdDSA"), "app", "oidc"),)


def test_a_custom_provider_says_where_its_keys_are() -> None:
    assert configured(CUSTOM | {"applicationID": "app"}) == (
        Provider("https://sso.example", "https://sso.example/jwks.json", ("ES256",), "app", "customJwt"),
    )


def test_a_custom_provider_without_application_id_does_not_check_the_audience() -> None:
    assert configured(CUSTOM)[0].audience is None


def test_all_configured_providers_are_accepted_at_once_and_in_order() -> None:
    found = providers_from(
        settings(clerk_issuer="clerk.example", stack_project_id="p1", auth_providers=json.dumps([OIDC, CUSTOM]))
    )
    assert [provider.issuer.partition("//")[2].partition("/")[0] for provider in found] == [
        "clerk.example",
        "api.stack-auth.com",
        "oidc.example",
        "sso.example",
    ]


@pytest.mark.parametrize("jwks", ["data:application/json,{}", "http://127.0.0.1:3210/jwks", "http://localhost/jwks"])
def test_keys_may_be_in_the_setting_itself_or_on_loopback(jwks: str) -> None:
    assert configured(CUSTOM | {"jwks": jwks})[0].jwks_url == jwks


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (CUSTOM | {"jwks": "http://sso.example/jwks.json"}, r"\[0\]: jwks must be an https address"),
        (CUSTOM | {"jwks": "file:///etc/jwks"}, "jwks must be"),
        (CUSTOM | {"jwks": "http://127.0.0.1.evil.example/"}, "jwks must be"),
        (CUSTOM | {"issuer": "http://sso.example"}, "issuer must be"),
        (OIDC | {"domain": "http://oidc.example"}, "domain must be"),
        (CUSTOM | {"algorithm": "HS256"}, "algorithm must be RS256 or ES256"),
        (CUSTOM | {"algorithm": "none"}, "algorithm must be"),
        (CUSTOM | {"applicationId": "app"}, r"unknown fields \['applicationId'\]"),
        (CUSTOM | {"applicationID": ""}, "non-empty strings"),
        ({"type": "customJwt", "issuer": "https://a"}, r"missing fields \['algorithm', 'jwks'\]"),
        ({"domain": "https://oidc.example"}, r"missing fields \['applicationID'\]"),
        (OIDC | {"type": "oidc"}, r"unknown fields \['type'\]"),
        (OIDC | {"applicationID": 5}, "non-empty strings"),
        ("https://oidc.example", "must be an object"),
    ],
)
def test_a_malformed_entry_is_refused_with_its_place(entry: Any, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        configured(entry)


@pytest.mark.parametrize("text", ["", "{", '{"providers": []}', "null"])
def test_a_setting_that_is_no_json_list_is_refused(text: str) -> None:
    with pytest.raises(RuntimeError, match="POLARIS_AUTH_PROVIDERS"):
        providers_from(settings(auth_providers=text))


def test_clerk_over_plain_http_is_refused() -> None:
    with pytest.raises(RuntimeError, match="CLERK_JWT_ISSUER_DOMAIN"):
        providers_from(settings(clerk_issuer="http://clerk.example"))


@pytest.mark.parametrize("issuer", ["https://a.example/x", "https://a.example/x/", "a.example/x", "a.example/x//"])
def test_issuers_are_compared_with_scheme_and_without_trailing_slash(issuer: str) -> None:
    assert normal_issuer(issuer) == "https://a.example/x"


@pytest.mark.parametrize(
    "issuer", ["http://a.example/x", "https://a.example/X", "https://a.example", "https://a.example/x/y"]
)
def test_other_issuers_stay_different(issuer: str) -> None:
    assert normal_issuer(issuer) != "https://a.example/x"


@pytest.mark.parametrize("url", ["https://", "http:///x", "https://[", "//a.example", "", "ftp://localhost/x"])
def test_malformed_addresses_are_not_trustworthy(url: str) -> None:
    assert not is_trustworthy(url)


def test_the_first_provider_with_issuer_and_audience_is_chosen() -> None:
    one, two, any_audience, last = configured(
        CUSTOM | {"applicationID": "one"}, CUSTOM | {"applicationID": "two"}, CUSTOM, OIDC
    )
    providers = (one, two, any_audience, last)
    assert provider_for(providers, "https://sso.example", ["x", "two"]) is two
    assert provider_for(providers, "sso.example/", []) is any_audience
    assert provider_for(providers, "https://oidc.example", ["app"]) is last


def test_an_unknown_issuer_is_refused_by_name() -> None:
    with pytest.raises(NoAuthProvider, match=r"Issuer \(iss\)"):
        provider_for(configured(OIDC), "https://other.example", ["app"])


@pytest.mark.parametrize("audiences", [[], ["other"], ["app2"]])
def test_an_unknown_audience_is_refused_by_name(audiences: list[str]) -> None:
    with pytest.raises(NoAuthProvider, match=r"Audience \(aud\)"):
        provider_for(configured(OIDC), "https://oidc.example", audiences)
