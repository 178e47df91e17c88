"""What the backend asks of a language model: to stream its next turn of a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple, Protocol

Json = dict[str, Any]
Speaker = Literal["user", "assistant"]

AUTO: Final = "auto"
"""The choice of a tool is the model's; it may use none."""

ANY: Final = "any"
"""The model has to use a tool, whichever it wants."""

CUT: Final = "max_tokens"
"""The reason of a turn's `End` that was cut at the most tokens that the model may say."""


class ToolUse(NamedTuple):
    """A call of a tool that a model asks for.

    Attributes:
        id: what its result is told by.
        name: the tool's name, as the model wrote it.
        input: the arguments; empty if there is a fault.
        fault: what is wrong with the arguments as they were written, or None.
    """

    id: str
    name: str
    input: Json
    fault: str | None = None


class ToolResult(NamedTuple):
    """What came of a call of a tool.

    Attributes:
        id: the call's.
        text: what the model is told.
    """

    id: str
    text: str


class Said(NamedTuple):
    """One side's part of a conversation; sides alternate, and the user begins.

    Attributes:
        role: whose.
        text: what was said, or nothing.
        uses: tools that the assistant calls.
        results: what came of its calls; they are the user's to tell.
    """

    role: Speaker
    text: str = ""
    uses: tuple[ToolUse, ...] = ()
    results: tuple[ToolResult, ...] = ()


class ToolSpec(NamedTuple):
    """A tool that a model may call.

    Attributes:
        name: its name.
        description: what it does, for the model.
        schema: JSON Schema of its arguments.
    """

    name: str
    description: str
    schema: Json


class Request(NamedTuple):
    """What a model is asked.

    Attributes:
        model_id: which model.
        system: who it is and what it has to do.
        conversation: what has been said; the last part is the user's.
        tools: what it may call.
        choice: `AUTO`, `ANY`, or the name of the tool that it has to call.
        max_tokens: the most that it may say.
        temperature: how freely it chooses words, or None: as the model is used to.
    """

    model_id: str
    system: str
    conversation: tuple[Said, ...]
    tools: tuple[ToolSpec, ...] = ()
    choice: str = AUTO
    max_tokens: int = 4096
    temperature: float | None = None


class TextDelta(NamedTuple):
    """The next piece of the text."""

    text: str


class End(NamedTuple):
    """The end of the turn.

    Attributes:
        reason: the service's word for why it ended, such as `end_turn`, `tool_use` and `CUT`.
        input_tokens: tokens that were read.
        output_tokens: tokens that were written.
    """

    reason: str
    input_tokens: int = 0
    output_tokens: int = 0


ModelEvent = TextDelta | ToolUse | End


class Model(Protocol):
    """A language model."""

    def stream(self, request: Request) -> Iterator[ModelEvent]:
        """Yield the next turn as it comes; its last event is its `End`.

        Closing the iterator stops the model.

        Raises:
            ServiceError: the model did not take the request, failed, or broke off.
        """
