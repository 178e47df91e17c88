"""The real client against a look-alike on loopback; time passes only when the client waits."""

from __future__ import annotations

import pytest

from shared.db.clock import Clock
from shared.github.client import GitHub
from shared.github.repository import Repository
from shared.service_errors import (
    GitHubDenied,
    GitHubNotConnected,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubRefused,
    GitHubUnavailable,
    ServiceError,
)
from tests.github.conftest import TOKEN
from tests.support.github import GitHubState, serving
from tests.support.stores import START_NS

USER = "GET /user"


def login(github: GitHub) -> str:
    name: str = github.get("/user", "the account")["login"]
    return name


def test_requests_carry_the_token(github: GitHub, state: GitHubState) -> None:
    assert login(github) == "ada"
    assert [request.authorization for request in state.requests] == [f"Bearer {TOKEN}"]


def test_an_enterprise_server_has_its_api_below_a_path(state: GitHubState, clock: Clock) -> None:
    with serving(state, prefix="/api/v3") as url:
        assert login(GitHub(url + "/", TOKEN, clock, 1e15)) == "ada"


@pytest.mark.parametrize("status", [500, 502, 503, 0])
def test_a_failure_is_met_by_another_try(github: GitHub, state: GitHubState, status: int) -> None:
    state.fail(USER, status, times=2)
    assert login(github) == "ada"


def test_github_that_keeps_failing_is_unavailable(github: GitHub, state: GitHubState) -> None:
    state.fail(USER, 502, times=9)
    with pytest.raises(GitHubUnavailable, match="status 502"):
        login(github)
    assert len(state.requests) == 3


def test_an_answer_that_does_not_come_is_not_waited_for(state: GitHubState, api_url: str, clock: Clock) -> None:
    state.fail(USER, 0, delay_s=5, times=9)
    github = GitHub(api_url, TOKEN, clock, clock.now_ms() + 60_000, patience_s=0.03)
    with pytest.raises(GitHubUnavailable, match="ReadTimeoutError"):
        login(github)


def test_a_host_that_is_not_there_is_unavailable(clock: Clock) -> None:
    with pytest.raises(GitHubUnavailable):
        login(GitHub("http://127.0.0.1:1", TOKEN, clock, clock.now_ms() + 60_000))


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (403, {"Retry-After": "5"}),
        (429, {"Retry-After": "5"}),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(START_NS // 10**9 + 5)}),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(START_NS // 10**9 + 5)}),
    ],
)
def test_a_rate_limit_that_ends_soon_is_waited_for(
    github: GitHub, state: GitHubState, clock: Clock, status: int, headers: dict[str, str]
) -> None:
    state.fail(USER, status, headers=headers)
    assert login(github) == "ada"
    assert clock.now_ns() - START_NS == pytest.approx(5e9, rel=1e-3)


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (403, {"Retry-After": "60"}, ""),
        (429, {}, ""),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(START_NS // 10**9 + 1800)}, ""),
        (403, {}, "You have exceeded a secondary rate limit"),
        (429, {"Retry-After": "soon"}, ""),
    ],
)
def test_a_rate_limit_that_ends_late_is_left_to_the_machine(
    github: GitHub, state: GitHubState, status: int, headers: dict[str, str], message: str
) -> None:
    state.fail(USER, status, headers=headers, message=message)
    with pytest.raises(GitHubRateLimited, match=r"for about (1|30) min\. Please try again later"):
        login(github)
    assert len(state.requests) == 1


def test_a_rate_limit_is_not_waited_for_beyond_the_callers_time(
    state: GitHubState, api_url: str, clock: Clock
) -> None:
    state.fail(USER, 429, headers={"Retry-After": "5"})
    with pytest.raises(GitHubRateLimited):
        login(GitHub(api_url, TOKEN, clock, clock.now_ms() + 6_000))


def test_a_rate_limit_that_never_ends_is_not_waited_for_for_ever(github: GitHub, state: GitHubState) -> None:
    state.fail(USER, 429, headers={"Retry-After": "1"}, times=99)
    with pytest.raises(GitHubRateLimited):
        login(github)
    assert len(state.requests) == 4


@pytest.mark.parametrize(
    ("status", "error", "text"),
    [
        (401, GitHubNotConnected, "GitHub not connected"),
        (403, GitHubDenied, "does not allow this for the account: Must have admin rights. Check the permissions"),
        (404, GitHubNotFound, "does not find the account"),
        (409, GitHubRefused, "Must have admin rights"),
        (422, GitHubRefused, "Must have admin rights"),
        (451, GitHubRefused, "Must have admin rights"),
    ],
)
def test_a_refusal_says_what_to_do(
    github: GitHub, state: GitHubState, status: int, error: type[ServiceError], text: str
) -> None:
    state.fail(USER, status, message="Must have admin rights.", times=9)
    with pytest.raises(error, match=text):
        login(github)
    assert len(state.requests) == 1


def test_a_refusal_that_quotes_the_token_is_told_without_it(github: GitHub, state: GitHubState) -> None:
    state.fail(USER, 422, message=f"{TOKEN} is no token")
    with pytest.raises(GitHubRefused) as caught:
        login(github)
    assert TOKEN not in str(caught.value)


def test_the_token_is_not_sent_to_the_host_of_archives(github: GitHub, state: GitHubState) -> None:
    repo = state.add("ada", "site", {})
    with github.stream(f"/repos/ada/site/tarball/{repo.refs['main']}", "it") as response:
        assert response.read()
    assert [(r.method, r.authorization) for r in state.requests] == [
        ("GET", f"Bearer {TOKEN}"),
        ("ARCHIVE", None),
    ]


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/", "file:///etc/passwd", "gopher://x/"])
def test_a_redirect_to_another_scheme_is_not_followed(github: GitHub, state: GitHubState, location: str) -> None:
    state.fail(USER, 302, headers={"Location": location})
    with pytest.raises(GitHubRefused, match="not followed"):
        login(github)


def test_a_redirect_from_https_to_http_is_not_followed(clock: Clock) -> None:
    github = GitHub("https://api.github.example", TOKEN, clock, 1e15)
    with pytest.raises(GitHubRefused, match="without https"):
        github._redirected("GET", "https://api.github.example/user", "http://api.github.example/user")


def test_a_write_is_not_redirected_to_another_host(github: GitHub, state: GitHubState) -> None:
    state.fail("POST /user/repos", 307, headers={"Location": "http://127.0.0.2:9/user/repos"})
    with pytest.raises(GitHubRefused, match="another host"):
        github.post("/user/repos", "it", name="x")


def test_redirects_in_a_circle_end(github: GitHub, state: GitHubState) -> None:
    state.fail(USER, 302, headers={"Location": "/user"}, times=99)
    with pytest.raises(GitHubRefused, match="too often"):
        login(github)


def test_a_repository_that_was_renamed_is_found(github: GitHub, state: GitHubState) -> None:
    state.add("ada", "new", {})
    state.fail("GET /repos/ada/old", 301, headers={"Location": "/repos/ada/new"})
    assert Repository(github, "ada", "old").description().name == "new"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a b", "é", "x" * 101, "a?b", "%2e%2e"])
def test_what_is_no_name_is_not_asked_for(github: GitHub, state: GitHubState, name: str) -> None:
    for owner, repo in (("ada", name), (name, "site")):
        with pytest.raises(GitHubNotFound, match="is no name of a repository"):
            Repository(github, owner, repo)
    assert state.requests == []
