"""`polaris env`: settings in cdk.json and the environment, secrets in Secrets Manager."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.cli.deployment import Deployment
from infra.cli.failures import Misused
from infra.cli.stage_settings import StageSettings, defaults, with_value
from infra.local.workspace import ROOT
from shared.secrets import MIN_LENGTH
from tests.cli.command import VARIABLES, lines, polaris

INTERNAL = VARIABLES["POLARIS_INTERNAL_KEY_SECRET"]
TEXT = """{
  "app": "x",
  "context": {
    "first": [1,   2],
    "stages": {
      "dev": {},
      "prod": { "log_retention_days": 90 }
    },
    "last": "\\"stages\\": {}"
  }
}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cdk.json"
    path.write_text(TEXT)
    return path


def test_a_setting_is_written_and_everything_else_stays_as_it_was(file: Path) -> None:
    StageSettings("prod", file).put("model_id", "eu.anthropic.claude")
    expected = '"prod": { "log_retention_days": 90, "model_id": "eu.anthropic.claude" }'
    assert file.read_text() == TEXT.replace('"prod": { "log_retention_days": 90 }', expected)


def test_a_setting_that_is_written_and_removed_leaves_no_trace(file: Path) -> None:
    settings = StageSettings("prod", file)
    settings.put("edge", "true")
    settings.remove("edge")
    assert file.read_text() == TEXT


def test_the_projects_own_file_is_written_as_it_is() -> None:
    text = (ROOT / "cdk.json").read_text()
    assert with_value(text, ("context", "stages"), json.loads(text)["context"]["stages"]) == text


def test_another_stage_can_be_begun(file: Path) -> None:
    StageSettings("test", file).put("removable", "true")
    assert '\n      "test": { "removable": true }\n' in file.read_text()


def test_a_stage_with_many_settings_has_a_line_for_each(file: Path) -> None:
    settings = StageSettings("prod", file)
    for name in ("model_id", "title_model_id"):
        settings.put(name, "x" * 60)
    assert f'\n        "title_model_id": "{"x" * 60}"\n      }}\n' in file.read_text()
    assert settings.declared()["model_id"] == "x" * 60


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("actors", "20", 20),
        ("alarms", "false", False),
        ("model_id", "20", "20"),
        ("auth_providers", '[{"domain": "x"}]', [{"domain": "x"}]),
    ],
)
def test_values_are_written_as_what_they_are(file: Path, name: str, text: str, value: Any) -> None:
    StageSettings("prod", file).put(name, text)
    assert json.loads(file.read_text())["context"]["stages"]["prod"][name] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("actors", "many"),
        ("alarms", "no"),
        ("log_retention_days", "3"),
        ("agent_tools", "x"),
        ("auth_providers", "[x"),
        ("colour", "red"),
        ("machines", "x"),
        ("name", "x"),
    ],
)
def test_a_value_that_cannot_work_is_refused_and_nothing_written(file: Path, name: str, text: str) -> None:
    with pytest.raises(Misused):
        StageSettings("prod", file).put(name, text)
    assert file.read_text() == TEXT


def test_a_stage_that_cannot_do_without_a_setting_keeps_it(file: Path) -> None:
    settings = StageSettings("dev", file)
    settings.put("public_url", "https://polaris.example")
    settings.put("edge", "false")
    with pytest.raises(Misused, match="public_url"):
        settings.remove("public_url")


def test_all_settings_of_a_stage_are_listed_with_their_source() -> None:
    result = polaris("env", "list", "--prod")
    listed = {line.split()[0]: line.split()[1:] for line in lines(result.stdout)[2:]}
    assert defaults().keys() < listed.keys()
    assert listed["log_retention_days"] == ["90", "cdk.json"]
    assert listed["mailboxes"] == ["1", "default"]


def test_of_the_local_cloud_the_variables_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARIS_MODEL_ID", "some-model")
    result = polaris("env", "list")
    assert "some-model" in result.stdout
    assert "this shell" in result.stdout
    assert lines(polaris("env", "get", "model_id").stdout) == ["some-model"]


def test_for_the_local_cloud_what_to_export_is_printed() -> None:
    result = polaris("env", "set", "model_id", "it's")
    assert lines(result.stdout) == ["""export POLARIS_MODEL_ID='it'"'"'s'"""]
    assert "make dev" in result.stderr
    assert lines(polaris("env", "remove", "model_id").stdout) == ["unset POLARIS_MODEL_ID"]


def test_one_setting_is_printed_alone() -> None:
    assert polaris("env", "get", "log_retention_days", "--prod").stdout == "90\n"


@pytest.fixture
def secrets() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("secretsmanager", "eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_secret(Name=INTERNAL, SecretString="first" * 8)
        yield client


def stage(secrets: Any, **variables: str) -> Deployment:
    return Deployment("test", VARIABLES | variables, client={"secretsmanager": secrets}.__getitem__)


def value(secrets: Any, name: str = INTERNAL, version: str = "AWSCURRENT") -> str:
    return str(secrets.get_secret_value(SecretId=name, VersionStage=version)["SecretString"])


def test_a_secret_is_printed_only_if_it_is_asked_for(secrets: Any) -> None:
    hidden = polaris("env", "get", "internal-key", deployment=stage(secrets))
    assert "first" not in hidden.output
    assert INTERNAL in hidden.stderr
    assert polaris("env", "get", "internal-key", "--reveal", deployment=stage(secrets)).stdout == "first" * 8 + "\n"


def test_a_new_key_is_made_up_and_the_one_before_stays_valid(secrets: Any) -> None:
    result = polaris("env", "set", "internal-key", deployment=stage(secrets))
    assert value(secrets) not in result.output
    assert len(value(secrets)) > MIN_LENGTH
    assert value(secrets, version="AWSPREVIOUS") == "first" * 8


def test_a_key_that_is_too_short_is_refused(secrets: Any) -> None:
    result = polaris("env", "set", "internal-key", "short", deployment=stage(secrets))
    assert result.exit_code == 2
    assert value(secrets) == "first" * 8


def test_the_key_of_a_provider_is_read_from_standard_input(secrets: Any) -> None:
    here = stage(secrets, POLARIS_PROVIDER_KEY_SECRET="clerk")
    assert polaris("env", "set", "provider-key", deployment=here, input="sk_live_1\n").exit_code == 0
    assert value(secrets, "clerk") == "sk_live_1"
    assert polaris("env", "set", "provider-key", deployment=here, input="").exit_code == 2


def test_a_secret_that_the_stage_does_not_name_cannot_be_set(secrets: Any) -> None:
    result = polaris("env", "set", "provider-key", "x", deployment=stage(secrets))
    assert result.exit_code == 2
    assert "set provider_key_secret" in result.stderr


def test_a_value_that_cannot_work_is_refused_for_the_local_cloud_too() -> None:
    result = polaris("env", "set", "project_order", "bogus")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "project_order" in result.stderr
