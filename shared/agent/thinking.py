"""One turn of the model."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any, Final

from shared.agent.partial_text import PartialText, joined
from shared.agent.plan import Stage
from shared.agent.prompting import prompt
from shared.agent.transcript import conversation, place_of, texts_of
from shared.agent.work import Work
from shared.domain.job_ends import NOTHING_TO_SAY
from shared.model.choice import assistant_model
from shared.model.port import AUTO, CUT, End, Json, Request, Said, TextDelta, ToolUse
from shared.service_errors import ModelUnavailable, Retryable, ServiceError

TEMPERATURE: Final = 0.7
_RESERVED_S: Final = 3.0
_NOT_A_NAME: Final = re.compile(r"[^A-Za-z0-9_-]")
_MAX_NAME: Final = 64

CUT_SHORT: Final = '(The answer was cut at its limit of length. Say "go on" to hear the rest.)'
"""What ends a message whose last turn is not complete."""


def think(work: Work) -> Json:
    """Ask the model for its next turn, unless it is in the transcript already, and say what comes next.

    Raises:
        JobEnded: the job does not run any more; the model is not read further.
        ServiceError: the model did not answer.
    """
    turn, last = work.turn, work.transcript.required(work.turn)
    if last.get("calls"):  # the tools took longer than a step may: they go on
        return {"jobId": work.step.job.job_id, "turn": turn, "next": "act"}
    place = _next_place(work, last)
    if place["stage"] == len(work.plan.stages):
        _close(work, turn)
        return {"jobId": work.step.job.job_id, "turn": turn, "next": "done"}
    return {"jobId": work.step.job.job_id, "turn": turn + 1, "next": _Thought(work, place).next}


def _next_place(work: Work, last: Json) -> Json:
    """Return where the next turn stands, behind the last stage if there is none."""
    place = place_of(last)
    stage = work.plan.stages[place["stage"]]
    if "text" not in last and place["step"] < stage.max_steps:
        return place | {"step": place["step"] + 1}
    if "results" in last:
        _completed(work, stage)
    return {"stage": place["stage"] + 1, "since": work.turn, "step": 1}


def _close(work: Work, turn: int) -> None:
    """Say that the work is over, where the model was asked as often as it may be."""
    if work.step.job.message_id is not None:
        work.show(joined(*texts_of(work.transcript.between(0, turn)), NOTHING_TO_SAY))


def _completed(work: Work, stage: Stage) -> None:
    if stage.id:
        work.report(f"{stage.id}/completed", "step", f"Completed {stage.id}")


class _Thought:
    """A turn of the model at a place of the plan.

    Attributes:
        next: what comes after it: `act`, `think` or `done`.
    """

    def __init__(self, work: Work, place: Json) -> None:
        self._work = work
        self._place = place
        self._stage = work.plan.stages[place["stage"]]
        self._turns = work.transcript.between(place["since"], work.turn)
        stage = self._stage.id
        if stage and place["step"] == 1:
            work.report(f"{stage}/starting", "step", f"Starting {stage}")
        answer = work.transcript.get(work.turn + 1) or work.transcript.keep(work.turn + 1, self._asked())
        if stage:
            count = len(answer["calls"])
            work.report(f"{stage}/{place['step']}", "info", f"{stage} emitted {count} tool call(s)")
        elif answer["text"].strip():
            is_cut = answer["reason"] == CUT and not answer["calls"]
            work.show(joined(self._before, answer["text"], CUT_SHORT if is_cut else ""))
        self.next = self._follows(answer)

    def _follows(self, answer: Json) -> str:
        if answer["calls"]:
            return "act"
        _completed(self._work, self._stage)
        return "think" if self._place["stage"] + 1 < len(self._work.plan.stages) else "done"

    @property
    def _before(self) -> str:
        return joined(*texts_of(self._turns))

    def _asked(self) -> Json:
        try:
            return self._place | self._heard(self._request())
        except Retryable:
            raise
        except ServiceError as error:
            if self._stage.id:
                message = f"{self._stage.id} failed: {error.message}"
                self._work.report(f"{self._stage.id}/failed", "error", message)
            raise

    def _request(self) -> Request:
        settings, stage = self._work.services.settings, self._stage
        opening = [Said(**said) for said in self._work.transcript.required(0)["said"]]
        if stage.id:
            opening = [Said("user", f"{opening[-1].text}\n\n# Stage {stage.id}\n\n{prompt(stage.id)}")]
        return Request(
            assistant_model(settings),
            self._work.plan.system,
            conversation(opening, self._turns),
            stage.tools.specs,
            choice=stage.first_tool if stage.first_tool and self._place["step"] == 1 else AUTO,
            max_tokens=settings.model_max_tokens,
            temperature=TEMPERATURE,
        )

    def _heard(self, request: Request) -> Json:
        """Return what the model says, showing it on the way."""
        work, partial = self._work, self._partial()
        text, uses, end = "", [], End("")
        with closing(work.services.model.stream(request)) as events:  # type: ignore[type-var]  # iterators of models can be closed
            for event in events:
                match event:
                    case TextDelta():
                        text += event.text
                        if partial is not None:
                            partial.now(text)
                    case ToolUse():
                        uses.append(event)
                    case End():
                        end = event
                if work.step.time_left_s < _RESERVED_S:
                    raise ModelUnavailable("The model takes too long for its answer. Please try again later.")
        usage = {"inputTokens": end.input_tokens, "outputTokens": end.output_tokens}
        return {"text": text, "calls": self._calls(uses), "reason": end.reason, "usage": usage}

    def _calls(self, uses: list[ToolUse]) -> list[Json]:
        """Return the calls by ids of our own: they are keys of what is done, and a model may repeat its ids."""
        return [
            use._replace(
                id=f"call-{self._work.turn + 1}-{number}",
                name=_NOT_A_NAME.sub("_", use.name)[:_MAX_NAME] or "_",
            )._asdict()
            for number, use in enumerate(uses)
        ]

    def _partial(self) -> PartialText | None:
        message_id: Any = self._work.step.job.message_id
        if message_id is None or self._stage.id:
            return None
        message = self._work.call("get_message_by_id", None, message_id=message_id)
        now_ms = self._work.step.environment.database.store.clock.now_ms
        return PartialText(self._work.show, now_ms, self._before, len(message["content"]) if message else 0)
