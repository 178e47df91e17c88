"""What a model is told of what was said."""

from __future__ import annotations

import pytest

from shared.agent.bounds import MAX_CONVERSATION_BYTES, MAX_SHOWN_BYTES, cut, shown
from shared.agent.opening import opening_of
from shared.agent.plan import GENERATION, plan_of
from shared.agent.prompting import prompt
from shared.agent.tools.toolbox import ASSISTING
from shared.agent.transcript import conversation
from shared.errors import InvalidArgument
from shared.model.port import Json, Said


def results(*texts: str) -> Json:
    return {"results": [{"id": str(number), "text": text} for number, text in enumerate(texts)]}


def test_the_oldest_results_are_left_out_when_there_is_too_much_to_read() -> None:
    large = "x" * (MAX_CONVERSATION_BYTES // 3)
    said = conversation([Said("user", "Go")], [results(large, "small"), results(large), results(large)])
    texts = [result.text for one in said for result in one.results]
    assert texts[0].startswith("(left out")
    assert texts[1:] == ["small", large, large]


def test_there_has_to_be_something_to_answer() -> None:
    for messages in ([], [{"role": "assistant", "content": "Hi"}], [{"role": "user", "content": " \n"}]):
        with pytest.raises(InvalidArgument, match="nothing to answer"):
            opening_of(messages)


def test_cut_text_stays_text() -> None:
    assert cut("ä" * 10, 5).startswith("ää\n… (cut: 20 bytes")
    assert cut("ä", 5) == "ä"


def test_what_is_shown_of_a_call_is_bounded() -> None:
    assert shown({"a": 1}) == {"a": 1}
    assert len(shown({"a": "x" * 9000}).encode()) < MAX_SHOWN_BYTES + 100


def test_every_prompt_is_there() -> None:
    names = ["title", "generation", "assistant-ids", "assistant-paths", *(stage.id for stage in GENERATION)]
    assert all(len(prompt(name)) > 50 for name in names)


@pytest.mark.parametrize("tools", ["ids", "paths"])
def test_tools_are_described_to_the_model(tools: str) -> None:
    specs = ASSISTING[tools].specs  # type: ignore[index]  # a parameter of the test
    assert len(specs) == 8
    assert all(spec.description and spec.schema["type"] == "object" for spec in specs)
    assert "title" not in str([spec.schema for spec in specs])


def test_a_message_is_written_in_one_stage() -> None:
    assert [stage.max_steps for stage in plan_of("process-message", "ids").stages] == [20]
