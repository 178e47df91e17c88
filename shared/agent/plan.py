"""What a job's model has to do, stage by stage."""

from __future__ import annotations

from typing import Final, NamedTuple

from shared.agent.prompting import prompt
from shared.agent.tools.toolbox import ASSISTING, GENERATING, LOOKING, Toolbox
from shared.job_settings import AgentTools
from shared.schema.tables import JobKind

MAX_STEPS: Final = 20
"""How often the model is asked for one message."""


class Stage(NamedTuple):
    """A part of the work, for which the model is asked until it calls no tool any more.

    Attributes:
        id: its name in events and of its instruction, or empty: it has neither.
        max_steps: how often the model is asked at most.
        first_tool: the tool that it has to call first, or None.
        tools: what it may call.
    """

    id: str
    max_steps: int
    first_tool: str | None
    tools: Toolbox


class Plan(NamedTuple):
    """The work of a job.

    Attributes:
        system: the prompt that says who the model is.
        stages: one after the other.
    """

    system: str
    stages: tuple[Stage, ...]


GENERATION: Final = (
    Stage("generate-config-files", 8, "writeFile", GENERATING),
    Stage("generate-source-structure", 8, "writeFile", GENERATING),
    Stage("generate-components", 8, "writeFile", GENERATING),
    Stage("generate-pages", 8, "writeFile", GENERATING),
    Stage("generate-hooks", 6, "writeFile", GENERATING),
    Stage("generate-types", 4, "writeFile", GENERATING),
    Stage("generate-utilities", 6, "writeFile", GENERATING),
    Stage("finalize-readme", 4, "writeFile", GENERATING),
    Stage("verify-project", 2, "listFiles", LOOKING),
)


def plan_of(kind: JobKind, tools: AgentTools) -> Plan:
    """Return the work of a job of this kind, with tools that name files in this way."""
    if kind == "generate-project":
        return Plan(prompt("generation"), GENERATION)
    return Plan(prompt(f"assistant-{tools}"), (Stage("", MAX_STEPS, None, ASSISTING[tools]),))
