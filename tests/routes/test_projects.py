"""`/api/projects`: making projects, generating and deleting them, and counting them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.functions.rows import Rows
from tests.functions.state import stored
from tests.routes.frontend import Frontend, told

CREATE = "POST /api/projects/create"
PROMPT = "POST /api/projects/create-with-prompt"
GENERATE = "POST /api/projects/generate"
DELETE = "DELETE /api/projects/delete"
CHECK = "POST /api/projects/check-limit"
FULL = {
    "error": "Project limit reached. Please upgrade to Pro for unlimited projects.",
    "currentUsage": 10,
    "limit": 10,
    "allowed": False,
}


@pytest.fixture
def full(ada: Frontend) -> Frontend:
    """Somebody who has as many projects as they may."""
    for number in range(10):
        ada.client.call("projects:create", name=f"Project {number}")
    return ada


def project(ada: Frontend, id_: str) -> dict[str, Any]:
    return next(row for row in ada.backend.rows("projects") if row["_id"] == id_)


def test_a_project_is_created_and_counted(ada: Frontend) -> None:
    status, body = ada.ask(CREATE, {"name": "Apollo"})
    assert (status, body) == (
        200,
        {"projectId": body["projectId"], "tracked": True, "currentUsage": 1, "limit": 10},
    )
    assert project(ada, body["projectId"])["ownerId"] == "ada"


@pytest.mark.parametrize("fields", [{}, {"name": ""}, {"name": None}])
def test_a_project_needs_a_name(ada: Frontend, fields: Any) -> None:
    assert ada.ask(CREATE, fields) == (400, {"error": "Project name is required"})


def test_a_name_that_is_no_title_is_refused(ada: Frontend) -> None:
    assert ada.ask(CREATE, {"name": "a\nb"}) == (400, {"error": "Project name cannot contain control characters"})


def test_a_project_that_is_created_again_with_its_key_is_there_once(ada: Frontend) -> None:
    first = ada.ask(CREATE, {"name": "Apollo"}, idempotency_key="k")
    assert ada.ask(CREATE, {"name": "Apollo"}, idempotency_key="k") == first
    assert len(ada.backend.rows("projects")) == 1


@pytest.mark.parametrize(
    ("route", "fields"),
    [
        (CREATE, {"name": "One more"}),
        (PROMPT, {"prompt": "Hello"}),
        (GENERATE, {"description": "A page about otters"}),
        (CHECK, None),
        ("POST /api/github/import", {"url": "https://github.com/octocat/hello"}),
    ],
)
def test_above_the_limit_the_usage_is_told(full: Frontend, route: str, fields: Any) -> None:
    before = stored(full.backend)
    assert full.ask(route, fields, x_github_token="gho") == (403, FULL)
    assert stored(full.backend) == before


def test_a_prompt_makes_a_project_whose_assistant_is_at_work(ada: Frontend) -> None:
    status, body = ada.ask(PROMPT, {"prompt": "Draw an otter"})
    assert (status, [*body]) == (200, ["projectId"])
    assert re.fullmatch(r"[a-z]+-[a-z]+-[a-z]+", project(ada, body["projectId"])["name"])
    [conversation] = ada.client.call("conversations:getByProject", projectId=body["projectId"])
    assert conversation["title"] == "New Conversation"
    said = ada.client.call("conversations:getMessages", conversationId=conversation["_id"])
    assert [(message["role"], message["content"]) for message in said] == [
        ("user", "Draw an otter"),
        ("assistant", ""),
    ]
    assert [job["jobId"] for job in ada.jobs("process-message")] == [said[1]["_id"]]


def test_names_of_projects_differ(ada: Frontend) -> None:
    for _ in range(5):
        ada.ask(PROMPT, {"prompt": "Draw an otter"})
    assert len({row["name"] for row in ada.backend.rows("projects")}) == 5


def test_a_prompt_that_says_nothing_makes_nothing(ada: Frontend) -> None:
    assert ada.ask(PROMPT, {"prompt": "  "}) == (400, {"error": "Message cannot be empty"})
    assert ada.ask(PROMPT, {}) == (400, {"error": "Prompt is required"})
    assert ada.backend.rows("projects") == []


@pytest.mark.parametrize(("name", "expected"), [(None, r"Generated Project \d{13}"), ("Otters", "Otters")])
def test_a_project_is_generated_from_its_description(ada: Frontend, name: str | None, expected: str) -> None:
    status, body = ada.ask(GENERATE, {"description": "  A page about otters ", "projectName": name})
    assert (status, body["success"], body["eventId"]) == (200, True, body["runId"])
    [job] = ada.jobs("generate-project")
    assert (job["jobId"], job["projectId"]) == (body["runId"], body["projectId"])
    assert told(job) == {"description": "A page about otters"}
    assert re.fullmatch(expected, project(ada, body["projectId"])["name"])


@pytest.mark.parametrize("description", ["too short", " " * 20, "x" * 20_001])
def test_a_description_has_a_length_that_means_something(ada: Frontend, description: str) -> None:
    status, body = ada.ask(GENERATE, {"description": description})
    assert status == 400
    assert body["error"].startswith("Description must have 10 to 20000 characters")
    assert ada.backend.rows("projects") == []


def test_a_generation_that_is_asked_for_again_with_its_key_is_one_job(ada: Frontend) -> None:
    fields = {"description": "A page about otters"}
    first = ada.ask(GENERATE, fields, idempotency_key="k")
    assert ada.ask(GENERATE, fields, idempotency_key="k") == first
    assert len(ada.jobs("generate-project")) == 1


def test_a_generation_can_be_cancelled(ada: Frontend) -> None:
    _, body = ada.ask(GENERATE, {"description": "A page about otters"})
    assert ada.client.call("projects:cancelGeneration", projectId=body["projectId"]) == body["runId"]
    assert [job["status"] for job in ada.jobs("generate-project")] == ["cancelled"]
    assert ada.client.call("projects:cancelGeneration", projectId=body["projectId"]) is None
    [event] = ada.client.call("projects:getGenerationEvents", projectId=body["projectId"])
    assert event["message"] == "Generation cancelled"


def test_a_project_is_deleted_and_its_jobs_are_cancelled(ada: Frontend, rows: Rows) -> None:
    answer = ada.ask(f"{DELETE}?projectId={rows.project}")
    assert answer == (200, {"success": True, "message": "Project deleted and usage updated"})
    assert ada.backend.rows("projects") == []
    assert [job["status"] for job in ada.jobs("process-message")] == ["cancelled"]


def test_what_is_to_be_deleted_has_to_be_said(ada: Frontend) -> None:
    assert ada.ask(DELETE) == (400, {"error": "Project ID is required"})


def test_deleting_somebody_elses_project_is_refused(ada: Frontend, bob: Frontend, rows: Rows) -> None:
    before = stored(ada.backend)
    assert bob.ask(f"{DELETE}?projectId={rows.project}") == (403, {"error": "Unauthorized"})
    assert stored(ada.backend) == before


def test_whether_there_is_room_is_told_from_our_own_count(ada: Frontend, rows: Rows) -> None:
    assert ada.ask(CHECK) == (200, {"allowed": True, "currentUsage": 1, "limit": 10})
    assert ada.as_("new").ask(CHECK, {}) == (200, {"allowed": True, "currentUsage": 0, "limit": 10})


def test_a_paid_plan_has_room_for_any_number(full: Frontend) -> None:
    full.backend.internal().call("users:updateSubscription", stackUserId="ada", projectLimit=-1)
    assert full.ask(CHECK) == (200, {"allowed": True, "currentUsage": 10, "limit": -1})


def test_projects_need_not_be_tracked(ada: Frontend) -> None:
    assert ada.ask("PUT /api/projects/check-limit") == (200, {"tracked": True})
