"""A job of each kind, ready to be run by its whole state machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import functions
from shared.db.engine import Engine
from shared.runtime.door import Door
from shared.runtime.environment import use
from shared.runtime.function import Function
from shared.runtime.registry import discover, discover_doors
from tests.support.backend import Backend
from tests.support.converse import Answer, five_tools
from tests.support.github import Node
from tests.support.state_machine import Call, Machine, Run
from tests.workflows import assistant, github

Json = dict[str, Any]
LAMBDAS: list[Door | Function[Any]] = [*discover(functions).values(), *discover_doors(functions)]
FILES = {
    path: Node("100644", content)
    for path, content in (("README.md", b"# Sample\n"), ("src/a.py", b"a = 1\n"), ("logo.png", b"\x89PNG\x00\xff"))
}


@dataclass
class Scene:
    """A job that has been decided on, and how to look at it.

    Attributes:
        backend: the deployment.
        kind: of the job.
        given: the input of its execution.
        status: returns what users see of the job's end.
        cancel: cancels the job, as its owner does.
        outcome: returns what the job is for, to be compared.
    """

    backend: Backend
    kind: str
    given: Json
    status: Callable[[], str | None]
    cancel: Callable[[], object]
    outcome: Callable[[], object]

    def run(self, call: Call = lambda _state, _event, call: call()) -> Run:
        """Run its machine to the end."""
        with use(self.backend.environment):
            return Machine(self.kind, LAMBDAS, call, self.backend.store.clock.sleep).start(self.given)

    def events(self) -> list[str]:
        """Return what its owner is told."""
        return [row["message"] for row in self.backend.rows("generationEvents")]


def _scene(backend: Backend, kind: str, job_id: str, project: str, **more: Any) -> Scene:
    return Scene(backend, kind, {"jobId": job_id, "projectId": project, "kind": kind}, **more)


def _at_once(asked: Json) -> Answer:
    return replace(five_tools(asked), pause_s=0)


@contextmanager
def message(engine: Engine | None = None) -> Iterator[Scene]:
    """Let a user say something whose answer takes five tools."""
    with assistant.making(engine=engine) as world:
        world.model.script = _at_once
        job = world.ask()
        yield _scene(
            world.backend,
            "process-message",
            job,
            world.project,
            status=lambda: world.message(job)["status"],
            cancel=lambda: world.backend.as_user("ada").call("messages:cancelMessage", messageId=job),
            outcome=lambda: (world.files(), [call["name"] for call in world.message(job)["toolCalls"]]),
        )


@contextmanager
def generation(engine: Engine | None = None) -> Iterator[Scene]:
    """Let a user have a project made, in each of whose stages five tools are used."""
    with assistant.making(engine=engine) as world:
        world.model.script = _at_once
        job = world.generate()
        yield _scene(
            world.backend,
            "generate-project",
            job,
            world.project,
            status=lambda: _ended(world.events()),
            cancel=lambda: world.backend.as_user("ada").call("projects:cancelGeneration", projectId=world.project),
            outcome=lambda: (world.files(), sorted(world.events())),
        )


def _ended(events: list[str]) -> str | None:
    """Return how a generation has ended, as its log says."""
    ends = [event.split()[1].rstrip(":") for event in events if event.startswith("Generation ")]
    return ends[-1] if ends else None


@contextmanager
def importing(engine: Engine | None = None, files: Mapping[str, Node] = FILES) -> Iterator[Scene]:
    """Let a user import a repository of these files."""
    with github.world(engine=engine) as world:
        world.github.add("octocat", "sample", dict(files))
        job = world.start("import-github-repo", owner="octocat", repo="sample")
        yield _of_github(world, "import-github-repo", job, "importStatus", "github:cancelImport", world.tree)


@contextmanager
def exporting(engine: Engine | None = None, files: Mapping[str, Node] = FILES) -> Iterator[Scene]:
    """Let a user export a project of these files to a new repository."""
    with github.world(engine=engine) as world:
        world.github.created_at = "2026-11-18T11:06:40Z"  # as the job's clock says
        for path, node in files.items():
            world.put(path, node.content)
        job = world.start("export-to-github", mode="create", repoName="sample", private=True)

        def exported() -> object:
            repo = world.github.repos["ada", "sample"]
            return sorted((path, node.content) for path, node in repo.files.items())

        yield _of_github(world, "export-to-github", job, "exportStatus", "github:cancelExport", exported)


def _of_github(
    world: github.World, kind: str, job: str, status: str, cancel: str, outcome: Callable[[], object]
) -> Scene:
    return _scene(
        world.backend,
        kind,
        job,
        world.project,
        status=lambda: world.server.call("system:getProjectById", projectId=world.project).get(status),
        cancel=lambda: world.ada.call(cancel, projectId=world.project),
        outcome=outcome,
    )


SCENES = {
    "process-message": message,
    "generate-project": generation,
    "import-github-repo": importing,
    "export-to-github": exporting,
}
