"""`/api/github`: imports, exports, and the account they are made with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from shared.sealing import open_token
from tests.functions.rows import Rows
from tests.functions.state import stored
from tests.routes.broken_engine import BrokenEngine
from tests.routes.frontend import Frontend, told
from tests.routes.samples import GITHUB, REPOSITORY
from tests.support.backend import Backend
from tests.support.github import Failure, GitHubState, serving
from tests.support.json_server import JsonServer, serving_json

IMPORT = "POST /api/github/import"
EXPORT = "POST /api/github/export"
CANCEL = "POST /api/github/export/cancel"
RESET = "POST /api/github/export/reset"
STATUS = "GET /api/github/status"
TOKEN = GITHUB["x_github_token"]
NOT_CONNECTED = {"error": "GitHub not connected. Please connect your GitHub account."}


def project(ada: Frontend, id_: str) -> dict[str, Any]:
    return next(row for row in ada.backend.rows("projects") if row["_id"] == id_)


def export(ada: Frontend, rows: Rows, **more: Any) -> Any:
    return ada.ask(EXPORT, {"projectId": rows.project, "repoName": "hello", **more}, **GITHUB)


@pytest.mark.parametrize("name", ["url", "repoUrl"])
def test_an_import_makes_a_project_and_begins(ada: Frontend, name: str) -> None:
    status, body = ada.ask(IMPORT, {name: "https://github.com/octocat/hello.git"}, **GITHUB)
    [job] = ada.jobs("import-github-repo")
    assert (status, body) == (
        200,
        {"success": True, "projectId": job["projectId"], "eventId": job["jobId"], "runId": job["jobId"]},
    )
    assert told(job) == {"owner": "octocat", "repo": "hello"}
    made = project(ada, body["projectId"])
    assert (made["name"], made["ownerId"], made["importStatus"]) == ("hello", "ada", "importing")


def test_the_token_is_kept_sealed_in_the_job_alone(ada: Frontend, rows: Rows) -> None:
    ada.ask(IMPORT, {"url": REPOSITORY}, **GITHUB)
    export(ada, rows)
    for kind in ("import-github-repo", "export-to-github"):
        [job] = ada.jobs(kind)
        assert open_token(ada.backend.store.signer, "ada", job["sealedToken"]) == TOKEN
    assert TOKEN not in str(ada.backend.store.door.tables)  # type: ignore[attr-defined]  # the engine in memory has them


def test_an_import_that_is_asked_for_again_with_its_key_is_one_job(ada: Frontend) -> None:
    first = ada.ask(IMPORT, {"url": REPOSITORY}, idempotency_key="k", **GITHUB)
    again = ada.ask(IMPORT, {"url": REPOSITORY}, idempotency_key="k", x_github_token="gho_a_newer_one")
    assert again == first
    assert len(ada.jobs("import-github-repo")) == 1


@pytest.mark.parametrize(
    "url", ["https://notgithub.com/octocat/hello", "octocat/hello", "https://github.com/octocat"]
)
def test_a_url_of_no_repository_is_refused(ada: Frontend, rows: Rows, url: str) -> None:
    before = stored(ada.backend)
    assert ada.ask(IMPORT, {"url": url}, **GITHUB) == (400, {"error": "Invalid GitHub URL"})
    assert ada.ask(EXPORT, {"projectId": rows.project, "repoUrl": url}, **GITHUB).status == 400
    assert stored(ada.backend) == before


def test_a_repository_has_to_be_named(ada: Frontend, rows: Rows) -> None:
    assert ada.ask(IMPORT, {}, **GITHUB) == (400, {"error": "Repository URL is required"})
    answer = ada.ask(EXPORT, {"projectId": rows.project}, **GITHUB)
    assert answer == (400, {"error": "`repoName` or `repoUrl` is required"})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"repoName": "hello"}, {"mode": "create", "repoName": "hello", "private": True}),
        (
            {"repoName": "hello", "visibility": "public", "description": " About "},
            {"mode": "create", "repoName": "hello", "private": False, "description": "About"},
        ),
        (
            {"repoUrl": "https://github.com/octocat/hello", "commitMessage": "Now", "isPrivate": False},
            {"mode": "push", "owner": "octocat", "repo": "hello", "private": False, "commitMessage": "Now"},
        ),
        (
            {
                "repoUrl": "https://github.com/octocat/hello/tree/main",
                "createIfNotExists": True,
                "repoDescription": "About",
            },
            {
                "mode": "push",
                "owner": "octocat",
                "repo": "hello",
                "private": True,
                "createIfMissing": True,
                "description": "About",
            },
        ),
    ],
)
def test_an_export_goes_where_either_frontend_says(
    ada: Frontend, rows: Rows, fields: Any, expected: dict[str, Any]
) -> None:
    status, body = ada.ask(EXPORT, {"projectId": rows.project, **fields}, **GITHUB)
    [job] = ada.jobs("export-to-github")
    assert (status, body) == (
        200,
        {"success": True, "projectId": rows.project, "eventId": job["jobId"], "runId": job["jobId"]},
    )
    assert told(job) == {"createIfMissing": False} | expected
    assert project(ada, rows.project)["exportStatus"] == "exporting"


@pytest.mark.parametrize(
    "fields",
    [
        {"repoName": "a/b"},
        {"repoName": "x" * 101},
        {"repoName": ".."},
        {"repoName": "hello", "description": "x" * 351},
        {"repoName": "hello", "visibility": "secret"},
        {"repoName": "hello", "commitMessage": "x" * 2001},
    ],
)
def test_what_github_would_refuse_is_refused_at_once(ada: Frontend, rows: Rows, fields: Any) -> None:
    before = stored(ada.backend)
    assert ada.ask(EXPORT, {"projectId": rows.project, **fields}, **GITHUB).status == 400
    assert stored(ada.backend) == before


def test_a_project_is_exported_once_at_a_time(ada: Frontend, rows: Rows) -> None:
    export(ada, rows)
    before = stored(ada.backend)
    assert export(ada, rows) == (409, {"error": "This project is already being exported"})
    assert stored(ada.backend) == before


def test_an_export_that_is_asked_for_again_with_its_key_is_one_job(ada: Frontend, rows: Rows) -> None:
    fields = {"projectId": rows.project, "repoName": "hello"}
    first = ada.ask(EXPORT, fields, idempotency_key="k", **GITHUB)
    assert ada.ask(EXPORT, fields, idempotency_key="k", **GITHUB) == first
    assert len(ada.jobs("export-to-github")) == 1


def test_an_export_is_cancelled_and_its_token_forgotten(ada: Frontend, rows: Rows) -> None:
    _, begun = export(ada, rows)
    answer = ada.ask(CANCEL, {"projectId": rows.project})
    assert answer == (200, {"success": True, "projectId": rows.project, "eventId": begun["eventId"]})
    [job] = ada.jobs("export-to-github")
    assert (job["status"], job.get("sealedToken")) == ("cancelled", None)
    assert project(ada, rows.project)["exportStatus"] == "cancelled"


def test_where_nothing_is_exported_nothing_is_cancelled(ada: Frontend, rows: Rows) -> None:
    before = stored(ada.backend)
    assert ada.ask(CANCEL, {"projectId": rows.project}).body["eventId"] is None
    assert stored(ada.backend) == before


def test_an_export_is_forgotten_once_it_has_ended(ada: Frontend, rows: Rows) -> None:
    _, begun = export(ada, rows)
    status, body = ada.ask(RESET, {"projectId": rows.project})
    assert (status, body["error"]) == (409, "This project is being exported; cancel the export first")
    url = "https://github.com/ada/hello"
    ada.backend.internal().call(
        "system:finishJob", projectId=rows.project, kind="export-to-github", jobId=begun["runId"], repoUrl=url
    )
    assert project(ada, rows.project)["exportRepoUrl"] == url
    assert ada.ask(RESET, {"projectId": rows.project}) == (200, {"success": True, "projectId": rows.project})
    assert not {"exportStatus", "exportRepoUrl"} & project(ada, rows.project).keys()


def test_an_import_can_be_cancelled_by_its_projects_owner(ada: Frontend) -> None:
    _, begun = ada.ask(IMPORT, {"url": REPOSITORY}, **GITHUB)
    assert ada.client.call("github:cancelImport", projectId=begun["projectId"]) == begun["runId"]
    assert project(ada, begun["projectId"])["importStatus"] == "failed"


@pytest.mark.parametrize("route", [IMPORT, EXPORT])
def test_github_may_be_for_paying_users(ada: Frontend, rows: Rows, route: str) -> None:
    fields = {"url": REPOSITORY, "projectId": rows.project, "repoName": "hello"}
    with ada.with_settings(github_requires_pro=True):
        assert ada.ask(route, fields, **GITHUB) == (403, {"error": "Pro plan required"})
        assert ada.as_("new").ask(IMPORT, fields, **GITHUB) == (403, {"error": "Pro plan required"})
        ada.client.call("users:startTrial", tier="pro_monthly")
        assert ada.ask(route, fields, **GITHUB).status == 200


@contextmanager
def asking_provider(ada: Frontend) -> Iterator[JsonServer]:
    """Let the deployment ask an identity provider for tokens of GitHub."""
    here = ada.backend.environment
    ada.backend.environment = replace(here, settings=here.settings._replace(clerk_issuer="https://id.example"))
    with serving_json() as server, ada.with_settings(provider_key_secret="key", clerk_api_url=server.url):
        yield server


@pytest.fixture
def provider(ada: Frontend) -> Iterator[JsonServer]:
    with asking_provider(ada) as server:
        yield server


def connect(provider: JsonServer, token: str = TOKEN) -> None:
    provider.answers["GET /v1/users/ada/oauth_access_tokens/oauth_github"] = (200, [{"token": token}])


@pytest.mark.parametrize("route", [IMPORT, EXPORT])
def test_a_token_that_nobody_passes_is_the_identity_providers(
    ada: Frontend, rows: Rows, provider: JsonServer, route: str
) -> None:
    connect(provider)
    fields = {"url": REPOSITORY, "projectId": rows.project, "repoName": "hello"}
    assert ada.ask(route, fields).status == 200
    [job] = [*ada.jobs("import-github-repo"), *ada.jobs("export-to-github")]
    assert open_token(ada.backend.store.signer, "ada", job["sealedToken"]) == TOKEN


@pytest.mark.parametrize("route", [IMPORT, EXPORT])
def test_without_a_connected_account_the_user_is_told_to_connect_one(
    ada: Frontend, rows: Rows, provider: JsonServer, route: str
) -> None:
    before = stored(ada.backend)
    fields = {"url": REPOSITORY, "projectId": rows.project, "repoName": "hello"}
    assert ada.ask(route, fields) == (400, NOT_CONNECTED)
    assert stored(ada.backend) == before


def test_a_deployment_without_the_providers_key_takes_tokens_from_callers_only(ada: Frontend) -> None:
    assert ada.ask(IMPORT, {"url": REPOSITORY}) == (400, NOT_CONNECTED)


def test_a_provider_that_does_not_answer_is_worth_another_try(ada: Frontend, provider: JsonServer) -> None:
    provider.answers["GET /v1/users/ada/oauth_access_tokens/oauth_github"] = (502, {})
    status, body = ada.ask(IMPORT, {"url": REPOSITORY})
    assert status == 503
    assert "Please try again" in body["error"]


def test_a_providers_token_is_neither_logged_nor_answered(capsys: pytest.CaptureFixture[str]) -> None:
    engine = BrokenEngine()
    ada = Frontend(Backend(engine))
    engine.failure = ValueError(f"What was to be written is {TOKEN}")
    with asking_provider(ada) as provider:
        connect(provider)
        answer = ada.ask(IMPORT, {"url": REPOSITORY})
    assert answer.status == 500
    out = capsys.readouterr().out
    assert "What was to be written is <redacted>" in out
    assert TOKEN not in f"{out} {answer}"


def test_a_token_that_cannot_be_one_is_not_answered(ada: Frontend) -> None:
    status, body = ada.ask(IMPORT, {"url": REPOSITORY}, x_github_token="gho_" + "x" * 1000)
    assert status == 400
    assert "gho_" not in str(body)


def test_a_provider_that_refuses_our_key_is_an_operators_matter(
    ada: Frontend, provider: JsonServer, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.answers["GET /v1/users/ada/oauth_access_tokens/oauth_github"] = (401, {})
    status, body = ada.ask(IMPORT, {"url": REPOSITORY})
    assert (status, body["error"]) == (500, "Failed to import repository")
    assert "provider_key_secret" in capsys.readouterr().out


@pytest.fixture
def github(ada: Frontend) -> Iterator[GitHubState]:
    state = GitHubState(tokens={TOKEN: "octocat"})
    with serving(state) as url, ada.with_settings(github_api_url=url):
        yield state


def test_the_connected_account_is_told(ada: Frontend, github: GitHubState) -> None:
    assert ada.ask(STATUS, None, **GITHUB) == (200, {"connected": True, "username": "octocat"})


def test_that_there_is_none_is_told(ada: Frontend, github: GitHubState) -> None:
    assert ada.ask(STATUS) == (200, {"connected": False})


def test_an_account_that_github_does_not_know_any_more_is_told(ada: Frontend, github: GitHubState) -> None:
    status, body = ada.ask(STATUS, None, x_github_token="gho_revoked")
    assert (status, body["connected"]) == (200, False)
    assert "GitHub not connected" in body["error"]


def test_a_github_that_does_not_answer_is_worth_another_try(ada: Frontend, github: GitHubState) -> None:
    github.failures.append(Failure("GET /user", status=502, times=9))
    assert ada.ask(STATUS, None, **GITHUB).status == 503
