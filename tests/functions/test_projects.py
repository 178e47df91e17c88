from __future__ import annotations

from dataclasses import replace

import pytest

from shared.errors import ArgumentValidation, InvalidArgument, LimitReached, NotFound
from shared.runtime.environment import Environment
from tests.functions.callers import Client


def create(client: Client, *names: str) -> list[str]:
    return [client.call("projects:create", name=name) for name in names]


def named(projects: list[dict[str, object]]) -> list[object]:
    return [project["name"] for project in projects]


def test_a_created_project_is_its_owners_and_found_by_id(ada: Client) -> None:
    [id_] = create(ada, " one ")
    project = ada.call("projects:getById", id=id_)
    assert (project["_id"], project["name"], project["ownerId"]) == (id_, "one", "ada")
    assert set(project) == {"_id", "_creationTime", "name", "ownerId", "userId", "updatedAt"}


def test_the_first_project_makes_its_owners_user(ada: Client, server: Client) -> None:
    [id_] = create(ada, "one")
    user = ada.call("users:getUserByStackUserId", stackUserId="ada")
    assert ada.call("projects:getById", id=id_)["userId"] == user["_id"]
    assert (user["email"], user["projectLimit"], user["subscriptionStatus"]) == ("ada@example.com", 10, "free")


def test_further_fields_of_a_project_are_kept(ada: Client) -> None:
    id_ = ada.call("projects:create", name="one", description="A test", isPublic=True)
    project = ada.call("projects:getById", id=id_)
    assert (project["description"], project["isPublic"]) == ("A test", True)


def test_a_project_with_a_language_begins_with_a_folder_src(ada: Client) -> None:
    id_ = ada.call("projects:create", name="one", language="typescript")
    [folder] = ada.call("files:getFolderContents", projectId=id_)
    assert (folder["name"], folder["type"]) == ("src", "folder")


@pytest.mark.parametrize("name", ["", "  ", "x" * 256, "a\0b"])
def test_a_project_needs_a_name_that_can_be_shown(ada: Client, name: str) -> None:
    with pytest.raises(InvalidArgument):
        ada.call("projects:create", name=name)
    assert ada.call("projects:get") == []


def test_a_free_user_owns_ten_projects_and_no_more(ada: Client) -> None:
    create(ada, *map(str, range(10)))
    with pytest.raises(LimitReached) as refused:
        create(ada, "eleventh")
    assert refused.value.message == (
        "Project limit reached. You have 10 free projects. Please upgrade to Pro for unlimited projects."
    )
    assert ada.call("users:getProjectCount") == 10


def test_a_deleted_project_makes_room_for_another(ada: Client) -> None:
    ids = create(ada, *map(str, range(10)))
    ada.call("projects:deleteProject", id=ids[3])
    create(ada, "again")
    assert ada.call("users:getProjectCount") == 10


def test_a_trial_lifts_the_limit_until_it_ends(ada: Client) -> None:
    create(ada, *map(str, range(10)))
    ada.call("users:startTrial", tier="pro_monthly")
    create(ada, "eleventh")
    ada.wait(7 * 24 * 3600 + 1)
    with pytest.raises(LimitReached):
        create(ada, "twelfth")


def test_projects_are_listed_newest_first_and_only_ones_own(ada: Client, bob: Client) -> None:
    create(ada, "one", "two")
    create(bob, "his")
    create(ada, "three")
    assert named(ada.call("projects:get")) == ["three", "two", "one"]


def test_a_deployment_may_list_projects_by_their_last_change(ada: Client, environment: Environment) -> None:
    settings = environment.settings._replace(project_order="updated")
    client = Client(replace(environment, settings=settings), ada.identity)
    [one, _] = create(client, "one", "two")
    client.wait(1)
    client.call("projects:rename", id=one, name="one, renamed")
    assert named(client.call("projects:get")) == ["one, renamed", "two"]
    assert named(client.call("projects:getPartial", limit=1)) == ["one, renamed"]


@pytest.mark.parametrize(("limit", "listed"), [(2, 2), (0, 0), (-5, 0), (1e300, 3)])
def test_a_partial_list_is_as_long_as_asked_for_within_reason(ada: Client, limit: float, listed: int) -> None:
    create(ada, "one", "two", "three")
    assert named(ada.call("projects:getPartial", limit=limit)) == ["three", "two", "one"][:listed]


def test_get_with_an_id_never_refuses(ada: Client, bob: Client, anonymous: Client) -> None:
    [id_] = create(ada, "one")
    assert ada.call("projects:get", id=id_)["name"] == "one"
    assert bob.call("projects:get", id=id_) is None
    assert anonymous.call("projects:get", id=id_) is None


def test_get_takes_null_for_no_id(ada: Client) -> None:
    create(ada, "one")
    assert named(ada.call("projects:get", id=None)) == ["one"]


def test_a_project_that_is_not_there_is_said_to_be_missing(ada: Client) -> None:
    [id_] = create(ada, "one")
    ada.call("projects:deleteProject", id=id_)
    with pytest.raises(NotFound, match="Project not found"):
        ada.call("projects:getById", id=id_)


def test_a_renamed_project_has_changed_now(ada: Client) -> None:
    [id_] = create(ada, "one")
    before = ada.call("projects:getById", id=id_)
    ada.wait(5)
    assert ada.call("projects:rename", id=id_, name=" uno ") is None
    after = ada.call("projects:getById", id=id_)
    assert after["name"] == "uno"
    assert after["updatedAt"] >= before["updatedAt"] + 5000


def test_settings_are_replaced_as_a_whole(ada: Client) -> None:
    [id_] = create(ada, "one")
    ada.call("projects:updateSettings", id=id_, settings={"installCommand": "pnpm i", "devCommand": "pnpm dev"})
    ada.call("projects:updateSettings", id=id_, settings={"devCommand": "make"})
    assert ada.call("projects:getById", id=id_)["settings"] == {"devCommand": "make"}


def test_settings_that_nobody_knows_are_refused(ada: Client) -> None:
    [id_] = create(ada, "one")
    with pytest.raises(ArgumentValidation, match="extra field `testCommand`"):
        ada.call("projects:updateSettings", id=id_, settings={"testCommand": "make test"})


def test_generation_events_are_the_newest_in_the_order_they_came(ada: Client, server: Client) -> None:
    [id_] = create(ada, "one")
    for number in range(4):
        server.call("system:appendGenerationEvent", projectId=id_, type="step", message=str(number))
    events = ada.call("projects:getGenerationEvents", projectId=id_, limit=3)
    assert [event["message"] for event in events] == ["1", "2", "3"]


@pytest.mark.parametrize(("limit", "listed"), [(None, 2), (0, 1), (-1, 1), (1e300, 2)])
def test_the_limit_of_generation_events_is_brought_into_bounds(
    ada: Client, server: Client, limit: float | None, listed: int
) -> None:
    [id_] = create(ada, "one")
    for number in range(2):
        server.call("system:appendGenerationEvent", projectId=id_, type="step", message=str(number))
    assert len(ada.call("projects:getGenerationEvents", projectId=id_, limit=limit)) == listed
