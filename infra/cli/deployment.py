"""The one place that opens a stage: from its name to its settings, its AWS clients and its data."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import ClientError

from infra.cli.failures import Failure, Unreachable
from infra.cli.options import LOCAL
from infra.local.failure import LocalCloudFailure
from infra.local.ministack import environment, running_endpoint
from infra.local.workspace import Workspace, workspace_from
from shared import aws
from shared.db.aws import open_store
from shared.db.store import Store
from shared.db.unsigned import Unsigned
from shared.settings import Settings, settings_from

ALWAYS_THERE: Final = "gateway-call"
"""A door that every stage has; its environment has what all functions' have."""

_LONGEST_CALL_S: Final = 60
"""Longer than any function may take, so that none is invoked a second time for being slow."""

_OF_AN_ACCOUNT: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


@cache
def _client(service: str) -> Any:
    if service != "lambda":
        return aws.client(service)
    config = Config(retries=aws.ONE_ATTEMPT, connect_timeout=5, read_timeout=_LONGEST_CALL_S)
    return aws.session().create_client(service, config=config)


def _store_of(settings: Settings) -> Store:
    return open_store(settings, Unsigned())


@dataclass(frozen=True, eq=False)
class Deployment:
    """A stage, as an administrator sees it.

    Attributes:
        stage: its name.
        variables: the environment of its functions.
        client: returns the AWS client of a service, such as `lambda`.
        workspace: the local cloud's, if the stage is the local one.
        open_store: opens the data of a stage with such settings.
    """

    stage: str
    variables: Mapping[str, str]
    client: Callable[[str], Any] = field(default=_client)
    workspace: Workspace | None = None
    open_store: Callable[[Settings], Store] = field(default=_store_of)

    @property
    def settings(self) -> Settings:
        """What the functions are told of the deployment."""
        return settings_from(self.variables)

    @cached_property
    def store(self) -> Store:
        """Its tables, and the bucket of large fields."""
        return self.open_store(self.settings)

    def function_name(self, path: str) -> str:
        """Return the Lambda name of the function `path`, such as `projects:create`, or of a door."""
        return function_name(self.stage, path)


def function_name(stage: str, path: str) -> str:
    """Return the name of the Lambda of a function or door; as `infra.names`, which would import the CDK."""
    return f"polaris-{stage}-{path.replace(':', '-')}"


def open_stage(stage: str) -> Deployment:
    """Return the deployment of a stage, and let this process work with it from now on.

    Raises:
        Unreachable: the local cloud is not running, or the account has no such stage.
    """
    workspace = _enter_local_cloud() if stage == LOCAL else None
    take_region()
    name = function_name(stage, ALWAYS_THERE)
    try:
        found = _client("lambda").get_function_configuration(FunctionName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        region = aws.session().get_config_variable("region")
        raise Unreachable(
            f"There is no stage {stage!r} in this account in {region}; `polaris deploy --stage {stage}` makes it"
            if workspace is None
            else "The local cloud is still starting; wait until `make dev` says that it is ready"
        ) from None
    variables: dict[str, str] = found["Environment"]["Variables"]
    os.environ.update(variables)
    return Deployment(stage, variables, workspace=workspace)


def take_region() -> None:
    """Let AWS_REGION choose the region of this process, as it does for the CDK and AWS's other SDKs."""
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = region


def caller(deployment: Deployment) -> str:
    """Return the name of whoever these credentials are of, such as the ARN of an IAM identity."""
    return str(deployment.client("sts").get_caller_identity()["Arn"])


def local_workspace() -> Workspace:
    """Return the workspace of the local cloud.

    Raises:
        Failure: PORT is not a port.
    """
    try:
        return workspace_from(os.environ)
    except LocalCloudFailure as failure:
        raise Failure(str(failure)) from None


def _enter_local_cloud() -> Workspace:
    """Let this process's clients be those of the running local cloud, whatever account the operator works in."""
    workspace = local_workspace()
    try:
        endpoint = running_endpoint(workspace)
    except LocalCloudFailure as failure:
        raise Unreachable(str(failure)) from None
    for variable in _OF_AN_ACCOUNT:
        os.environ.pop(variable, None)
    local = environment(workspace) | {"AWS_ENDPOINT_URL": endpoint, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    del local["TMPDIR"]
    os.environ.update(local)
    return workspace
