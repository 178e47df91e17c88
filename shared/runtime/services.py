"""What jobs and their routes call besides the database; each is made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from shared import aws
from shared.job_settings import JobSettings

if TYPE_CHECKING:
    from shared.executions import Executions


class Services(Protocol):
    """The services of a deployment."""

    @property
    def settings(self) -> JobSettings:
        """The deployment's settings of jobs."""

    @property
    def executions(self) -> Executions:
        """The executions of state machines."""


class AwsServices:
    """The services of a deployment on AWS; their modules are imported when they are needed."""

    def __init__(self, settings: JobSettings) -> None:
        self.settings = settings

    @cached_property
    def executions(self) -> Executions:
        """The executions of state machines."""
        from shared.executions import StepFunctions  # noqa: PLC0415 - see above

        return StepFunctions(aws.client("stepfunctions"), self.settings.machines)
