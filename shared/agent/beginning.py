"""The first step of a job, and the title of its conversation."""

from __future__ import annotations

from typing import Final

from shared.agent.opening import opening_of
from shared.agent.prompting import prompt
from shared.agent.work import Work
from shared.domain.titles import title_of
from shared.errors import InvalidArgument
from shared.model.choice import assistant_model, title_model
from shared.model.port import Json, Request, Said, TextDelta
from shared.service_errors import ServiceError

DEFAULT_TITLES: Final = ("New Conversation", "New conversation")
_AROUND: Final = "\"'`*#. \t\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
"""Quotes of several languages, Markdown and full stops."""

_MAX_WORDS: Final = 6
_MAX_READ: Final = 4000
_MAX_TOKENS: Final = 500
"""Some models think before they name."""


def begin(work: Work) -> Json:
    """Write turn 0 and return the state that the loop begins with.

    Raises:
        ModelNotConfigured: no model is chosen.
        InvalidArgument: there is nothing to do.
    """
    job = work.step.job
    assistant_model(work.services.settings)
    needs_title = False
    if job.kind == "generate-project":
        said = [Said("user", _description(work))]
    else:
        context = work.call("get_message_context", None, message_id=job.message_id)
        said = opening_of(context["messages"])
        conversation = work.call("get_conversation_by_id", None, conversation_id=context["conversationId"])
        needs_title = conversation is not None and conversation["title"] in DEFAULT_TITLES
    opening = [{"role": one.role, "text": one.text} for one in said]
    work.transcript.keep(0, {"stage": 0, "since": 0, "step": 0, "said": opening})
    return {
        "jobId": job.job_id,
        "projectId": job.project_id,
        "kind": job.kind,
        "needsTitle": needs_title,
        "turn": 0,
    }


def give_title(work: Work) -> Json:
    """Name the conversation after the user's message, if it has no name of its own and a model finds one."""
    message = work.call("get_message_by_id", None, message_id=work.step.job.message_id)
    conversation = work.call("get_conversation_by_id", None, conversation_id=message["conversationId"])
    if conversation is None or conversation["title"] not in DEFAULT_TITLES:
        return {}
    title = _title(work)
    if title:
        work.call(
            "update_conversation_title",
            None,
            conversation_id=conversation["_id"],
            title=title,
            expected_title=conversation["title"],
        )
    return {}


def _description(work: Work) -> str:
    given = work.step.job.input
    description = str(given.get("description") or "") if isinstance(given, dict) else ""
    if not description.strip():
        work.report("validate-input", "error", "Validation failed: description is required")
        raise InvalidArgument("Description is required")
    return description


def _title(work: Work) -> str:
    """Return a title, or nothing: a title is worth no failure."""
    question = work.transcript.required(0)["said"][-1]["text"][:_MAX_READ]
    request = Request(
        title_model(work.services.settings),
        prompt("title"),
        (Said("user", f"Name the conversation that begins with this message:\n\n{question}"),),
        max_tokens=_MAX_TOKENS,
    )
    try:
        events = work.services.model.stream(request)
        text = "".join(event.text for event in events if isinstance(event, TextDelta))
        words = (text.strip().splitlines() or [""])[0].strip(_AROUND).split()
        return title_of(" ".join(words[:_MAX_WORDS]), "Title")
    except (ServiceError, InvalidArgument):
        return ""
