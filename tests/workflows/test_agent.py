"""Answering a message: the model thinks, its tools act, and what it says is seen as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from functions.workflows import agent
from shared.agent.acting import MAX_CALLS
from shared.agent.plan import MAX_STEPS
from shared.agent.thinking import CUT_SHORT
from shared.domain.job_ends import NOTHING_TO_SAY
from shared.errors import JobEnded, PolarisError
from shared.service_errors import ModelNotConfigured, ModelRefused, ModelThrottled, ModelUnavailable
from tests.support.converse import Answer, five_tools, throttled
from tests.workflows.assistant import Json, World, making


@pytest.fixture
def world() -> Iterator[World]:
    with making() as world:
        yield world


def calls(*given: tuple[str, Json | str], text: str = "") -> Answer:
    return Answer(text=(text,) if text else (), calls=given)


def test_a_message_that_needs_five_tools_is_answered(world: World) -> None:
    world.write("README.md", "Read me")
    world.model.script = five_tools
    job = world.ask()
    world.run(job)
    world.finish(job)
    message = world.message(job)
    assert message["status"] == "completed"
    assert world.files() == {"README.md": "Read me", "src/main.py": "print('hello')\n"}
    assert [call["name"] for call in message["toolCalls"]] == [
        "listFiles",
        "readFile",
        "writeFile",
        "writeFile",
        "deleteFile",
    ]
    assert [call["result"] for call in message["toolCalls"]] == [
        "[file] README.md",
        "Read me",
        "Successfully wrote to src/main.py",
        "Successfully wrote to notes.txt",
        "Successfully deleted notes.txt",
    ]
    assert message["content"] == (
        "Step 1.\n\nStep 2.\n\nStep 3.\n\nStep 4.\n\nStep 5.\n\n"
        "I listed, read, wrote two files and deleted one of them."
    )
    assert world.events() == ["Wrote src/main.py", "Wrote notes.txt", "Deleted notes.txt"]


def test_what_a_client_sees_of_an_answer_only_grows(world: World) -> None:
    job = world.ask()
    pieces = ("One, ", "two, ", "three.")
    world.script(
        Answer(text=pieces, calls=[("listFiles", {})], between=lambda: world.see(job)),
        Answer(text=pieces, between=lambda: world.see(job)),
    )
    world.run(job)
    world.see(job)
    assert len(set(world.shown)) >= 3
    assert world.shown[-1] == "One, two, three.\n\nOne, two, three."
    assert all(later.startswith(earlier) for earlier, later in pairwise(world.shown))


def test_the_assistant_reads_the_last_turns_and_not_its_own_empty_one(world: World) -> None:
    for number in range(7):
        for role in ("user", "assistant"):
            world.server.call(
                "system:createMessage",
                conversationId=world.conversation,
                projectId=world.project,
                role=role,
                content=f"{role} {number}" if number != 5 else " ",
            )
    world.script(Answer(text=("Yes",)))
    world.run(world.ask("Now?"))
    said = [(m["role"], m["content"][0]["text"]) for m in world.model.asked[0]["messages"]]
    expected = [(role, f"{role} {n}") for n in (1, 2, 3, 4, 6) for role in ("user", "assistant")]
    assert said == [*expected, ("user", "Now?")]


def test_neighbours_of_one_side_are_told_as_one(world: World) -> None:
    for role, content in [("assistant", "Hi"), ("user", "One"), ("user", "Two")]:
        world.server.call(
            "system:createMessage",
            conversationId=world.conversation,
            projectId=world.project,
            role=role,
            content=content,
        )
    world.script(Answer(text=("Yes",)))
    world.run(world.ask("Three"))
    (message,) = world.model.asked[0]["messages"]
    assert message == {"role": "user", "content": [{"text": "One\n\nTwo\n\nThree"}]}


def test_an_answer_without_a_word_ends_the_work(world: World) -> None:
    job = world.ask()
    world.script(calls(("listFiles", {})), Answer())
    world.run(job)
    world.finish(job)
    assert world.message(job)["content"] == NOTHING_TO_SAY


def test_an_answer_that_is_cut_at_its_limit_says_so(world: World) -> None:
    job = world.ask()
    world.script(Answer(text=("It is a long",), stop="max_tokens"))
    world.run(job)
    assert world.message(job)["content"] == f"It is a long\n\n{CUT_SHORT}"


def test_the_model_is_asked_twenty_times_at_most(world: World) -> None:
    world.model.script = lambda _asked: calls(("writeFile", {"path": f"{len(world.model.asked)}", "content": ""}))
    job = world.ask()
    world.run(job)
    world.finish(job)
    assert len(world.model.asked) == len(world.files()) == MAX_STEPS
    assert world.message(job)["content"] == NOTHING_TO_SAY


def test_more_tools_at_once_than_may_be_are_not_run(world: World) -> None:
    many = [("writeFile", {"path": f"{n}.txt", "content": ""}) for n in range(MAX_CALLS + 2)]
    world.script(calls(*many), Answer(text=("Done",)))
    world.run(world.ask())
    assert len(world.files()) == MAX_CALLS
    assert world.told()[-1] == "Error: At most 10 tools are run at once. Call this one again."


@pytest.mark.parametrize("cancelled_in", ["think", "act", "stream"])
def test_after_a_cancellation_nothing_changes_any_more(world: World, cancelled_in: str) -> None:
    job = world.ask()
    state: list[str] = []

    def cancel() -> None:
        if not state:
            world.server.call("system:cancelMessage", messageId=job)
            state.append(world.state_of_everything())
        world.server.wait(0.6)

    def around(name: str, run: Callable[[], Json]) -> Json:
        if name == cancelled_in:
            cancel()
        return run()

    world.around = around
    pieces = tuple(f"piece {number} " for number in range(10))
    world.script(
        Answer(
            text=pieces,
            calls=[("writeFile", {"path": "a", "content": "b"})],
            between=cancel if cancelled_in == "stream" else lambda: None,
        )
    )
    with pytest.raises(JobEnded):
        world.run(job)
    world.finish(job)
    assert [world.state_of_everything()] == state
    assert world.message(job)["status"] == "cancelled"
    assert world.files() == {}


def test_a_deployment_without_a_model_says_what_to_set(world: World) -> None:
    world.services.settings = world.services.settings._replace(model_id="")
    with pytest.raises(ModelNotConfigured, match="POLARIS_MODEL_ID"):
        agent.begin({"jobId": world.ask()}, None)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (throttled(), ModelThrottled),
        (Answer(error="InternalServerException", status=500), ModelUnavailable),
        (Answer(text=("Half an ans",), breaks="cut"), ModelUnavailable),
        (Answer(error="AccessDeniedException", status=403), ModelRefused),
    ],
    ids=["throttling", "failure", "cut", "refusal"],
)
def test_what_the_model_fails_with_reaches_the_machine_and_another_try_goes_on(
    world: World, answer: Answer, error: type[Exception]
) -> None:
    job = world.ask()
    world.script(calls(("listFiles", {}), text="First."), answer, Answer(text=("Half an answer more.",)))
    with pytest.raises(error):
        world.run(job)
    world.run(job)
    world.finish(job)
    assert len(world.model.asked) == 3
    assert world.message(job)["content"] == "First.\n\nHalf an answer more."


def test_a_time_out_of_the_model_is_a_failure_that_may_pass(world: World) -> None:
    job = world.ask()
    world.script(Answer(text=("slow", "er"), between=lambda: world.server.wait(20)))
    with pytest.raises(ModelUnavailable, match="too long"):
        world.run(job)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("writeFile", '{"path": "a", '), "Error: The arguments are not valid JSON"),
        (("writeFile", {"path": "a"}), "Error: content: Field required"),
        (("writeFile", {"path": 1, "content": ""}), "Error: path: Input should be a valid string"),
        (("writeFile", {"path": "../a", "content": ""}), "Error writing file: Invalid file path"),
        (("readFile", {"path": "missing"}), "File not found: missing"),
        (("deleteFile", {"path": "missing"}), "Error deleting file: File not found"),
        (("writeFile", {"path": "a", "content": "x" * 1_100_000}), "Error writing file: Value of `content`"),
        (("fly", {}), 'Error: There is no tool called "fly"'),
        (("executeCommand", {"command": "rm -rf /"}), "Error: Terminal execution is unavailable"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_a_call_that_goes_wrong_is_told_to_the_model_which_goes_on(
    world: World, call: tuple[str, Json | str], told: str
) -> None:
    job = world.ask()
    world.script(calls(call), Answer(text=("I see.",)))
    world.run(job)
    world.finish(job)
    (result,) = world.told()
    assert result.startswith(told)
    assert world.message(job)["status"] == "completed"
    assert world.files() == {}


def test_what_no_message_can_hold_is_kept_as_text(world: World) -> None:
    job = world.ask()
    world.script(calls(("fly", {"$a": 1, "ü": [2**60]}), ("fly", {"to": "x" * 9999})), Answer(text=("No.",)))
    world.run(job)
    first, second = world.message(job)["toolCalls"]
    assert first["args"].startswith('{"$a": 1')
    assert len(second["args"]) < 2100


CRASHED = ("writeFile", {"path": "a.txt", "content": "1"})


@pytest.mark.parametrize(
    ("what", "crash_at", "is_kept"),
    [
        *(("jobs/", at, True) for at in range(10)),
        *(("/result-", at, False) for at in range(4)),
        ("/turn-2", 0, False),
    ],
)
def test_a_crash_at_any_point_runs_no_tool_and_asks_no_model_twice(
    world: World, what: str, crash_at: int, is_kept: bool
) -> None:
    job = world.ask()
    world.script(
        calls(CRASHED, ("deleteFile", {"path": "a.txt"}), ("writeFile", {"path": "b.txt", "content": "2"}), text="A"),
        calls(("listFiles", {}), text="B"),
        Answer(text=("C",)),
    )
    objects = world.backend.store.objects
    put, left = objects.put, [crash_at]

    def crashing(key: str, body: bytes) -> None:
        left[0] -= what in key
        crashes = what in key and left[0] == -1
        if is_kept or not crashes:
            put(key, body)
        if crashes:
            raise MemoryError

    objects.put = crashing  # type: ignore[method-assign]  # the bucket is a door

    def around(_name: str, run: Callable[[], Json]) -> Json:
        try:
            run()
        except PolarisError as error:
            assert "Server Error" in error.message  # noqa: PT017 - anything else is a fault
        return run()

    world.around = around
    world.run(job)
    world.finish(job)
    message = world.message(job)
    assert left[0] < 0
    assert len(world.model.asked) == 3
    assert message["content"] == "A\n\nB\n\nC"
    assert [call["name"] for call in message["toolCalls"]] == ["writeFile", "deleteFile", "writeFile", "listFiles"]
    assert message["toolCalls"][3]["result"] == "[file] b.txt"
    assert world.events() == ["Wrote a.txt", "Deleted a.txt", "Wrote b.txt"]


def test_two_calls_of_a_step_at_once_agree_on_what_the_model_said(world: World) -> None:
    job = world.ask()
    world.script(Answer(text=("First.",)), Answer(text=("Second.",)))
    turn = {"jobId": job, "turn": world.state("begin", {"jobId": job})["turn"]}
    objects = world.backend.store.objects
    keep, other = objects.keep, list[Json]()

    def overtaken(key: str, body: bytes) -> bytes:
        objects.keep = keep  # type: ignore[method-assign]  # the bucket is a door
        other.append(world.state("think", turn))
        return keep(key, body)

    objects.keep = overtaken  # type: ignore[method-assign]  # the bucket is a door
    assert [world.state("think", turn)] == other
    assert b"Second." in (objects.get(f"jobs/{job}/turn-1") or b"")
    assert world.message(job)["content"] == "Second."


def test_a_tool_that_is_tried_again_does_not_undo_what_its_user_did_meanwhile(world: World) -> None:
    job = world.ask()
    world.script(calls(("writeFile", {"path": "a.txt", "content": "the model's"})), Answer(text=("Done.",)))
    objects = world.backend.store.objects
    put, crashed = objects.put, list[str]()

    def crashing(key: str, body: bytes) -> None:
        if "/result-" in key and not crashed:
            crashed.append(key)
            world.write("a.txt", "the user's")
            raise MemoryError
        put(key, body)

    objects.put = crashing  # type: ignore[method-assign]  # the bucket is a door
    with pytest.raises(PolarisError, match="Server Error"):
        world.run(job)
    world.run(job)
    assert world.told() == ["Successfully wrote to a.txt"]
    assert world.files() == {"a.txt": "the user's"}


def test_tools_that_take_longer_than_a_step_go_on_in_the_next(world: World) -> None:
    job = world.ask()
    world.script(calls(*[("readFile", {"path": f"{n}"}) for n in range(3)]), Answer(text=("Done",)))
    states: list[str] = []

    def around(name: str, run: Callable[[], Json]) -> Json:
        states.append(name)
        return run()

    world.around = around
    files = world.backend.store.objects
    put = files.put

    def slow(key: str, body: bytes) -> None:
        put(key, body)
        if "/result-" in key:
            world.server.wait(6)

    files.put = slow  # type: ignore[method-assign]  # the bucket is a door
    world.run(job)
    assert states == ["begin", "think", "act", "think", "act", "think", "act", "think"]
    assert len(world.model.asked) == 2


def test_a_conversation_without_a_name_is_named_after_its_first_message(world: World) -> None:
    job = world.ask("Fix the login page")
    assert agent.begin({"jobId": job}, None)["needsTitle"]
    world.script(Answer(text=('"Fix the login ', 'page for all users at once."\nMore')))
    agent.title({"jobId": job}, None)
    assert title(world) == "Fix the login page for all"
    assert world.model.asked[0]["modelId"] == "a.small.model"
    assert "toolConfig" not in world.model.asked[0]


def test_a_name_that_its_owner_gives_meanwhile_stays(world: World) -> None:
    job = world.ask()
    agent.begin({"jobId": job}, None)

    def rename() -> None:
        world.server.call(
            "system:updateConversationTitle", conversationId=world.conversation, title="The owner's own"
        )

    world.script(Answer(text=("A", " title"), between=rename))
    agent.title({"jobId": job}, None)
    assert title(world) == "The owner's own"
    assert not agent.begin({"jobId": job}, None)["needsTitle"]


@pytest.mark.parametrize("answer", [throttled(), Answer(text=(' "" ',)), Answer(text=("a\x00b",))])
def test_a_title_is_worth_no_failure(world: World, answer: Answer) -> None:
    job = world.ask()
    agent.begin({"jobId": job}, None)
    world.script(answer)
    agent.title({"jobId": job}, None)
    assert title(world) == "New Conversation"


def title(world: World) -> str:
    conversation = world.server.call("system:getConversationById", conversationId=world.conversation)
    return str(conversation["title"])
