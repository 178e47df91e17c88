"""`polaris run`: a function's own Lambda, invoked directly."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import deployment_of, lines, polaris
from tests.support.backend import Backend


def test_the_result_is_printed_as_json() -> None:
    backend = Backend()
    result = polaris("run", "projects:create", '{"name": "Apollo"}', "--as", "ada", deployment=deployment_of(backend))
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == backend.rows("projects")[0]["_id"]


def test_a_function_runs_as_the_user_who_is_named() -> None:
    backend = Backend()
    identity = '{"subject": "ada", "email": "ada@example.com"}'
    polaris("run", "projects:create", '{"name": "Apollo"}', "--identity", identity, deployment=deployment_of(backend))
    assert backend.rows("users")[0]["email"] == "ada@example.com"
    listed = polaris("run", "projects:get", "--as", "ada", deployment=deployment_of(backend))
    assert [project["name"] for project in json.loads(listed.stdout)] == ["Apollo"]


def test_what_a_user_is_made_to_do_is_recorded_as_the_users() -> None:
    backend = Backend()
    polaris("run", "projects:create", '{"name": "Apollo"}', "--as", "ada", deployment=deployment_of(backend))
    assert backend.rows("commits")[0]["caller"]["subject"] == "https://id.example|ada"


def test_a_public_function_runs_as_nobody_unless_told_as_whom() -> None:
    result = polaris("run", "projects:get", deployment=deployment_of(Backend()))
    assert (result.exit_code, result.stdout) == (1, "")
    assert lines(result.stderr) == ["UNAUTHENTICATED: Unauthorized"]


def test_somebody_sees_nothing_of_others() -> None:
    backend = Backend()
    backend.as_user("ada").call("projects:create", name="Apollo")
    result = polaris("run", "projects:get", "--as", "eve", deployment=deployment_of(backend))
    assert json.loads(result.stdout) == []


def test_an_internal_function_needs_no_key() -> None:
    backend = Backend()
    id_ = backend.as_user("ada").call("projects:create", name="Apollo")
    found = polaris("run", "system:getProjectById", json.dumps({"projectId": id_}), deployment=deployment_of(backend))
    assert json.loads(found.stdout)["name"] == "Apollo"


@pytest.mark.parametrize(
    ("path", "arguments", "told"),
    [
        ("projects:create", "{}", "ARGUMENT_VALIDATION: "),
        ("projects:getById", '{"id": "x"}', "ARGUMENT_VALIDATION: "),
        ("projects:create", '{"name": " "}', "INVALID_ARGUMENT: "),
    ],
)
def test_an_error_is_told_in_one_line_with_its_code(path: str, arguments: str, told: str) -> None:
    result = polaris("run", path, arguments, "--as", "ada", deployment=deployment_of(Backend()))
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = lines(result.stderr)
    assert line.startswith(told)


def test_a_function_that_is_not_deployed_yet_is_told_as_such() -> None:
    deployment = deployment_of(Backend())
    deployment.client("lambda")._functions.clear()
    result = polaris("run", "projects:get", deployment=deployment)
    assert (result.exit_code, lines(result.stderr)) == (
        1,
        ["The stage 'test' does not have projects:get yet; deploy it"],
    )
