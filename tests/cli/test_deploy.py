"""`polaris deploy`: nothing is lost without a yes. What would be lost is read from what the real CDK says."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from infra.cli.changes import losses
from infra.cli.deploy import Finished, deploy_stage
from infra.local.workspace import ROOT

CDK = ROOT / "infra/node_modules/.bin/cdk"
STACK = "polaris-test-data"
TABLE = {
    "TableName": "a",
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}
LAYER = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "b", "S3Key": "1"}}}
OTHER_LAYER = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "b", "S3Key": "2"}}}


def diff(folder: Path, before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return what the CDK says of the difference between two sets of resources."""
    properties = {"templateFile": "after.json"}
    stack = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region"}
    manifest = {"version": "36.0.0", "artifacts": {STACK: {**stack, "properties": properties}}}
    for name, text in (
        ("manifest.json", manifest),
        ("after.json", {"Resources": after}),
        ("before.json", {"Resources": before}),
    ):
        (folder / name).write_text(json.dumps(text))
    flags = ("--ci", "--no-color", "--no-notices", "--app", str(folder), "--template", str(folder / "before.json"))
    account = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-central-1"}
    quiet = {"NODE_NO_WARNINGS": "1", "CDK_DISABLE_CLI_TELEMETRY": "true"}
    environment = {**os.environ, **account, **quiet}
    return subprocess.check_output([str(CDK), "diff", *flags, STACK], env=environment, cwd=folder, text=True)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the CDK says when things of all kinds happen at once."""
    if not CDK.exists():
        pytest.skip("`make setup` installs the CDK")
    before = {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": TABLE},
        "Queue": QUEUE,
        "Kept": {**QUEUE, "DeletionPolicy": "Retain"},
        "Layer": LAYER,
        "Value": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}},
    }
    other_key = json.loads(json.dumps(TABLE).replace('"k"', '"other"'))
    after = {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": other_key},
        "Layer": OTHER_LAYER,
        "New": QUEUE,
        "Value": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "2"}},
    }
    return diff(tmp_path_factory.mktemp("assembly"), before, after)


def test_what_would_be_lost_is_read_from_the_difference(said: str) -> None:
    assert {(loss.type, loss.fate) for loss in losses(said)} == {
        ("AWS::DynamoDB::Table", "deleted and made anew"),
        ("AWS::SQS::Queue", "deleted"),
        ("AWS::SQS::Queue", "left behind, no longer managed"),
        ("AWS::Lambda::LayerVersion", "deleted and made anew"),
    }
    assert {loss.stack for loss in losses(said)} == {STACK}


def test_it_is_read_in_colour_too(said: str) -> None:
    coloured = said.replace("[-]", "\x1b[31m[-]\x1b[39m").replace("destroy", "\x1b[31mdestroy\x1b[39m")
    assert list(losses(coloured)) == list(losses(said))


class Cdk:
    """The CDK's command line, as it answers to `diff`."""

    def __init__(self, difference: str = "", status: int = 0, deployed: int = 0) -> None:
        self.difference = Finished(status, difference)
        self.deployed = deployed
        self.ran: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> Finished:
        self.ran.append(arguments)
        return self.difference if arguments[0] == "diff" else Finished(self.deployed, "")

    @property
    def has_deployed(self) -> bool:
        return any(arguments[0] == "deploy" for arguments in self.ran)


def deploy(cdk: Cdk, answer: str = "", *, yes: bool = False) -> tuple[int, str]:
    """Deploy a stage, answering whatever is asked; returns the status and what was written."""
    app = typer.Typer()
    app.command()(lambda: deploy_stage("test", cdk, yes=yes))
    result = CliRunner().invoke(app, [], input=answer)
    return result.exit_code, result.output


def test_what_loses_nothing_is_deployed_without_a_question() -> None:
    cdk = Cdk("Stack polaris-test-data\n[+] AWS::SQS::Queue New New\n")
    assert deploy(cdk)[0] == 0
    assert cdk.has_deployed


@pytest.mark.parametrize(("answer", "has_deployed"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)])
def test_what_would_be_lost_is_listed_and_asked_about(said: str, answer: str, has_deployed: bool) -> None:
    cdk = Cdk(said, status=1)
    _, output = deploy(cdk, answer)
    assert cdk.has_deployed is has_deployed
    assert "takes away 3 resources" in output
    assert f"{STACK}: AWS::SQS::Queue Queue: deleted" in output


def test_in_ci_nothing_is_asked(said: str) -> None:
    cdk = Cdk(said, status=1)
    assert deploy(cdk, yes=True)[0] == 0
    assert cdk.ran[-1][:3] == ("deploy", "--require-approval", "never")


def test_a_replaced_layer_alone_is_not_asked_about() -> None:
    cdk = Cdk("Stack x\n[~] AWS::Lambda::LayerVersion Packages/Layer PackagesLayer123 replace\n", status=1)
    assert deploy(cdk)[0] == 0
    assert cdk.has_deployed


def test_a_difference_that_cannot_be_told_is_no_reason_to_deploy() -> None:
    cdk = Cdk("Something went wrong, or is written in another way now", status=1)
    status, _ = deploy(cdk, "y\n")
    assert status == 1
    assert not cdk.has_deployed


def test_a_deployment_that_fails_is_a_failure() -> None:
    assert deploy(Cdk(deployed=1))[0] == 1
