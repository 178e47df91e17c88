from __future__ import annotations

import pytest

from shared.errors import ArgumentValidation, InvalidArgument, LimitReached, NotFound
from tests.functions.callers import Client


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


def test_a_project_created_for_an_import_is_importing(ada: Client, server: Client) -> None:
    id_ = server.call("system:createProject", name="repo", ownerId="ada")
    project = ada.call("projects:getById", id=id_)
    assert (project["name"], project["ownerId"], project["importStatus"]) == ("repo", "ada", "importing")


def test_creating_for_somebody_who_never_signed_in_makes_their_user(server: Client, ada: Client) -> None:
    id_ = server.call("system:createProject", name="repo", ownerId="ada")
    assert ada.call("users:getOrCreateUser")["_id"] == ada.call("projects:getById", id=id_)["userId"]


def test_a_project_and_its_first_conversation_come_together(ada: Client, server: Client) -> None:
    created = server.call(
        "system:createProjectWithConversation", projectName="one", conversationTitle="Hello", ownerId="ada"
    )
    [conversation] = ada.call("conversations:getByProject", projectId=created["projectId"])
    assert (conversation["_id"], conversation["title"]) == (created["conversationId"], "Hello")
    assert "importStatus" not in ada.call("projects:getById", id=created["projectId"])


def test_without_a_title_there_is_no_project_either(ada: Client, server: Client) -> None:
    with pytest.raises(InvalidArgument, match="Conversation title"):
        server.call("system:createProjectWithConversation", projectName="one", conversationTitle="", ownerId="ada")
    assert ada.call("projects:get") == []


def test_every_way_to_create_a_project_obeys_the_limit(ada: Client, server: Client) -> None:
    for number in range(10):
        server.call("system:createProject", name=str(number), ownerId="ada")
    with pytest.raises(LimitReached):
        server.call("system:createProject", name="eleventh", ownerId="ada")
    with pytest.raises(LimitReached):
        server.call("system:createProjectWithConversation", projectName="x", conversationTitle="y", ownerId="ada")
    with pytest.raises(LimitReached):
        ada.call("projects:create", name="eleventh")


def test_an_owner_has_a_name(server: Client) -> None:
    with pytest.raises(ArgumentValidation):
        server.call("system:createProject", name="one", ownerId="")


@pytest.mark.parametrize("name", ["system:updateImportStatus", "system:updateProjectImportStatus"])
def test_both_names_set_how_far_an_import_is(ada: Client, server: Client, project: str, name: str) -> None:
    before = ada.call("projects:getById", id=project)
    ada.wait(5)
    assert server.call(name, projectId=project, status="failed") is None
    after = ada.call("projects:getById", id=project)
    assert after["importStatus"] == "failed"
    assert after["updatedAt"] >= before["updatedAt"] + 5000


def test_an_import_status_is_cleared_by_leaving_it_out(ada: Client, server: Client, project: str) -> None:
    server.call("system:updateImportStatus", projectId=project, status="importing")
    server.call("system:updateImportStatus", projectId=project)
    assert "importStatus" not in ada.call("projects:getById", id=project)
    with pytest.raises(ArgumentValidation, match="status"):
        server.call("system:updateProjectImportStatus", projectId=project)


@pytest.mark.parametrize("name", ["system:updateExportStatus", "system:updateProjectExportStatus"])
def test_the_url_of_an_export_stays_until_the_export_is_reset(
    ada: Client, server: Client, project: str, name: str
) -> None:
    server.call(name, projectId=project, status="completed", repoUrl="https://github.com/ada/one")
    server.call(name, projectId=project, status="failed")
    found = ada.call("projects:getById", id=project)
    assert (found["exportStatus"], found["exportRepoUrl"]) == ("failed", "https://github.com/ada/one")
    server.call("system:updateExportStatus", projectId=project)
    assert not {"exportStatus", "exportRepoUrl"} & ada.call("projects:getById", id=project).keys()


def test_generation_events_carry_what_they_are_given(ada: Client, server: Client, project: str) -> None:
    given = {"type": "file", "message": "Wrote a.ts", "filePath": "a.ts", "preview": "let a"}
    assert server.call("system:appendGenerationEvent", projectId=project, **given) is None
    [event] = ada.call("projects:getGenerationEvents", projectId=project)
    assert {name: event[name] for name in given} == given
    assert event["createdAt"] <= event["_creationTime"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("system:updateImportStatus", {"status": "failed"}),
        ("system:updateExportStatus", {"status": "failed"}),
        ("system:appendGenerationEvent", {"type": "info", "message": "late"}),
    ],
)
def test_what_comes_late_for_a_deleted_project_is_refused(
    ada: Client, server: Client, project: str, name: str, arguments: dict[str, str]
) -> None:
    ada.call("projects:deleteProject", id=project)
    with pytest.raises(NotFound, match="Project not found"):
        server.call(name, projectId=project, **arguments)


def test_a_project_is_found_by_id_or_is_null(ada: Client, server: Client, project: str) -> None:
    assert server.call("system:getProjectById", projectId=project)["name"] == "one"
    ada.call("projects:deleteProject", id=project)
    assert server.call("system:getProjectById", projectId=project) is None
