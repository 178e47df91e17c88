"""How commands fail: one line that says what to do, and a status that docs/cli.md explains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError

import functions
from infra.cli import deployment as deployments
from infra.cli.deployment import ALWAYS_THERE, Deployment, function_name
from infra.cli.failures import Failure, Misused, Unreachable, explained
from infra.local.workspace import ROOT
from infra.names import Names
from infra.stage import Stage
from shared import aws
from shared.db.engine import Unanswered
from shared.errors import Conflict
from shared.runtime.registry import discover_doors
from tests.cli.command import deployment_of, lines, polaris
from tests.support.backend import Backend

ADMINISTRATIVE = {
    "run": ("run", "projects:get"),
    "data": ("data",),
    "data TABLE": ("data", "projects"),
    "logs": ("logs",),
    "env get": ("env", "get", "internal-key"),
    "env get --reveal": ("env", "get", "internal-key", "--reveal"),
    "env set": ("env", "set", "internal-key"),
    "export": ("export", "{folder}/new.zip"),
    "import": ("import", "{folder}/old.zip"),
    "import --abandon": ("import", "{folder}/old.zip", "--abandon"),
    "token --admin": ("token", "--admin"),
    "ranges-check": ("ranges-check",),
    "ranges-check --repair": ("ranges-check", "--repair"),
    "console": ("console",),
}
administrative = pytest.mark.parametrize("name", ADMINISTRATIVE)


def forget_clients() -> None:
    """Let the next client be made with the environment as it then is."""
    for cached in (aws.session, aws.client, deployments._client):
        cached.cache_clear()


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Leave nothing in the environment that leads to an account or to a local cloud."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, "/dev/null")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("POLARIS_STATE_DIR", str(tmp_path))
    (tmp_path / "old.zip").touch()
    forget_clients()
    yield tmp_path
    forget_clients()


def arguments(name: str, folder: Path) -> list[str]:
    return [argument.format(folder=folder) for argument in ADMINISTRATIVE[name]]


@administrative
def test_nothing_can_be_administered_without_credentials(name: str, nobody: Path) -> None:
    result = polaris(*arguments(name, nobody), "--prod")
    assert (result.exit_code, result.stdout) == (3, "")
    (line,) = lines(result.stderr)
    assert line.startswith("There are no usable AWS credentials (Unable to locate credentials): sign in to AWS with ")


def test_nothing_is_deployed_without_credentials(nobody: Path) -> None:
    result = polaris("deploy", "--prod", "--yes")
    assert (result.exit_code, result.stdout) == (3, "")
    assert len(lines(result.stderr)) == 1


@administrative
def test_a_local_cloud_that_is_not_running_is_told_in_one_line(name: str, nobody: Path) -> None:
    result = polaris(*arguments(name, nobody))
    assert (result.exit_code, result.stdout) == (3, "")
    assert lines(result.stderr) == ["The local cloud is not running; start it with `make dev`"]


def test_a_users_token_needs_the_local_cloud(nobody: Path) -> None:
    result = polaris("token", "ada")
    assert (result.exit_code, lines(result.stderr)) == (
        3,
        ["The local cloud is not running; start it with `make dev`"],
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("bogus",), "No such command 'bogus'"),
        (("data", "--bogus"), "No such option: --bogus; see `polaris data --help`"),
        (("data", "--limit", "0"), "--limit"),
        (("data", "nowhere"), "There is no table nowhere"),
        (("data", "files", "--where", "name=x"), "need an --index"),
        (("data", "--id", "x"), "name it first"),
        (("data", "commits", "--index", "by_owner"), "commits has no index by_owner"),
        (("data", "files", "--index", "by_project_parent", "--where", "projectId=x"), "--where parentId=…"),
        (("data", "projects", "--index", "by_owner", "--where", "ada"), "write it as field=value"),
        (("run",), "Missing argument"),
        (("run", "projects:crate"), "did you mean projects:create"),
        (("run", "a b"), "not a valid path"),
        (("run", "projects:get", "{"), "ARGUMENTS: not valid JSON"),
        (("run", "projects:get", "[]"), "not a JSON object"),
        (("run", "projects:get", "{}", "--as", "ada", "--identity", "{}"), "name one"),
        (("logs", "--since", "soon"), "such as 10m"),
        (("token",), "Name the SUBJECT"),
        (("token", "ada", "--prod"), "identity provider"),
        (("deploy", "--stage", "local"), "polaris dev"),
        (("deploy", "--stage", "prdo"), "declares no stage prdo, but dev, prod"),
        (("data", "--prod", "--stage", "dev"), "two stages"),
        (("env", "get", "model_idx"), "did you mean model_id"),
        (("env", "set", "model_id"), "which value"),
        (("env", "set", "edge", "true"), "decided for the local cloud"),
        (("env", "set", "log_retention_days", "3", "--prod"), "use one of 1, 7"),
        (("env", "remove", "model_id", "--prod"), "does not set model_id"),
        (("env", "remove", "internal-key"), "is a secret"),
        (("export", "/nowhere/at/all.zip"), "There is no folder"),
        (("import", "/nowhere.zip"), "There is no file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_usage_is_told_in_one_line(wrong: tuple[str, ...], told: str) -> None:
    result = polaris(*wrong, deployment=deployment_of(Backend()))
    assert result.exit_code == 2, result.output
    (line,) = lines(result.stderr)
    assert told in line


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Failure("x"), 1),
        (Misused("x"), 2),
        (Unreachable("x"), 3),
        (Conflict("x"), 1),
        (Unanswered("x"), 3),
        (NoCredentialsError(), 3),
        (NoRegionError(), 3),
        (EndpointConnectionError(endpoint_url="https://x"), 3),
        (ClientError({"Error": {"Code": "ExpiredTokenException", "Message": "x"}}, "Invoke"), 3),
        (ClientError({"Error": {"Code": "AccessDeniedException", "Message": "x"}}, "Invoke"), 1),
    ],
)
def test_what_can_be_expected_has_a_line_and_a_status(error: Exception, status: int) -> None:
    told = explained(error)
    assert told
    assert told[0]
    assert told[1] == status


def test_the_first_cause_is_told() -> None:
    error = Unanswered("BotoCoreError")
    error.__cause__ = NoCredentialsError()
    assert "no usable AWS credentials" in str(explained(error))


def test_mistakes_of_the_program_are_not_hidden() -> None:
    assert explained(KeyError("x")) is None


def test_an_error_of_many_lines_is_told_in_one() -> None:
    class Broken(Deployment):
        @property
        def store(self) -> None:  # type: ignore[override]
            raise Conflict("first\nsecond")

    broken = Broken("test", {})
    assert lines(polaris("ranges-check", deployment=broken).stderr) == ["CONFLICT: first second"]


def test_lambdas_are_called_what_the_template_calls_them() -> None:
    names = Names(Stage("prod"))
    assert function_name("prod", "projects:create") == names.function("projects:create")


def test_a_stage_is_found_by_a_door_that_every_stage_has() -> None:
    assert ALWAYS_THERE in {door.name for door in discover_doors(functions)}


def test_the_statuses_are_on_the_page() -> None:
    page = (ROOT / "docs/cli.md").read_text()
    assert all(f"| {status} |" in page for status in (0, 1, 2, 3))
