"""A model's turn as it comes, and what its owner is told when it does not."""

from __future__ import annotations

import threading

import pytest

from shared.job_settings import JobSettings
from shared.model.bedrock import BedrockModel
from shared.model.choice import assistant_model, title_model
from shared.model.port import ANY, End, ModelEvent, Request, Said, TextDelta, ToolResult, ToolSpec, ToolUse
from shared.service_errors import (
    ModelNotConfigured,
    ModelRefused,
    ModelThrottled,
    ModelUnavailable,
    ServiceError,
)
from tests.model.conftest import model_at
from tests.support.converse import Answer, Endpoint, in_order, throttled

SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}}
READ = ToolSpec("readFile", "Reads a file.", SCHEMA)
QUESTION = Request("some.model", "Be brief.", (Said("user", "Hello"),), (READ,), max_tokens=99, temperature=0.5)


def ask(model: BedrockModel, request: Request = QUESTION) -> list[ModelEvent]:
    return list(model.stream(request))


def test_text_comes_in_pieces_and_the_end_tells_why_and_what_it_took(model: BedrockModel, endpoint: Endpoint) -> None:
    endpoint.script = in_order(Answer(text=("Hel", "lo ✓")))
    assert ask(model) == [TextDelta("Hel"), TextDelta("lo ✓"), End("end_turn", 11, 7)]


def test_calls_of_tools_come_whole(model: BedrockModel, endpoint: Endpoint) -> None:
    endpoint.script = in_order(Answer(text=("Look",), calls=[("readFile", {"path": "ä"}), ("listFiles", {})]))
    uses = [event for event in ask(model) if isinstance(event, ToolUse)]
    assert uses == [
        ToolUse("tooluse_1_1", "readFile", {"path": "ä"}),
        ToolUse("tooluse_1_2", "listFiles", {}),
    ]


def test_arguments_that_are_left_out_are_empty(model: BedrockModel, endpoint: Endpoint) -> None:
    endpoint.script = in_order(Answer(calls=[("listFiles", "")]))
    assert ask(model)[0] == ToolUse("tooluse_1_1", "listFiles", {})


@pytest.mark.parametrize("raw", ['{"path": ', '["a"]', '{"path": NaN}', '"text"', "[" * 5000])
def test_arguments_that_are_no_object_are_a_fault_of_the_call(
    model: BedrockModel, endpoint: Endpoint, raw: str
) -> None:
    endpoint.script = in_order(Answer(calls=[("readFile", raw)]))
    use = ask(model)[0]
    assert isinstance(use, ToolUse)
    assert use.input == {}
    assert (use.fault or "").startswith("The arguments are not ")


def test_arguments_that_were_cut_are_told_from_wrong_ones(model: BedrockModel, endpoint: Endpoint) -> None:
    endpoint.script = in_order(Answer(calls=[("readFile", '{"path": "a')], stop="max_tokens"))
    use = ask(model)[0]
    assert isinstance(use, ToolUse)
    assert "cut at the limit" in (use.fault or "")


def test_half_a_surrogate_pair_is_not_let_in(model: BedrockModel, endpoint: Endpoint) -> None:
    endpoint.script = in_order(Answer(text=("\ud800",), calls=[("readFile", r'{"path": "\ud800"}')]))
    text, use, _ = ask(model)
    assert text == TextDelta("?")
    assert use == ToolUse("tooluse_1_1", "readFile", {"path": "?"})


def test_a_conversation_is_told_in_the_words_of_the_api(model: BedrockModel, endpoint: Endpoint) -> None:
    endpoint.script = in_order(Answer(text=("Done",)))
    said = (
        Said("user", "Read it"),
        Said("assistant", "Yes", uses=(ToolUse("1", "readFile", {"path": "a"}),)),
        Said("user", results=(ToolResult("1", ""),)),
    )
    ask(model, QUESTION._replace(conversation=said, choice="readFile"))
    (asked,) = endpoint.asked
    assert asked["modelId"] == "some.model"
    assert asked["system"] == [{"text": "Be brief."}]
    assert asked["inferenceConfig"] == {"maxTokens": 99, "temperature": 0.5}
    assert asked["toolConfig"]["toolChoice"] == {"tool": {"name": "readFile"}}
    assert asked["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"] == {"json": SCHEMA}
    assert asked["messages"] == [
        {"role": "user", "content": [{"text": "Read it"}]},
        {
            "role": "assistant",
            "content": [
                {"text": "Yes"},
                {"toolUse": {"toolUseId": "1", "name": "readFile", "input": {"path": "a"}}},
            ],
        },
        {"role": "user", "content": [{"toolResult": {"toolUseId": "1", "content": [{"text": "(empty)"}]}}]},
    ]


