"""Generating a project: nine stages, each with its events once, and one project only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from functions.workflows import agent
from shared.agent.plan import GENERATION
from shared.errors import InvalidArgument, JobEnded, PolarisError
from shared.service_errors import ModelRefused, ModelThrottled
from tests.support.converse import Answer, results_since_question, throttled
from tests.workflows.assistant import Json, World, making


@pytest.fixture
def world() -> Iterator[World]:
    with making() as world:
        yield world


def one_file(asked: Json) -> Answer:
    """Call the tool that has to be called first, then end the stage."""
    forced = asked["toolConfig"].get("toolChoice")
    if results_since_question(asked):
        return Answer(text=("Done.",))
    stage = asked["messages"][0]["content"][0]["text"].partition("# Stage ")[2].partition("\n")[0]
    given = {"path": f"{stage}.ts", "content": stage} if forced["tool"]["name"] == "writeFile" else {}
    return Answer(calls=[(forced["tool"]["name"], given)])


def stages_told(world: World) -> list[str]:
    return [event for event in world.events() if event.startswith(("Starting", "Completed"))]


EXPECTED = [word + stage.id for stage in GENERATION for word in ("Starting ", "Completed ")]


def test_every_stage_is_told_of_and_does_its_part(world: World) -> None:
    world.model.script = one_file
    job = world.generate("A shop for tea")
    world.run(job)
    world.finish(job, "generate-project")
    assert stages_told(world) == EXPECTED
    assert sorted(world.files()) == sorted(f"{stage.id}.ts" for stage in GENERATION[:-1])
    assert world.events()[:5] == [
        "Starting generate-config-files",
        "generate-config-files emitted 1 tool call(s)",
        "Wrote generate-config-files.ts",
        "generate-config-files emitted 0 tool call(s)",
        "Completed generate-config-files",
    ]
    assert world.events()[-1] == "Generation completed"


def test_each_stage_begins_with_the_description_and_its_own_instruction(world: World) -> None:
    world.model.script = one_file
    world.run(world.generate("A shop for tea"))
    first = [asked for asked in world.model.asked if len(asked["messages"]) == 1]
    assert len(first) == 9
    assert all(a["messages"][0]["content"][0]["text"].startswith("A shop for tea\n\n# Stage ") for a in first)


def test_the_last_stage_cannot_write(world: World) -> None:
    world.model.script = one_file
    world.run(world.generate())
    offered = {tool["toolSpec"]["name"] for tool in world.model.asked[-1]["toolConfig"]["tools"]}
    assert offered == {"listFiles", "readFile", "getProjectStructure"}


def test_a_stage_ends_when_the_model_was_asked_often_enough(world: World) -> None:
    world.model.script = lambda _asked: Answer(calls=[("listFiles", {})])
    world.run(world.generate())
    assert len(world.model.asked) == sum(stage.max_steps for stage in GENERATION)
    assert stages_told(world) == EXPECTED


def test_nothing_can_be_generated_from_nothing(world: World) -> None:
    world.server.call("system:claimJob", projectId=world.project, kind="generate-project", jobId="blank")
    with pytest.raises(InvalidArgument, match="Description is required"):
        agent.begin({"jobId": "blank"}, None)
    assert world.events() == ["Validation failed: description is required"]


def test_a_failure_that_lasts_is_told_of_its_stage(world: World) -> None:
    world.script(Answer(error="AccessDeniedException", status=403))
    job = world.generate()
    for _ in range(2):
        with pytest.raises(ModelRefused):
            world.run(job)
        world.script(Answer(error="AccessDeniedException", status=403))
    failed = [event for event in world.events() if "failed" in event]
    assert len(failed) == 1
    assert failed[0].startswith("generate-config-files failed: The model a.model may not be used")


def test_throttling_and_crashes_repeat_no_event(world: World) -> None:
    failures = iter([throttled()] * 40)
    turns: set[int] = set()

    def script(asked: Json) -> Answer:
        number = len(turns)
        if number not in turns and number % 2 == 0:
            turns.add(number)
            return next(failures)
        turns.add(number)
        return one_file(asked)

    def around(_name: str, run: Callable[[], Json]) -> Json:
        for _ in range(2):
            try:
                run()
            except ModelThrottled:
                continue
        return run()

    world.model.script, world.around = script, around
    world.run(world.generate())
    assert stages_told(world) == EXPECTED
    assert len(world.events()) == len(set(world.events())) == 9 * 4 + 8


def test_a_generation_that_is_cancelled_writes_nothing_more(world: World) -> None:
    world.model.script = one_file
    job = world.generate()
    state: list[str] = []

    def around(name: str, run: Callable[[], Json]) -> Json:
        if name == "act" and not state:
            world.server.call(
                "system:finishJob",
                projectId=world.project,
                kind="generate-project",
                jobId=job,
                status="cancelled",
            )
            state.append(world.state_of_everything())
        return run()

    world.around = around
    with pytest.raises(JobEnded):
        world.run(job)
    assert [world.state_of_everything()] == state


def test_a_tool_whose_job_ends_while_it_runs_is_no_error_of_the_tool(world: World) -> None:
    world.model.script = one_file
    job = world.generate()
    objects = world.backend.store.objects
    get = objects.get

    def ending(key: str) -> bytes | None:
        if "/result-" in key:
            world.backend.as_user("ada").call("projects:cancelGeneration", projectId=world.project)
        return get(key)

    objects.get = ending  # type: ignore[method-assign]  # the bucket is a door
    names: list[str] = []

    def around(name: str, run: Callable[[], Json]) -> Json:
        names.append(name)
        return run()

    world.around = around
    with pytest.raises(JobEnded):
        world.run(job)
    assert names == ["begin", "think", "act"]
    assert world.files() == {}


def test_what_is_unexpected_is_not_told(world: World) -> None:
    with pytest.raises(PolarisError, match="does not exist"):
        agent.think({"jobId": "nobody's", "turn": 0}, None)
