"""Imports and exports, as the app's own servers begin them."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, Forbidden, InvalidArgument, LimitReached, NotFound
from shared.sealing import open_token
from tests.functions.callers import Client
from tests.functions.state import stored
from tests.support.backend import Backend

TOKEN = "gho_the_token_of_ada"
IMPORT = {"ownerId": "ada", "name": "repo", "owner": "octocat", "repo": "repo", "githubToken": TOKEN}
NEW = {"mode": "create", "repoName": "repo"}


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


def export(server: Client, project: str, subject: str = "ada", **target: Any) -> Any:
    return server.call(
        "system:startExport", ownerId=subject, projectId=project, githubToken=TOKEN, export={**NEW, **target}
    )


def test_an_import_is_of_whoever_it_is_for(ada: Client, server: Client, backend: Backend) -> None:
    begun = server.call("system:startImport", **IMPORT)
    assert ada.call("projects:getById", id=begun["projectId"])["importStatus"] == "importing"
    [job] = backend.rows("jobs")
    assert (job["jobId"], job["ownerId"]) == (begun["jobId"], "ada")
    assert open_token(backend.store.signer, "ada", job["sealedToken"]) == TOKEN


def test_an_import_counts_as_a_project(ada: Client, server: Client, backend: Backend) -> None:
    for number in range(10):
        ada.call("projects:create", name=str(number))
    before = stored(backend)
    with pytest.raises(LimitReached):
        server.call("system:startImport", **IMPORT)
    assert stored(backend) == before


@pytest.mark.parametrize("wrong", [{"owner": "../.."}, {"repo": ".."}, {"name": "\n"}])
def test_an_import_of_nothing_that_can_be_is_refused(server: Client, backend: Backend, wrong: Any) -> None:
    with pytest.raises(InvalidArgument):
        server.call("system:startImport", **IMPORT | wrong)
    assert backend.rows("projects") == []


def test_a_server_cannot_export_what_is_not_its_users(server: Client, project: str, backend: Backend) -> None:
    before = stored(backend)
    with pytest.raises(Forbidden):
        export(server, project, "bob")
    assert stored(backend) == before


def test_a_deleted_project_is_not_exported(ada: Client, server: Client, project: str) -> None:
    ada.call("projects:deleteProject", id=project)
    with pytest.raises(NotFound, match="Project not found"):
        export(server, project)


def test_where_the_last_export_went_is_known_until_the_next_has_ended(
    ada: Client, server: Client, project: str
) -> None:
    job = export(server, project)
    with pytest.raises(Conflict, match="already being exported"):
        export(server, project)
    url = "https://github.com/ada/repo"
    server.call("system:finishJob", projectId=project, kind="export-to-github", jobId=job, repoUrl=url)
    export(server, project, mode="push", owner="ada", repo="repo")
    found = ada.call("projects:getById", id=project)
    assert (found["exportStatus"], found["exportRepoUrl"]) == ("exporting", url)


def test_a_push_needs_an_owner_and_a_name(server: Client, project: str) -> None:
    for target in ({"owner": "ada"}, {"repo": "repo"}):
        with pytest.raises(InvalidArgument, match="Invalid"):
            export(server, project, mode="push", **target)
