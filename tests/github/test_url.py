"""URLs of repositories: what is one, and what only looks like one."""

from __future__ import annotations

import pytest

from shared.errors import InvalidArgument
from shared.github.url import repository_at, repository_named

API = "https://api.github.com"
ENTERPRISE = "https://git.example.com:8443/api/v3"
HELLO = ("octocat", "hello.world")


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/octocat/hello.world",
        "https://github.com/octocat/hello.world.git",
        "https://github.com/octocat/hello.world/",
        "http://www.github.com/octocat/hello.world",
        "github.com/octocat/hello.world",
        "  https://GitHub.com/octocat/hello.world\n",
        "https://github.com/octocat/hello.world/tree/main/src",
        "https://github.com/octocat/hello.world?tab=readme#top",
        "https://github.com/octocat/hello.world.git/",
    ],
)
def test_a_page_of_a_repository_names_it(url: str) -> None:
    assert repository_at(url, API) == HELLO


@pytest.mark.parametrize(
    "url",
    [
        "",
        "octocat/hello",
        "https://github.com",
        "https://github.com/octocat",
        "https://github.com/octocat/",
        "https://github.com//hello",
        "https://github.com/octocat/.git",
        "https://github.com/octocat/..",
        "https://github.com/-octocat/hello",
        "https://github.com/octocat/he%2Fllo",
        "https://github.com/octocat/hé",
        "https://notgithub.com/octocat/hello",
        "https://github.com.evil.example/octocat/hello",
        "https://evil.example/github.com/octocat/hello",
        "https://github.com@evil.example/octocat/hello",
        "https://octocat@github.com/octocat/hello",
        "https://github.com:443/octocat/hello",
        "https://github.com\\@evil.example/octocat/hello",
        "https://gist.github.com/octocat/hello",
        "git@github.com:octocat/hello.git",
        "ssh://github.com/octocat/hello",
        "file:///github.com/octocat/hello",
        "javascript://github.com/octocat/hello",
        "https://[github.com/octocat/hello",
        "https://git.example.com:8443/octocat/hello",
        f"https://github.com/octocat/{'x' * 101}",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(InvalidArgument, match=r"^Invalid GitHub URL$"):
        repository_at(url, API)


def test_an_enterprise_servers_pages_are_on_its_own_host() -> None:
    assert repository_at("https://git.example.com:8443/octocat/hello.world", ENTERPRISE) == HELLO
    with pytest.raises(InvalidArgument):
        repository_at("https://github.com/octocat/hello.world", ENTERPRISE)
    assert repository_at("https://ada.ghe.com/octocat/hello.world", "https://api.ada.ghe.com") == HELLO


def test_what_stands_for_githubs_api_knows_githubs_pages() -> None:
    assert repository_at("https://github.com/octocat/hello.world", "http://127.0.0.1:4000") == HELLO


@pytest.mark.parametrize(("owner", "name"), [("", "x"), ("a/b", "x"), ("a", ""), ("a", "x y"), ("a", "x.git")])
def test_a_name_that_nothing_can_have_is_refused(owner: str, name: str) -> None:
    with pytest.raises(InvalidArgument):
        repository_named(owner, name)


def test_managed_users_have_an_underscore_in_their_names() -> None:
    assert repository_named("octo-cat_corp", "x").owner == "octo-cat_corp"
