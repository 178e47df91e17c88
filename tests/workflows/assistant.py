"""The assistant of a deployment in memory, with a scripted model on loopback, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.workflows import agent
from shared import aws
from shared.db.engine import Engine
from shared.job_settings import AgentTools, JobSettings
from shared.model.bedrock import BedrockModel, bedrock_client
from shared.runtime.environment import use
from tests.functions.callers import Client
from tests.support.backend import Backend
from tests.support.converse import Answer, Endpoint, in_order, serving
from tests.support.memory_services import MemoryServices

Json = dict[str, Any]
Around = Callable[[str, Callable[[], Json]], Json]
"""From the name of a state and how to run it to what it returns."""

STEPS = {"begin": agent.begin, "title": agent.title, "think": agent.think, "act": agent.act}


@dataclass
class World:
    """A deployment with a project of ada's and a conversation in it, and a model.

    Attributes:
        around: runs each state.
        shown: the texts of the message that was being written, as a subscribed client could have seen them.
    """

    backend: Backend
    model: Endpoint
    project: str
    conversation: str
    around: Around = lambda _name, run: run()
    shown: list[str] = field(default_factory=list)

    @property
    def server(self) -> Client:
        return self.backend.internal()

    @property
    def services(self) -> MemoryServices:
        services = self.backend.environment.services
        assert isinstance(services, MemoryServices)
        return services

    def script(self, *answers: Answer) -> None:
        self.model.script = in_order(*answers)

    def ask(self, content: str = "Please do it") -> str:
        """Let ada say something, and return the id of the job that answers."""
        turn = self.server.call(
            "system:beginAssistantTurn", conversationId=self.conversation, ownerId="ada", content=content
        )
        return str(turn["messageId"])

    def generate(self, description: str = "A shop for tea") -> str:
        """Let ada ask for a project, which is then this world's, and return the id of the job that makes it."""
        begun = self.backend.as_user("ada").call("projects:generate", description=description)
        self.project = begun["projectId"]
        return str(begun["jobId"])

    def run(self, job_id: str) -> Json:
        """Run the states of a job as its machine does, up to its end, and return the last output."""
        state = self.state("begin", {"jobId": job_id})
        following = "think"
        while following != "done":
            state = self.state(following, {"jobId": job_id, "turn": state["turn"]})
            following = state["next"]
        return state

    def state(self, name: str, given: Json) -> Json:
        return self.around(name, lambda: STEPS[name](given, None))

    def finish(self, job_id: str, kind: str = "process-message") -> None:
        """End a job as its machine does."""
        self.server.call("system:finishJob", projectId=self.project, kind=kind, jobId=job_id)

    def message(self, job_id: str) -> Json:
        message: Json = self.server.call("system:getMessageById", messageId=job_id)
        return message

    def see(self, job_id: str) -> None:
        """Note what of a message can be seen at present, while half a second passes."""
        self.shown.append(self.message(job_id)["content"])
        self.server.wait(0.6)

    def files(self, project: str | None = None) -> dict[str, str]:
        """Return the texts of a project's files by their paths."""
        listed = self.server.call("system:getAllProjectFiles", projectId=project or self.project)
        return {file["path"]: file.get("content", "") for file in listed if file["type"] == "file"}

    def write(self, path: str, content: str = "", project: str | None = None) -> str:
        """Write a file, and return its id."""
        return str(
            self.server.call("system:writeFileByPath", projectId=project or self.project, path=path, content=content)
        )

    def other_project(self) -> str:
        return str(self.backend.as_user("eve").call("projects:create", name="Secret"))

    def events(self) -> list[str]:
        return [event["message"] for event in self.backend.rows("generationEvents")]

    def state_of_everything(self) -> str:
        """Return all rows that users see."""
        return repr([self.backend.rows(table) for table in ("messages", "files", "generationEvents", "projects")])

    def told(self) -> list[str]:
        """Return the results of tools that the model was told in the last request."""
        blocks = [block for message in self.model.asked[-1]["messages"] for block in message["content"]]
        return [block["toolResult"]["content"][0]["text"] for block in blocks if "toolResult" in block]


@contextmanager
def making(tools: AgentTools = "paths", engine: Engine | None = None) -> Iterator[World]:
    """Make a world whose model has to be given a script."""
    patch = pytest.MonkeyPatch()
    patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    aws.client.cache_clear()
    with serving(in_order()) as endpoint:
        settings = JobSettings(
            model_id="a.model",
            title_model_id="a.small.model",
            model_endpoint=endpoint.url,
            model_region="eu-central-1",
            agent_tools=tools,
        )
        backend = Backend(engine)
        services = backend.environment.services
        assert isinstance(services, MemoryServices)
        services.settings = settings
        services.model = BedrockModel(bedrock_client(settings, 60.0))
        ada = backend.as_user("ada")
        project = ada.call("projects:create", name="Apollo")
        conversation = ada.call("conversations:create", projectId=project)
        with use(backend.environment):
            yield World(backend, endpoint, project, conversation)
    aws.client.cache_clear()
    patch.undo()
