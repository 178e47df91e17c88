"""Imports from GitHub: the same tree, whatever the archive says and however often a step is killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.workflows import github_import
from shared.errors import JobEnded
from shared.jobs import import_contents
from shared.jobs.import_plan import MAX_FILE_BYTES
from shared.service_errors import (
    GitHubDenied,
    GitHubNotConnected,
    GitHubNotFound,
    GitHubRateLimited,
    RepositoryTooLarge,
)
from tests.support.github import Node, sample
from tests.support.github.objects import FILE, FOLDER, LINK, Item
from tests.workflows.github import TOKEN, Crashes, World, expected, world

SMALL = sample(60)


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        yield made


def file(content: bytes = b"x") -> Node:
    return Node(FILE, content)


def test_a_repository_of_600_files_is_imported_as_it_is(here: World) -> None:
    files = sample()
    here.github.add("ada", "sample", files)
    here.import_repo()
    assert here.tree() == expected(files)
    assert sum(content is not None for content in here.tree().values()) == 600


def test_an_import_takes_few_requests_whatever_the_number_of_files(here: World) -> None:
    here.github.add("ada", "sample", sample())
    here.import_repo()
    made = Counter(request.method for request in here.github.requests)
    print(made)
    assert made == {"GET": 5, "ARCHIVE": 1}


def test_the_owner_is_told_what_was_imported_and_what_was_not(here: World) -> None:
    here.github.add("ada", "sample", SMALL)
    here.import_repo()
    left_out = (
        "Not imported as in the repository:\n"
        "latest: a symbolic link, imported as a text file that names its target\n"
        "libs/vendored: a submodule, which is a repository of its own"
    )
    assert here.events() == [
        ("step", "Importing 60 files of ada/sample (main)"),
        ("info", f"Imported 60 files and {sum(c is None for c in here.tree().values())} folders of ada/sample"),
        ("info", left_out),
    ]
    assert here.ada.call("projects:getById", id=here.project)["importStatus"] == "completed"


def test_text_is_text_and_everything_else_is_stored(here: World) -> None:
    here.github.add("ada", "sample", SMALL)
    here.import_repo()
    files = {f["path"]: f for f in here.server.call("system:getAllProjectFiles", projectId=here.project)}
    text = ("README.md", "empty.txt", "docs/bom.txt", "latest", "docs/日本語/読む.txt", "data/text.json")
    binary = ("docs/latin1.txt", "docs/utf16.txt", "docs/nul.txt", "data/large.csv", "data/large.bin", "image20.png")
    assert [path for path in text if "content" not in files[path]] == []
    assert [path for path in binary if path in files and "storageId" not in files[path]] == []
    types = {row["contentType"] for row in here.backend.rows("_storage")}
    assert types == {"image/png", "application/octet-stream"}


def test_what_the_project_held_before_is_gone(here: World) -> None:
    for number in range(60):
        here.ada.call("files:writeFile", projectId=here.project, name=f"old{number}", content="old")
    here.github.add("ada", "sample", {"new": file()})
    here.import_repo()
    assert here.tree() == {"new": b"x"}


def test_a_repository_is_imported_again_over_the_last_import(here: World) -> None:
    repo = here.github.add("ada", "sample", SMALL)
    here.import_repo()
    repo.commit({"src/other.ts": file(b"other")})
    here.import_repo(job_id="job-2")
    assert here.tree() == {"src": None, "src/other.ts": b"other"}
    assert here.backend.rows("_storage") == []
    assert here.backend.s3.objects == {}


def test_an_empty_repository_is_an_empty_project(here: World) -> None:
    here.github.add("ada", "sample")
    here.import_repo()
    assert here.tree() == {}


def test_a_commit_without_files_is_an_empty_project(here: World) -> None:
    here.github.add("ada", "sample", {})
    here.import_repo()
    assert here.tree() == {}


def test_the_default_branch_is_imported_whatever_it_is_called(here: World) -> None:
    repo = here.github.add("ada", "sample", {"a": file()}, default_branch="feature/new")
    assert [*repo.refs] == ["feature/new"]
    here.import_repo()
    assert here.tree() == {"a": b"x"}


def test_a_tree_that_github_cuts_short_is_imported_whole(here: World) -> None:
    here.github.add("ada", "sample", SMALL)
    here.github.truncated_above = 7
    here.import_repo()
    assert here.tree() == expected(SMALL)


def test_an_archive_that_lacks_and_changes_files_does_not_matter(here: World) -> None:
    changed = {"README.md": b"# A lie", "run.sh": SMALL["run.sh"].content.swapcase(), "data/large.bin": b"short"}
    here.github.add("ada", "sample", SMALL, left_out={"docs/v2/index.md", "empty.txt"}, changed=changed)
    here.import_repo()
    assert here.tree() == expected(SMALL)


@pytest.mark.parametrize("cut", [0, 100, 20_000])
def test_an_archive_that_breaks_off_does_not_matter(here: World, cut: int) -> None:
    here.github.add("ada", "sample", SMALL, archive_cut=cut)
    here.import_repo()
    assert here.tree() == expected(SMALL)


@pytest.mark.parametrize("status", [404, 500, 410])
def test_without_an_archive_files_are_fetched_one_by_one(here: World, status: int) -> None:
    here.github.add("ada", "sample", SMALL)
    here.github.fail("ARCHIVE .*", status, times=9)
    here.import_repo()
    assert here.tree() == expected(SMALL)


def test_little_is_held_in_memory_and_the_rest_is_fetched(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_contents, "MAX_HELD_BYTES", 100)
    here.github.add("ada", "sample", SMALL)
    here.import_repo()
    assert here.tree() == expected(SMALL)


def test_a_file_that_github_does_not_give_is_reported_and_the_others_are_imported(here: World) -> None:
    here.github.add("ada", "sample", {"a": file(), "b": file(b"y")}, left_out={"a"})
    here.github.fail("GET /repos/ada/sample/git/blobs/.*", 404)
    here.import_repo()
    assert here.tree() == {"b": b"y"}
    assert ("error", "Could not be imported:\na: GitHub did not give what the commit holds") in here.events()


def test_a_file_that_is_not_what_the_commit_holds_is_reported_and_not_imported(here: World) -> None:
    repo = here.github.add("ada", "sample", {"a": file(b"true")}, left_out={"a"})
    repo.objects.blobs = dict.fromkeys(repo.objects.blobs, b"lies")
    here.import_repo()
    assert here.tree() == {}
    assert here.events()[-1][0] == "error"


def test_a_late_try_to_empty_the_project_removes_nothing(here: World) -> None:
    here.ada.call("files:writeFile", projectId=here.project, name="old", content="old")
    here.github.add("ada", "sample", SMALL)
    here.start("import-github-repo", owner="ada", repo="sample")
    here.run_import()
    here.step(github_import.clean, jobId="job-1")
    assert here.tree() == expected(SMALL)


def hostile(here: World) -> None:
    repo = here.github.add("ada", "sample")
    objects = repo.objects
    blob = Item(FILE, objects.add_blob(b"evil"))
    git = Item(FOLDER, objects.store_tree({"config": blob}))
    up = Item(FOLDER, objects.store_tree({"..": Item(FOLDER, objects.store_tree({"escaped": blob}))}))
    names = ["../escaped", "/etc/passwd", "a//b", "a/", ".", "..", "", "nul\0", "x" * 256, "new\nline", "c/../d"]
    tree = dict.fromkeys(names, blob) | {".git": git, ".GIT": git, "up": up, "fine": blob}
    tree |= {"/".join("d" * 65): blob, "/".join("e" * 64): Item(FOLDER, git.sha)}
    repo.commit_tree(objects.store_tree(tree))


def test_a_path_that_leads_elsewhere_is_left_out_and_reported(here: World) -> None:
    hostile(here)
    here.import_repo()
    assert here.tree() == {"fine": b"evil", "up": None}
    told = here.events()[-1][1]
    assert ".git/config: it belongs to git itself" in told
    assert "/etc/passwd: its path is not that of a file" in told


def test_a_long_list_of_what_was_left_out_is_cut_short(here: World) -> None:
    repo = here.github.add("ada", "sample")
    blob = Item(FILE, repo.objects.add_blob(b"x"))
    repo.commit_tree(repo.objects.store_tree({f"a\n{number}": blob for number in range(33)}))
    here.import_repo()
    assert here.events()[-1][1].endswith("… and 13 more")


def test_a_file_that_is_too_large_is_left_out(here: World) -> None:
    here.github.add("ada", "sample", {"large": file(b"x" * (MAX_FILE_BYTES + 1)), "small": file()})
    here.import_repo()
    assert here.tree() == {"small": b"x"}
    assert "large: it has 10 MB, and at most 10 MB are possible" in here.events()[-1][1]


def test_a_repository_that_is_too_large_is_refused(here: World) -> None:
    here.github.add("ada", "sample", {"a": file()}, size_kb=600 * 1024)
    with pytest.raises(RepositoryTooLarge, match="The repository has 600 MB; at most 500 MB"):
        here.import_repo()


def test_a_repository_with_too_many_files_is_refused(here: World) -> None:
    here.github.add("ada", "sample", {f"{n // 100}/{n}": file() for n in range(5001)})
    with pytest.raises(RepositoryTooLarge, match="has 5001 files; at most 5000"):
        here.import_repo()


def test_a_folder_of_many_files_is_one_chunk(here: World) -> None:
    files = {f"big/{number}": file(b"%d" % number) for number in range(130)} | {"small/a": file()}
    here.github.add("ada", "sample", files)
    here.import_repo()
    assert here.tree() == expected(files)
    chunks = here.said[2]
    assert chunks == '{"chunks": ["0-5", "6"]}'


@pytest.mark.parametrize(
    ("break_it", "error", "told"),
    [
        (lambda w: w.github.repos.clear(), GitHubNotFound, "does not find the repository ada/sample"),
        (lambda w: w.github.fail("GET /repos/.*", 403, message="Nope"), GitHubDenied, "Nope"),
        (lambda w: w.github.tokens.clear(), GitHubNotConnected, "GitHub not connected"),
        (lambda w: w.github.fail("GET .*", 429, headers={"Retry-After": "900"}), GitHubRateLimited, "15 min"),
    ],
)
def test_what_github_refuses_ends_the_import_with_a_text(
    here: World, break_it: Callable[[World], Any], error: type[Exception], told: str
) -> None:
    here.github.add("ada", "sample", SMALL)
    break_it(here)
    with pytest.raises(error, match=told) as caught:
        here.import_repo()
    here.finish("import-github-repo", status="failed", error=type(caught.value).__name__, cause=str(caught.value))
    assert here.ada.call("projects:getById", id=here.project)["importStatus"] == "failed"
    assert told in here.events()[-1][1]


def test_an_import_without_a_token_is_not_connected(here: World) -> None:
    here.start("import-github-repo", token=None, owner="ada", repo="sample")
    with pytest.raises(GitHubNotConnected):
        here.run_import()


def test_every_step_can_be_taken_twice(here: World) -> None:
    def twice(_name: str, run: Callable[[], Any]) -> Any:
        run()
        return run()

    here.github.add("ada", "sample", SMALL, left_out={"README.md", "data/large.bin"})
    here.around = twice
    here.import_repo()
    assert here.tree() == expected(SMALL)
    assert len(here.events()) == 3
    assert len(here.backend.rows("_storage")) == len(here.backend.s3.objects)


def test_the_whole_run_can_be_taken_twice_although_the_branch_moves(here: World) -> None:
    repo = here.github.add("ada", "sample", SMALL)
    here.start("import-github-repo", owner="ada", repo="sample")
    here.run_import()
    repo.commit({"later": file()})
    here.run_import()
    assert here.tree() == expected(SMALL)


@pytest.mark.parametrize("seed", range(12))
def test_a_run_that_is_killed_anywhere_gives_the_same_tree(seed: int) -> None:
    print(f"seed {seed}")
    with world(seed) as here:
        here.ada.call("files:writeFile", projectId=here.project, name="old", content="old")
        here.github.add("ada", "sample", SMALL, left_out={"README.md", "docs/nul.txt"})
        here.start("import-github-repo", owner="ada", repo="sample")
        crashes = Crashes(here.backend, seed, chance=0.06)
        here.around = crashes.until_it_works
        here.run_import()
        crashes.stop()
        assert crashes.count > 1
        assert here.tree() == expected(SMALL)
        assert len(here.backend.rows("_storage")) == len(here.backend.s3.objects)


@pytest.mark.parametrize("after", range(6))
def test_a_cancelled_import_writes_nothing_more(here: World, after: int) -> None:
    here.github.add("ada", "sample", SMALL)
    here.start("import-github-repo", owner="ada", repo="sample")
    taken: list[str] = []
    trees: list[Any] = []

    def cancelling(name: str, run: Callable[[], Any]) -> Any:
        if len(taken) == after:
            here.finish("import-github-repo", status="cancelled")
            trees.append(here.tree())
        taken.append(name)
        return run()

    here.around = cancelling
    with pytest.raises(JobEnded):
        here.run_import()
    assert here.tree() == trees[0]


def test_a_step_that_is_overtaken_while_it_works_writes_nothing_more(here: World) -> None:
    here.github.add("ada", "sample", SMALL, left_out=set(SMALL))
    here.start("import-github-repo", owner="ada", repo="sample")
    for door in (github_import.resolve, github_import.clean):
        here.step(door, jobId="job-1")
    chunk = here.step(github_import.plan, jobId="job-1")["chunks"][0]
    asked = here.backend.store.objects.get
    ended: list[str] = []

    def end_then_get(key: str) -> bytes | None:
        if "parts/" in key and not ended:
            ended.append(key)
            here.finish("import-github-repo", status="cancelled")
        return asked(key)

    here.backend.store.objects.get = end_then_get  # type: ignore[method-assign]
    with pytest.raises(JobEnded):
        here.step(github_import.files, jobId="job-1", chunk=chunk)
    assert here.tree() == {}
    assert here.backend.s3.objects == {}


def test_the_token_is_written_nowhere(here: World, capsys: pytest.CaptureFixture[str]) -> None:
    here.github.add("ada", "sample", SMALL, left_out={"README.md"})
    here.github.fail("GET /repos/ada/sample/git/blobs/.*", 422, message=f"bad {TOKEN}")
    here.import_repo()
    logged = capsys.readouterr()
    kept = b"".join(here.backend.store.objects.bodies.values())  # type: ignore[attr-defined]
    rows = str({name: here.backend.rows(name) for name in ("jobs", "projects", "generationEvents", "commits")})
    assert "github_import:resolve" in logged.out
    for text in (logged.out, logged.err, kept.decode(errors="replace"), rows, *here.said):
        assert TOKEN not in text


def test_a_link_keeps_its_target_as_text(here: World) -> None:
    here.github.add("ada", "sample", {"link": Node(LINK, b"../../etc/passwd")})
    here.import_repo()
    assert here.tree() == {"link": b"../../etc/passwd"}
