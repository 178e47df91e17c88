"""`Tool`: what a model may call, with the arguments that it takes.

A tool returns text for the model. What it refuses is text as well; what may pass, such as a busy database, and the
end of the job are raised, so that the state is tried again or stops.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from shared.agent.bounds import cut
from shared.errors import ApplicationError, CallError, JobEnded
from shared.model.port import Json, ToolSpec, ToolUse
from shared.web.reader import Web


class Call(Protocol):
    """Calls functions of the app for the job, by their Python names; see `shared.jobs.step.Step.call`."""

    def __call__(self, function: str, key: str | None = None, /, **arguments: Any) -> Any:
        """Return the function's result."""


class Memory(Protocol):
    """Keeps what a tool has seen, for when its call is tried again after it has changed that."""

    def __call__(self, name: str, look: Callable[[], Any], /) -> Any:
        """Return what `look` returned the first time."""


@dataclass(frozen=True)
class Here:
    """Where a tool is called.

    Attributes:
        project_id: the job's project, the only one that a tool reaches.
        call_id: the call's id, unique in the job; mutations have it in their keys.
        call: calls functions of the app.
        remember: keeps what was seen.
        web: reads public pages.
        left_s: how long the call may take.
    """

    project_id: str
    call_id: str
    call: Call
    remember: Memory
    web: Web
    left_s: float
    began_s: float = field(default_factory=time.monotonic)

    def key(self, part: str = "") -> str:
        """Return the key of a mutation of this call."""
        return f"tool/{self.call_id}/{part}" if part else f"tool/{self.call_id}"

    @property
    def time_left_s(self) -> float:
        """Seconds that are left for the call."""
        return self.left_s - (time.monotonic() - self.began_s)


class Arguments(BaseModel):
    """Arguments of a tool (camelCase for the model); what a tool does not know is passed over."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class NoArguments(Arguments):
    """Nothing."""


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True)
class Tool:
    """A tool.

    Attributes:
        name: how the model calls it.
        description: what it does, for the model.
        arguments: what it takes.
        doing: what it does, for messages: `Error {doing}: …`.
        body: what it does; from the arguments to the result.
    """

    name: str
    description: str
    arguments: type[Arguments]
    doing: str
    body: Callable[[Here, Any], str]

    @property
    def spec(self) -> ToolSpec:
        """What the model is told of it."""
        return ToolSpec(self.name, self.description, _untitled(self.arguments.model_json_schema()))

    def run(self, use: ToolUse, here: Here) -> str:
        """Return what a call comes to, cut to what a model may be told.

        Raises:
            PolarisError: something that is no answer to the model: the job has ended, or another try may help.
        """
        if use.fault is not None:
            return f"Error: {use.fault}"
        try:
            arguments = self.arguments.model_validate(use.input)
        except ValidationError as error:
            return f"Error: {_first_issue(error)}"
        try:
            return cut(self.body(here, arguments))
        except JobEnded:
            raise
        except (ApplicationError, CallError) as error:
            return cut(f"Error {self.doing}: {error.message}")


def tool(name: str, arguments: type[A], doing: str) -> Callable[[Callable[[Here, A], str]], Tool]:
    """Declare the decorated function as a tool; its docstring is what the model is told of it."""
    return lambda body: Tool(name, " ".join((body.__doc__ or "").split()), arguments, doing, body)


def filled(message: str) -> AfterValidator:
    """Annotates an argument that may not be empty, with what is said if it is."""

    def check(value: Any) -> Any:
        if not value:
            raise PydanticCustomError("empty", "{text}", {"text": message})
        return value

    return AfterValidator(check)


FileId = Annotated[str, filled("File ID is required")]
ListedFileId = Annotated[str, filled("File ID cannot be empty")]
FileIds = Annotated[list[ListedFileId], filled("Provide at least one file ID")]


def _first_issue(error: ValidationError) -> str:
    issue = error.errors()[0]
    where = ".".join(map(str, issue["loc"]))
    return issue["msg"] if issue["type"] == "empty" else f"{where}: {issue['msg']}"


def _untitled(schema: Json) -> Json:
    """Return a JSON schema without pydantic's titles and docstrings, which tell a model nothing."""
    kept = {name: value for name, value in schema.items() if name != "title" and name != "description"}
    for name in ("properties", "$defs"):
        if name in kept:
            kept[name] = {key: _untitled(value) for key, value in kept[name].items()}
    return kept
