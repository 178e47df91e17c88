"""What jobs and their routes call besides the database; each is made when it is first asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

from shared import aws
from shared.job_settings import JobSettings
from shared.secrets import SecretKeys, secrets_manager
from shared.settings import settings

if TYPE_CHECKING:
    from shared.billing.autumn import Autumn
    from shared.executions import Executions
    from shared.github.tokens import ConnectedAccounts
    from shared.model.port import Model
    from shared.operations.operations import Operations
    from shared.web.reader import Web


class Services(Protocol):
    """The services of a deployment."""

    @property
    def settings(self) -> JobSettings:
        """The deployment's settings of jobs."""

    @property
    def executions(self) -> Executions:
        """The executions of state machines."""

    @property
    def accounts(self) -> ConnectedAccounts:
        """The accounts that users have connected at the identity provider."""

    @property
    def billing(self) -> Autumn:
        """What people pay for."""

    @property
    def model(self) -> Model:
        """The language models."""

    @property
    def web(self) -> Web:
        """Public pages."""

    @property
    def operations(self) -> Operations:
        """What the deployment tells of itself."""


class AwsServices:
    """The services of a deployment on AWS; their modules are imported when they are needed."""

    def __init__(self, settings: JobSettings) -> None:
        self.settings = settings

    @cached_property
    def executions(self) -> Executions:
        """The executions of state machines."""
        from shared.executions import StepFunctions  # noqa: PLC0415 - see above

        return StepFunctions(aws.client("stepfunctions"), self.settings.machines)

    @cached_property
    def accounts(self) -> ConnectedAccounts:
        """The accounts that users have connected at the identity provider."""
        from shared.github.tokens import ConnectedAccounts  # noqa: PLC0415 - see above

        return ConnectedAccounts(self.settings, _key_in(self.settings.provider_key_secret))

    @cached_property
    def billing(self) -> Autumn:
        """What people pay for."""
        from shared.billing.autumn import Autumn  # noqa: PLC0415 - see above

        return Autumn(self.settings, _key_in(self.settings.autumn_key_secret))

    @cached_property
    def model(self) -> Model:
        """The language models."""
        from shared.model.bedrock import BedrockModel, bedrock_client  # noqa: PLC0415 - see above

        return BedrockModel(bedrock_client(self.settings))

    @cached_property
    def web(self) -> Web:
        """Public pages."""
        from shared.web.reader import PublicWeb  # noqa: PLC0415 - see above

        return PublicWeb()

    @cached_property
    def operations(self) -> Operations:
        """What the deployment tells of itself."""
        from shared.operations.operations import open_operations  # noqa: PLC0415 - see above

        return open_operations(settings(), self.settings.machines)


def _key_in(secret_id: str) -> Callable[[], str]:
    """Return what fetches the key that is in a secret."""
    keys = SecretKeys(secrets_manager(partial(aws.client, "secretsmanager"), secret_id), time.time)

    def key() -> str:
        present = keys.current()
        if not present:
            raise RuntimeError(f"The secret {secret_id} is missing, or too short for a key")
        return present[0]

    return key
