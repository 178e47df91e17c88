"""Users' GitHub tokens from look-alikes of Clerk and Stack Auth on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.auth.identity import Identity
from shared.github.tokens import ConnectedAccounts
from shared.job_settings import JobSettings
from shared.service_errors import AccountsUnavailable
from tests.runtime.backend import SETTINGS
from tests.support.json_server import JsonServer, serving_json

KEY = "sk_test_0123456789"
TOKEN = "gho_the_token"
CLERK = "https://clerk.example.com"
STACK = "https://api.stack-auth.com/api/v1/projects/p-1"
SETTINGS_OF_BOTH = SETTINGS._replace(clerk_issuer="clerk.example.com", stack_project_id="p-1")
OF_CLERK = "GET /v1/users/user%2F1/oauth_access_tokens/oauth_github"
OF_NEWER_CLERK = "GET /v1/users/user%2F1/oauth_access_tokens/github"
OF_STACK = "POST /api/v1/connected-accounts/user%2F1/github/access-token"


@pytest.fixture
def provider() -> Iterator[JsonServer]:
    with serving_json() as server:
        yield server


def token(provider: JsonServer, issuer: str, **settings: Any) -> str | None:
    given = {"provider_key_secret": "key", "clerk_api_url": provider.url, "stack_api_url": provider.url, **settings}
    identity = Identity("user/1", issuer, f"{issuer}|user/1", None, None, None, {}, 2e9)
    return ConnectedAccounts(JobSettings(**given), lambda: KEY).github_token(identity, SETTINGS_OF_BOTH)


@pytest.mark.parametrize("issuer", [CLERK, f"{CLERK}/"])
def test_clerk_is_asked_for_its_own_users(provider: JsonServer, issuer: str) -> None:
    provider.answers[OF_CLERK] = (200, [{"token": TOKEN}, {"token": "older"}])
    assert token(provider, issuer) == TOKEN
    [asked] = provider.asked
    assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_newer_versions_of_clerk_are_understood(provider: JsonServer) -> None:
    provider.answers[OF_NEWER_CLERK] = (200, {"data": [{"token": TOKEN}], "total_count": 1})
    assert token(provider, CLERK) == TOKEN


def test_stack_auth_is_asked_for_its_own_users(provider: JsonServer) -> None:
    provider.answers[OF_STACK] = (200, {"access_token": TOKEN})
    assert token(provider, STACK) == TOKEN
    [asked] = provider.asked
    assert (asked.headers["x-stack-access-type"], asked.headers["x-stack-project-id"]) == ("server", "p-1")
    assert (asked.headers["x-stack-secret-server-key"], asked.body) == (KEY, {})


@pytest.mark.parametrize("issuer", [CLERK, STACK])
@pytest.mark.parametrize(
    "answer", [(200, []), (200, {}), (200, "text"), (200, [{}]), (400, {}), (404, {}), (302, {})]
)
def test_whoever_has_connected_nothing_has_no_token(provider: JsonServer, issuer: str, answer: Any) -> None:
    provider.answers |= {OF_CLERK: answer, OF_NEWER_CLERK: answer, OF_STACK: answer}
    assert token(provider, issuer) is None


@pytest.mark.parametrize("issuer", ["https://id.example.com", f"{STACK}2", "https://clerk.example.com.evil.example"])
def test_nobody_is_asked_for_users_of_other_providers(provider: JsonServer, issuer: str) -> None:
    assert token(provider, issuer) is None
    assert provider.asked == []


def test_nobody_is_asked_without_a_key(provider: JsonServer) -> None:
    assert token(provider, CLERK, provider_key_secret="") is None
    assert provider.asked == []


@pytest.mark.parametrize("issuer", [CLERK, STACK])
@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_provider_that_fails_may_be_asked_again(provider: JsonServer, issuer: str, status: int) -> None:
    provider.answers |= {OF_CLERK: (status, {}), OF_STACK: (status, {})}
    with pytest.raises(AccountsUnavailable, match="Please try again"):
        token(provider, issuer)


def test_a_provider_that_is_not_there_may_be_asked_again(provider: JsonServer) -> None:
    with pytest.raises(AccountsUnavailable):
        token(provider, CLERK, clerk_api_url="http://127.0.0.1:9")


@pytest.mark.parametrize("issuer", [CLERK, STACK])
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_an_operators_matter(provider: JsonServer, issuer: str, status: int) -> None:
    provider.answers |= {OF_CLERK: (status, {}), OF_STACK: (status, {})}
    with pytest.raises(RuntimeError, match="provider_key_secret") as raised:
        token(provider, issuer)
    assert KEY not in str(raised.value)
