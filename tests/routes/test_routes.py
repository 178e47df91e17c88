"""What all routes have in common: who may ask, what is refused, and what is told of failures."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.engine import Throttled
from shared.schema.ids import mint
from shared.schema.tables import Conversation, Message, Project
from tests.functions.rows import Rows, furnish
from tests.functions.state import stored
from tests.routes.broken_engine import BrokenEngine
from tests.routes.frontend import Frontend, doors
from tests.routes.samples import GITHUB, OF_ROWS, SAMPLES
from tests.support.backend import Backend

FAILED = {
    "POST /api/messages": "Failed to send message",
    "DELETE /api/messages": "Failed to cancel message",
    "POST /api/messages/cancel": "Failed to cancel messages",
    "POST /api/projects/create": "Failed to create project",
    "POST /api/projects/create-with-prompt": "Failed to create project",
    "POST /api/projects/generate": "Failed to generate project",
    "DELETE /api/projects/delete": "Failed to delete project",
    "POST /api/projects/check-limit": "Failed to check the project limit",
    "POST /api/github/import": "Failed to import repository",
    "POST /api/github/export": "Failed to export repository",
    "POST /api/github/export/cancel": "Failed to cancel export",
    "POST /api/github/export/reset": "Failed to reset export",
    "POST /api/autumn/sync": "Failed to sync subscription",
}
TITLES = {"name": "Project name", "message": "Message", "prompt": "Prompt", "url": "Repository URL"}
DELETED = ("DELETE /api/projects/delete", "projectId")
"""It has a title there, since it is often in the query string."""

WITH_FIELDS = sorted(key for key, sample in SAMPLES.items() if sample(Rows(*["-"] * 10)))


def test_every_route_but_that_of_health_has_a_sample() -> None:
    assert {*doors()} == {*SAMPLES, "GET /api/health"}


@pytest.mark.parametrize("route", SAMPLES)
def test_nobody_is_served_who_is_not_signed_in(ada: Frontend, rows: Rows, route: str) -> None:
    before = stored(ada.backend)
    assert ada.as_(None).ask(route, SAMPLES[route](rows), **GITHUB) == (401, {"error": "Unauthorized"})
    assert stored(ada.backend) == before


@pytest.mark.parametrize("route", SAMPLES)
def test_a_bad_token_is_refused(ada: Frontend, rows: Rows, route: str) -> None:
    before = stored(ada.backend)
    status, body = ada.ask(route, SAMPLES[route](rows), authorization="Bearer forged")
    assert (status, body["error"]) == (401, "Signature of the token is wrong")
    assert (body["code"], body["message"]) == ("InvalidAuthHeader", body["error"])
    assert stored(ada.backend) == before


@pytest.mark.parametrize("route", WITH_FIELDS)
@pytest.mark.parametrize("text", ["{", "[]", '"text"', "nul", '{"a": NaN}'])
def test_a_body_that_is_no_json_object_is_refused(ada: Frontend, rows: Rows, route: str, text: str) -> None:
    before = stored(ada.backend)
    status, body = ada.ask(route, text, **GITHUB)
    assert (status, body["code"]) == (400, "BadRequest")
    assert body["error"]
    assert stored(ada.backend) == before


@pytest.mark.parametrize("route", WITH_FIELDS)
def test_a_field_that_is_missing_is_named(ada: Frontend, rows: Rows, route: str) -> None:
    for name in SAMPLES[route](rows):
        fields = {n: value for n, value in SAMPLES[route](rows).items() if n != name}
        status, body = ada.ask(route, fields, **GITHUB)
        assert status == 400
        assert body["error"].endswith("is required")
        assert TITLES.get(name, f"`{name}`") in body["error"] or (route, name) == DELETED


@pytest.mark.parametrize("route", OF_ROWS)
def test_what_is_somebody_elses_is_refused_and_stays_as_it_is(
    ada: Frontend, bob: Frontend, rows: Rows, route: str
) -> None:
    before = stored(ada.backend)
    assert bob.ask(route, SAMPLES[route](rows), **GITHUB) == (403, {"error": "Unauthorized"})
    assert stored(ada.backend) == before


@pytest.mark.parametrize("route", OF_ROWS)
def test_what_is_not_there_is_told(ada: Frontend, rows: Rows, route: str) -> None:
    nothing: dict[str, Any] = {
        "projectId": mint(Project.number, bytes(16)),
        "conversationId": mint(Conversation.number, bytes(16)),
        "messageId": mint(Message.number, bytes(16)),
    }
    fields = {name: nothing.get(name, value) for name, value in SAMPLES[route](rows).items()}
    status, body = ada.ask(route, fields, **GITHUB)
    assert status == 404
    assert body["error"] in ("Project not found", "Conversation not found", "Message not found")


@pytest.mark.parametrize("key", ["", "x" * 256, "ü"])
def test_an_idempotency_key_that_cannot_be_one_is_refused(ada: Frontend, key: str) -> None:
    status, body = ada.ask("POST /api/projects/create", {"name": "one"}, idempotency_key=key)
    assert status == 400
    assert "Idempotency-Key" in body["error"]


class Broken:
    """A frontend whose backend has lost its database."""

    def __init__(self, failure: Exception) -> None:
        self.engine = BrokenEngine()
        self.frontend = Frontend(Backend(self.engine))
        self.rows = furnish(self.frontend.backend.environment, "ada", "one", files=1)
        self.engine.failure = failure

    def ask(self, route: str) -> Any:
        with self.frontend.with_settings(github_requires_pro=True):
            return self.frontend.ask(route, SAMPLES[route](self.rows), **GITHUB)


@pytest.mark.parametrize("route", [key for key in FAILED if "autumn" not in key])
def test_of_an_unexpected_failure_only_what_failed_is_told(route: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, body = Broken(ValueError("A secret of the database's")).ask(route)
    assert (status, body["error"]) == (500, FAILED[route])
    assert f'"requestId":"{body["requestId"]}"' in capsys.readouterr().out


@pytest.mark.parametrize("route", [key for key in FAILED if "autumn" not in key])
def test_what_passes_by_itself_is_worth_another_try(route: str) -> None:
    status, body = Broken(Throttled("ProvisionedThroughputExceeded")).ask(route)
    assert status == 503
    assert "try again" in body["error"]


@pytest.mark.parametrize("route", SAMPLES)
def test_no_token_and_nothing_that_is_said_is_logged_or_answered(
    route: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Broken(ValueError())
    secrets = ["gho_the_token_of_ada", "token-of-ada", *SAMPLES[route](broken.rows).values()]
    broken.engine.failure = ValueError(f"What was sent is {secrets}")
    _, body = broken.ask(route)
    said = f"{capsys.readouterr().out} {body}"
    assert f'"function":"{route}"' in said
    assert [secret for secret in secrets if secret in said] == []
