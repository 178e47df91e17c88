"""`polaris token --admin` and `polaris console`: rights that follow from reading the signing secret."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.cli.deployment import Deployment
from infra.cli.token import ADMIN_LIFETIME_S
from infra.local.workspace import ROOT, Workspace
from shared.auth.admin import admin_of
from shared.secrets import SecretKeys, SigningKey
from tests.cli.command import VARIABLES, lines, polaris

SECRET = "signing" * 8
SIGNER = SigningKey(SecretKeys({"AWSCURRENT": SECRET}.get, time.time))


@pytest.fixture
def stage() -> Iterator[Deployment]:
    with mock_aws():

        def client(service: str) -> Any:
            return boto3.client(service, "eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")  # type: ignore[call-overload]

        name = VARIABLES["POLARIS_PUBLIC_URL_PARAMETER"]
        client("ssm").put_parameter(Name=name, Value="https://polaris.example", Type="String")
        client("secretsmanager").create_secret(Name=VARIABLES["POLARIS_SIGNING_KEY_SECRET"], SecretString=SECRET)
        yield Deployment("test", VARIABLES, client=client)


def test_an_administrators_token_names_the_aws_identity_and_expires(stage: Deployment) -> None:
    token = lines(polaris("token", "--admin", deployment=stage).stdout)[0]
    admin = admin_of(SIGNER, token, time.time())
    assert admin.name.startswith("arn:aws:sts:")
    assert 0 < admin.expires_at_s - time.time() <= ADMIN_LIFETIME_S


def test_the_consoles_url_has_a_token_in_its_fragment(stage: Deployment) -> None:
    (url,) = lines(polaris("console", deployment=stage).stdout)
    page, token = url.split("#token=")
    assert page == "https://polaris.example/_console"
    assert admin_of(SIGNER, token, time.time())


def test_the_console_of_the_local_cloud_is_at_its_root(stage: Deployment) -> None:
    local = replace(stage, workspace=Workspace(ROOT, ROOT, 3210))
    assert lines(polaris("console", deployment=local).stdout)[0].startswith("https://polaris.example/#token=")


def test_who_may_not_read_the_signing_secret_makes_no_token(stage: Deployment) -> None:
    stage.client("secretsmanager").delete_secret(
        SecretId=VARIABLES["POLARIS_SIGNING_KEY_SECRET"], ForceDeleteWithoutRecovery=True
    )
    result = polaris("token", "--admin", deployment=stage)
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(lines(result.stderr)) == 1
