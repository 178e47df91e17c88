"""A step of the assistant's work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.agent.plan import Plan, plan_of
from shared.agent.tools.tool import Call
from shared.agent.transcript import Transcript
from shared.jobs.step import Step
from shared.runtime.services import Services


@dataclass(frozen=True)
class Work:
    """What a step has at hand.

    Attributes:
        step: the call of the state's Lambda.
        call: calls functions of the app.
    """

    step: Step
    call: Call

    @cached_property
    def transcript(self) -> Transcript:
        """What was said so far."""
        return Transcript(self.step)

    @cached_property
    def plan(self) -> Plan:
        """What the model has to do."""
        return plan_of(self.step.job.kind, self.services.settings.agent_tools)

    @property
    def services(self) -> Services:
        """The deployment's services."""
        return self.step.environment.services

    @property
    def turn(self) -> int:
        """The last turn of the transcript, as the state says."""
        return int(self.step.event["turn"])

    def report(self, key: str, type_: str, message: str) -> None:
        """Add an event to the project's history, once for each `key`."""
        self.call(
            "append_generation_event",
            f"event/{key}",
            project_id=self.step.job.project_id,
            type=type_,
            message=message,
        )

    def show(self, text: str) -> None:
        """Set the message's text."""
        self.call("stream_message_content", None, message_id=self.step.job.message_id, content=text)

    def remembered(self, name: str, look: Any) -> Any:
        """Return what `look` returned when it was first called for `name` in this job."""
        kept = self.step.scratch.get(name)
        if kept is None:
            kept = self.step.scratch.keep(name, {"seen": look()})
        return kept["seen"]