def test_a_model_can_be_made_to_call_any_tool(model: BedrockModel, endpoint: Endpoint) -> None:
    endpoint.script = in_order(Answer(text=("Done",)))
    ask(model, QUESTION._replace(choice=ANY))
    assert endpoint.asked[0]["toolConfig"]["toolChoice"] == {"any": {}}


def test_a_model_that_takes_no_choice_of_a_tool_is_asked_without_one(model: BedrockModel, endpoint: Endpoint) -> None:
    no_choice = Answer(error="ValidationException", status=400, message="toolChoice is not supported by this model")
    endpoint.script = in_order(no_choice, Answer(text=("Done",)))
    assert ask(model, QUESTION._replace(choice="readFile"))[0] == TextDelta("Done")
    assert "toolChoice" not in endpoint.asked[1]["toolConfig"]


@pytest.mark.parametrize(
    ("answer", "expected", "told"),
    [
        (throttled(), ModelThrottled, "later"),
        (Answer(error="ServiceQuotaExceededException", status=400), ModelThrottled, "later"),
        (Answer(error="InternalServerException", status=500), ModelUnavailable, "InternalServerException"),
        (Answer(error="ServiceUnavailableException", status=503), ModelUnavailable, "later"),
        (Answer(error="SomethingNew", status=502), ModelUnavailable, "later"),
        (Answer(error="ModelTimeoutException", status=408), ModelUnavailable, "later"),
        (Answer(error="ModelErrorException", status=424), ModelUnavailable, "later"),
        (Answer(error="ModelNotReadyException", status=429), ModelUnavailable, "later"),
        (Answer(error="AccessDeniedException", status=403), ModelRefused, "access to it on Amazon Bedrock"),
        (Answer(error="ResourceNotFoundException", status=404), ModelRefused, "Check `model_id`"),
        (Answer(error="ValidationException", status=400, message="Too long."), ModelRefused, "Too long. If"),
    ],
    ids=lambda value: value.error if isinstance(value, Answer) else None,
)
def test_what_is_wrong_decides_whether_another_try_may_help(
    model: BedrockModel, endpoint: Endpoint, answer: Answer, expected: type[ServiceError], told: str
) -> None:
    endpoint.script = in_order(answer)
    with pytest.raises(ServiceError, match=told) as raised:
        ask(model)
    assert type(raised.value) is expected
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("breaks", ["cut", "end", "damage", "internalServerException", "modelStreamErrorException"])
def test_an_answer_that_breaks_off_is_a_failure_that_may_pass(
    model: BedrockModel, endpoint: Endpoint, breaks: str
) -> None:
    endpoint.script = in_order(Answer(text=("Half",), breaks=breaks))
    events = model.stream(QUESTION)
    assert next(events) == TextDelta("Half")
    with pytest.raises(ModelUnavailable):
        next(events)


def test_throttling_in_the_middle_is_throttling(model: BedrockModel, endpoint: Endpoint) -> None:
    endpoint.script = in_order(Answer(text=("Half",), breaks="throttlingException"))
    with pytest.raises(ModelThrottled):
        ask(model)


@pytest.mark.usefixtures("credentials")
def test_a_model_that_says_nothing_for_too_long_is_unavailable(endpoint: Endpoint) -> None:
    given_up = threading.Event()

    def says_nothing() -> None:
        given_up.wait(60)

    endpoint.script = in_order(Answer(text=("a", "b"), between=says_nothing), Answer(before=says_nothing))
    model = model_at(endpoint, patience_s=0.1)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="does not answer"):
            ask(model)
    given_up.set()


@pytest.mark.usefixtures("credentials")
def test_an_address_where_nobody_listens_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable):
        ask(model_at(Endpoint("http://127.0.0.1:9", in_order())))


def test_a_key_for_bedrock_is_not_sent_in_the_clear(
    endpoint: Endpoint, credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "a-key")
    with pytest.raises(ModelRefused, match=r"HTTPS endpoint\. Check the backend's credentials"):
        ask(model_at(endpoint))
    assert endpoint.asked == []


def test_who_runs_the_backend_is_told_how_to_choose_a_model() -> None:
    with pytest.raises(ModelNotConfigured, match=r"`model_id` of the stage in cdk\.json.*POLARIS_MODEL_ID"):
        assistant_model(JobSettings())


def test_titles_have_the_models_of_answers_unless_another_is_chosen() -> None:
    assert title_model(JobSettings(model_id="large")) == "large"
    assert title_model(JobSettings(model_id="large", title_model_id="small")) == "small"
