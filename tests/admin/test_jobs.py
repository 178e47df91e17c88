"""Administrators see the jobs of all projects, and cancel them."""

from __future__ import annotations

from tests.admin.console import NAME, Console
from tests.functions.rows import furnish
from tests.support.backend import Backend


def furnished() -> tuple[Backend, Console]:
    backend = Backend()
    for number in range(3):
        rows = furnish(backend.environment, "ada", f"Apollo {number}", files=1)
        arguments = {"projectId": rows.project, "kind": "import-github-repo", "jobId": f"import {number}"}
        backend.internal().call("system:claimJob", **arguments)
    return backend, Console.of(backend)


def test_jobs_of_all_statuses_are_listed_page_by_page_the_last_deadline_first() -> None:
    _, console = furnished()
    console.call("cancelJob", jobId="import 1")
    found, cursor, done = [], None, False
    while not done:
        page = console.page("listJobs", 4, cursor)
        found += page["page"]
        cursor, done = page["continueCursor"], page["isDone"]
    times = [job["endsBy"] for job in found]
    assert len({job["_id"] for job in found}) == 6
    assert times == sorted(times, reverse=True)
    assert {job["projectName"] for job in found} == {"Apollo 0", "Apollo 1", "Apollo 2"}


def test_jobs_are_chosen_by_kind_and_status() -> None:
    _, console = furnished()
    console.call("cancelJob", jobId="import 1")
    listed = console.page("listJobs", kind="import-github-repo", status="running")["page"]
    assert [job["jobId"] for job in listed] == ["import 2", "import 0"]


def test_a_job_is_cancelled_once_and_that_is_noted() -> None:
    backend, console = furnished()
    assert [console.call("cancelJob", jobId="import 1") for _ in range(2)] == [True, False]
    projects = {row["name"]: row.get("importStatus") for row in backend.rows("projects")}
    assert projects["Apollo 1"] != "importing"
    (noted,) = console.page("listActions")["page"]
    assert (noted["actor"], noted["action"], noted["target"]) == (NAME, "cancelJob", "import 1")
