"""Listing what a commit holds, and reading its archive."""

from __future__ import annotations

import gzip
import tarfile

import pytest

from shared.github.archive import blob_sha, files_in_archive
from shared.github.client import GitHub
from shared.github.repository import Repository
from shared.github.tree import entries_of
from shared.service_errors import GitHubUnavailable, RepositoryTooLarge
from tests.github.conftest import TOKEN
from tests.support.github import GitHubState, Node, Repo, sample
from tests.support.github.objects import FILE, SUBMODULE


@pytest.fixture
def repo(state: GitHubState) -> Repo:
    return state.add("ada", "site", sample(120))


@pytest.fixture
def repository(github: GitHub, repo: Repo) -> Repository:
    return Repository(github, "ada", "site")


def tree(repo: Repo) -> str:
    return repo.objects.commits[repo.refs["main"]].tree


def listed(repository: Repository, repo: Repo) -> dict[str, str]:
    return {e.path: e.sha for e in entries_of(repository, tree(repo), 1000) if e.type != "tree"}


def held(repo: Repo) -> dict[str, str]:
    return {path: item.sha for path, item in repo.objects.leaves(tree(repo)).items()}


def test_a_tree_is_listed_in_one_request(repository: Repository, repo: Repo, state: GitHubState) -> None:
    assert listed(repository, repo) == held(repo)
    assert len(state.requests) == 1


@pytest.mark.parametrize("limit", [1, 5, 40, 100])
def test_a_tree_that_github_cuts_short_is_listed_all_the_same(
    repository: Repository, repo: Repo, state: GitHubState, limit: int
) -> None:
    state.truncated_above = limit
    assert listed(repository, repo) == held(repo)


def test_folders_are_listed_before_what_is_in_them(repository: Repository, repo: Repo, state: GitHubState) -> None:
    state.truncated_above = 20
    seen = {""}
    for entry in entries_of(repository, tree(repo), 1000):
        assert entry.path.rpartition("/")[0] in seen
        seen.add(entry.path)


def test_a_tree_with_too_many_entries_is_too_large(repository: Repository, repo: Repo) -> None:
    with pytest.raises(RepositoryTooLarge, match="The repository ada/site holds more than 100 files and folders"):
        entries_of(repository, tree(repo), 100)


def test_an_archive_holds_the_files_and_links_that_are_wanted(repository: Repository, repo: Repo) -> None:
    sizes = {path: len(node.content) for path, node in repo.files.items() if node.mode != SUBMODULE}
    found = dict(files_in_archive(repository, repo.refs["main"], sizes))
    assert found == {path: node.content for path, node in repo.files.items() if path in sizes}
    assert [*files_in_archive(repository, repo.refs["main"], {"run.sh": sizes["run.sh"]})] == [
        ("run.sh", repo.files["run.sh"].content)
    ]


@pytest.mark.parametrize("cut", [0, 5, 500, 5000, 20_000])
def test_an_archive_that_breaks_off_is_read_as_far_as_it_goes(repository: Repository, repo: Repo, cut: int) -> None:
    repo.archive_cut = cut
    sizes = {path: len(node.content) for path, node in repo.files.items()}
    for path, content in files_in_archive(repository, repo.refs["main"], sizes):
        assert repo.files[path].content == content


def test_an_archive_is_not_read_beyond_the_callers_time(repo: Repo, github: GitHub, api_url: str) -> None:
    clock = github._clock
    late = Repository(GitHub(api_url, TOKEN, clock, clock.now_ms() + 10_000), "ada", "site")
    assert [*files_in_archive(late, repo.refs["main"], {"run.sh": 20})] == []


def test_an_archive_that_cannot_be_had_is_an_error(repository: Repository, repo: Repo, state: GitHubState) -> None:
    state.fail("ARCHIVE .*", 503, times=9)
    with pytest.raises(GitHubUnavailable):
        next(files_in_archive(repository, repo.refs["main"], {"run.sh": 20}))


def test_an_archive_that_claims_to_unpack_to_very_much_is_not_unpacked(repository: Repository, repo: Repo) -> None:
    huge = tarfile.TarInfo("x/huge")
    huge.size = 2**40
    repo.archive = gzip.compress(huge.tobuf() + b"\0" * 10_000)
    assert [*files_in_archive(repository, repo.refs["main"], {"huge": 2**40})] == []


@pytest.mark.parametrize(
    ("content", "sha"),
    [
        (b"", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
        (b"hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"),
    ],
)
def test_contents_have_the_hashes_that_git_gives_them(content: bytes, sha: str) -> None:
    assert blob_sha(content) == sha


def test_the_look_alike_hashes_trees_as_git_does(state: GitHubState) -> None:
    repo = state.add("ada", "x")
    assert repo.objects.add_files({}) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    assert repo.objects.add_files({"a": Node(FILE, b"hello\n")}) == "0976950c1fdbcb52435a433913017bf044b3a58f"
