"""Exports to GitHub: everything or nothing arrives, however often a step is killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.errors import JobEnded
from shared.jobs import export_plan
from shared.service_errors import (
    GitHubDenied,
    GitHubNotConnected,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubRefused,
    NothingToExport,
)
from tests.support.github import Node, Repo, sample
from tests.support.github.objects import EXECUTABLE, FILE, LINK, SUBMODULE
from tests.workflows.github import TOKEN, Crashes, World, expected, world

FILES = {
    "README.md": "# Große Dinge\r\n".encode(),
    "empty": b"",
    "src/also-empty.py": b"",
    "src/nul.txt": b"a\0b",
    "src/logo.png": b"\x89PNG\xff",
    "src/same.png": b"\x89PNG\xff",
    "a/b/c/deep": b"deep",
    "日本語/ファイル 🙂.txt": "こんにちは".encode(),
    "cafe\u0301.txt": b"decomposed",
    "caf\u00e9.txt": b"composed",
    "with space & more?.txt": b"x" * 300_000,
    "back\\slash": b"1",
}
CREATE: dict[str, Any] = {"mode": "create", "repoName": "my site", "private": True}
PUSH: dict[str, Any] = {"mode": "push", "owner": "ada", "repo": "site"}


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        made.github.created_at = "2026-11-18T11:06:40Z"
        yield made


@pytest.fixture
def full(here: World) -> World:
    for path, content in FILES.items():
        here.put(path, content)
    return here


def held(repo: Repo) -> dict[str, bytes]:
    return {path: node.content for path, node in repo.files.items()}


def made(here: World) -> Repo:
    return here.github.repos["ada", "my-site"]


def project(here: World) -> dict[str, Any]:
    found: dict[str, Any] = here.ada.call("projects:getById", id=here.project)
    return found


def test_a_project_becomes_a_repository_with_exactly_its_files(full: World) -> None:
    full.export(**CREATE, description="A site")
    repo = made(full)
    assert held(repo) == FILES
    assert (repo.private, repo.description) == (True, "A site")
    assert project(full)["exportStatus"] == "completed"
    assert project(full)["exportRepoUrl"] == "https://github.example/ada/my-site"
    assert full.events() == [("info", "Exported to ada/my-site (main)")]


def test_the_export_is_one_commit_on_top_of_githubs_first(full: World) -> None:
    full.export(**CREATE)
    objects = made(full).objects
    head = objects.commits[made(full).refs["main"]]
    assert head.message == "Initial commit from Polaris"
    assert objects.commits[head.parents[0]].message == "Initial commit"


def test_what_was_exported_can_be_imported_as_it_was(full: World) -> None:
    before = full.tree()
    full.export(**CREATE)
    full.import_repo("my-site", job_id="job-2")
    assert full.tree() == before == expected({path: Node(FILE, content) for path, content in FILES.items()})


def test_what_was_imported_and_is_pushed_back_unchanged_is_no_commit(here: World) -> None:
    repo = here.github.add("ada", "sample", sample())
    commit = repo.refs["main"]
    here.import_repo()
    here.export("job-2", mode="push", owner="ada", repo="sample")
    assert repo.refs["main"] == commit
    assert project(here)["exportStatus"] == "completed"
    assert [*here.github.asked("POST /repos/.*/git/(blobs|commits)")] == []


def test_an_export_takes_few_requests_whatever_the_number_of_texts(here: World) -> None:
    here.github.add("ada", "sample", {path: node for path, node in sample().items() if b"\0" not in node.content})
    here.import_repo()
    here.github.requests.clear()
    here.export("job-2", **CREATE)
    made = Counter(request.method for request in here.github.requests)
    print(made)
    assert made["POST"] < 80


def test_a_push_goes_on_top_of_what_is_there(full: World) -> None:
    files = {
        "other.txt": Node(FILE, b"stays"),
        "README.md": Node(FILE, b"old"),
        "empty": Node(EXECUTABLE, b"#!"),
        "a/b/c/deep": Node(LINK, b"deep"),
        "vendored": Node(SUBMODULE, b"5ca1ab1e" * 5),
    }
    repo = full.github.add("ada", "site", files)
    head = repo.refs["main"]
    full.export(**PUSH, commitMessage="Better")
    assert held(repo) == FILES | {"other.txt": b"stays", "vendored": b"5ca1ab1e" * 5}
    assert {path: node.mode for path, node in repo.files.items() if node.mode != FILE} == {
        "empty": EXECUTABLE,
        "a/b/c/deep": LINK,
        "vendored": SUBMODULE,
    }
    commit = repo.objects.commits[repo.refs["main"]]
    assert (commit.message, commit.parents) == ("Better", (head,))


def test_the_default_branch_is_exported_to_whatever_it_is_called(full: World) -> None:
    repo = full.github.add("ada", "site", {"x": Node(FILE, b"x")}, default_branch="feature/new")
    full.export(**PUSH)
    assert {*repo.refs} == {"feature/new"}
    assert held(repo) == FILES | {"x": b"x"}


def test_a_push_to_a_repository_without_commits_begins_it_and_leaves_nothing_else(here: World) -> None:
    repo = here.github.add("ada", "site")
    here.put("a", b"x")
    here.export(**PUSH)
    assert held(repo) == {"a": b"x"}


def test_a_push_creates_a_repository_that_is_missing_if_asked_to(full: World) -> None:
    full.export(**PUSH, createIfMissing=True, private=False)
    assert held(full.github.repos["ada", "site"]) == FILES
    assert full.github.repos["ada", "site"].private is False


def test_a_push_creates_a_repository_of_an_organisation(full: World) -> None:
    full.export(mode="push", owner="acme", repo="site", createIfMissing=True, private=False)
    assert held(full.github.repos["acme", "site"]) == FILES


def test_a_push_to_a_repository_that_is_missing_is_told(full: World) -> None:
    with pytest.raises(GitHubNotFound, match="does not find the repository ada/site"):
        full.export(**PUSH)


def test_a_branch_that_github_makes_late_is_waited_for(full: World) -> None:
    full.github.ref_delay = 5
    full.export(**CREATE)
    assert held(made(full)) == FILES


def test_a_repository_of_somebody_elses_making_is_not_taken_over(full: World) -> None:
    repo = full.github.add("ada", "my-site", {"README.md": Node(FILE, b"old")}, created_at="2026-11-18T11:00:00Z")
    with pytest.raises(GitHubRefused, match=r"A repository ada/my-site exists already\. Choose another name"):
        full.export(**CREATE)
    assert held(repo) == {"README.md": b"old"}


def test_a_new_repository_with_something_in_it_is_not_taken_over(full: World) -> None:
    full.github.add("ada", "my-site", {"mine": Node(FILE, b"old")}, created_at=full.github.created_at)
    with pytest.raises(GitHubRefused, match="exists already"):
        full.export(**CREATE)


@pytest.mark.parametrize("status", [0, 502])
def test_a_repository_that_was_made_although_github_failed_is_used(full: World, status: int) -> None:
    full.github.fail("POST /user/repos", status, applies=True)
    full.export(**CREATE)
    assert held(made(full)) == FILES


def test_a_branch_that_moves_meanwhile_keeps_what_it_got(full: World) -> None:
    repo = full.github.add("ada", "site", {"x": Node(FILE, b"x")})

    def moving(name: str, run: Callable[[], Any]) -> Any:
        if "updateRef" in name and "late" not in repo.files:
            repo.commit({**repo.files, "late": Node(FILE, b"late")})
        return run()

    full.around = moving
    full.export(**PUSH)
    assert held(repo) == FILES | {"x": b"x", "late": b"late"}


def test_a_new_repository_that_got_something_meanwhile_keeps_it(full: World) -> None:
    def moving(name: str, run: Callable[[], Any]) -> Any:
        if "updateRef" in name and "late" not in made(full).files:
            made(full).commit({"late": Node(FILE, b"late")})
        return run()

    full.around = moving
    full.export(**CREATE)
    assert held(made(full)) == FILES | {"late": b"late"}


def test_a_branch_that_keeps_moving_is_told_and_left_alone(full: World) -> None:
    repo = full.github.add("ada", "site", {"x": Node(FILE, b"x")})

    def moving(name: str, run: Callable[[], Any]) -> Any:
        if "updateRef" in name:
            repo.commit({"x": Node(FILE, name.encode())})
        return run()

    full.around = moving
    with pytest.raises(GitHubRefused, match="The branch main keeps changing while the project is exported"):
        full.export(**PUSH)
    assert {*repo.files} == {"x"}


def test_a_project_without_files_is_not_exported(here: World) -> None:
    here.ada.call("files:createFolder", projectId=here.project, name="empty")
    with pytest.raises(NothingToExport, match="No files to export"):
        here.export(**CREATE)


def test_what_github_cannot_take_is_left_out_and_reported(full: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_plan, "MAX_BLOB_BYTES", 4)
    full.put(".git/config", b"evil")
    full.export(**CREATE)
    assert {*held(made(full))} == {path for path in FILES if not path.endswith(".png")}
    told = full.events()[-1][1]
    assert ".git/config: git keeps this name for itself" in told
    assert "src/logo.png: it has 0 MB, and GitHub takes at most 0 MB" in told


@pytest.mark.parametrize(
    ("break_it", "error", "told"),
    [
        (lambda w: w.github.tokens.clear(), GitHubNotConnected, "GitHub not connected"),
        (lambda w: w.github.fail("POST /user/repos", 403, message="No scope"), GitHubDenied, "No scope"),
        (lambda w: w.github.fail("POST /user/repos", 422, message="Bad name"), GitHubRefused, "Bad name"),
        (
            lambda w: w.github.fail("POST .*/git/trees", 403, headers={"Retry-After": "90"}),
            GitHubRateLimited,
            "2 min",
        ),
        (lambda w: w.github.fail("PATCH .*", 422, message="Protected branch"), GitHubRefused, "Protected branch"),
    ],
)
def test_what_github_refuses_ends_the_export_with_a_text(
    full: World, break_it: Callable[[World], Any], error: type[Exception], told: str
) -> None:
    break_it(full)
    with pytest.raises(error, match=told) as caught:
        full.export(**CREATE)
    full.finish("export-to-github", status="failed", error=type(caught.value).__name__, cause=str(caught.value))
    assert project(full)["exportStatus"] == "failed"
    assert told in full.events()[-1][1]


def test_a_repository_that_may_not_be_written_to_is_told_at_once(full: World) -> None:
    repo = full.github.add("ada", "site", {"x": Node(FILE, b"x")}, may_push=False)
    with pytest.raises(GitHubDenied, match="may not write to the repository ada/site"):
        full.export(**PUSH)
    assert held(repo) == {"x": b"x"}


@pytest.mark.parametrize("given", [CREATE, PUSH], ids=["create", "push"])
def test_every_step_and_the_whole_run_can_be_taken_twice(full: World, given: dict[str, Any]) -> None:
    def twice(_name: str, run: Callable[[], Any]) -> Any:
        run()
        return run()

    full.github.add("ada", "site", {})
    full.start("export-to-github", **given)
    full.run_export()
    repo = made(full) if given == CREATE else full.github.repos["ada", "site"]
    head = repo.refs["main"]
    full.around = twice
    full.run_export()
    assert held(repo) == FILES
    assert repo.refs["main"] == head


@pytest.mark.parametrize("seed", range(12))
def test_a_run_that_is_killed_anywhere_exports_the_same(seed: int) -> None:
    print(f"seed {seed}")
    with world(seed) as here:
        here.github.created_at = "2026-11-18T11:06:40Z"
        for path, content in FILES.items():
            here.put(path, content)
        here.start("export-to-github", **(CREATE if seed % 2 else PUSH | {"createIfMissing": True}))
        crashes = Crashes(here.backend, seed, chance=0.2)
        here.around = crashes.until_it_works
        here.run_export()
        crashes.stop()
        assert crashes.count > 0
        [repo] = here.github.repos.values()
        assert held(repo) == FILES


@pytest.mark.parametrize("after", range(9))
@pytest.mark.parametrize("given", [CREATE, PUSH], ids=["create", "push"])
def test_a_cancelled_export_leaves_the_branch_as_it_was(full: World, given: dict[str, Any], after: int) -> None:
    begun = {"x": b"x"} if given == PUSH else {"README.md": b"# my-site\nExported from Polaris"}
    if given == PUSH:
        full.github.add("ada", "site", {"x": Node(FILE, b"x")})
    full.start("export-to-github", **given)
    taken: list[str] = []

    def cancelling(name: str, run: Callable[[], Any]) -> Any:
        if len(taken) == after:
            full.finish("export-to-github", status="cancelled")
        taken.append(name)
        return run()

    full.around = cancelling
    with pytest.raises(JobEnded):
        full.run_export()
    assert project(full)["exportStatus"] == "cancelled"
    whole = FILES | (begun if given == PUSH else {})
    for repo in full.github.repos.values():
        assert held(repo) == (whole if "updateRef" in "".join(taken[:-1]) else begun)


def test_the_token_is_written_nowhere(full: World, capsys: pytest.CaptureFixture[str]) -> None:
    full.github.fail("PATCH .*", 422, message=f"bad {TOKEN}")
    with pytest.raises(GitHubRefused):
        full.export(**CREATE)
    logged = capsys.readouterr()
    kept = b"".join(full.backend.store.objects.bodies.values())  # type: ignore[attr-defined]
    rows = str({name: full.backend.rows(name) for name in ("jobs", "projects", "generationEvents", "commits")})
    assert "github_export:whoami" in logged.out
    for text in (logged.out, logged.err, kept.decode(errors="replace"), rows, *full.said):
        assert TOKEN not in text
