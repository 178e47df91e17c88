"""Requests and answers in the words of Amazon Bedrock's Converse API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from shared import values
from shared.errors import BadRequest
from shared.model.port import ANY, AUTO, CUT, End, Json, ModelEvent, Request, Said, TextDelta, ToolUse


def to_converse(request: Request) -> Json:
    """Return the parameters of `ConverseStream`."""
    inference: Json = {"maxTokens": request.max_tokens}
    if request.temperature is not None:
        inference["temperature"] = request.temperature
    asked: Json = {
        "modelId": request.model_id,
        "system": [{"text": request.system}],
        "messages": [{"role": said.role, "content": [*_blocks(said)]} for said in request.conversation],
        "inferenceConfig": inference,
    }
    if request.tools:
        tools = [
            {"toolSpec": {"name": t.name, "description": t.description, "inputSchema": {"json": t.schema}}}
            for t in request.tools
        ]
        asked["toolConfig"] = {"tools": tools, **_choice(request.choice)}
    return asked


def from_converse(events: Iterable[Json]) -> Iterator[ModelEvent]:
    """Turn the events of a stream into those of the port; tool calls come once they are whole.

    There is no `End` if the stream breaks off.
    """
    uses: dict[int, tuple[Json, list[str]]] = {}
    reason: str | None = None
    usage: Json = {}
    for event in events:
        match event:
            case {"contentBlockStart": {"contentBlockIndex": index, "start": {"toolUse": use}}}:
                uses[index] = (use, [])
            case {"contentBlockDelta": {"delta": {"text": text}}}:
                yield TextDelta(_unicode(text))
            case {"contentBlockDelta": {"contentBlockIndex": index, "delta": {"toolUse": {"input": piece}}}}:
                uses[index][1].append(piece)
            case {"messageStop": {"stopReason": reason}}:
                pass
            case {"metadata": {"usage": usage}}:
                pass
    if reason is None:
        return
    for use, pieces in uses.values():
        yield _use(use, "".join(pieces), reason)
    yield End(reason, usage.get("inputTokens", 0), usage.get("outputTokens", 0))


def _blocks(said: Said) -> Iterator[Json]:
    for result in said.results:
        yield {"toolResult": {"toolUseId": result.id, "content": [{"text": result.text or "(empty)"}]}}
    if said.text.strip():
        yield {"text": said.text}
    for use in said.uses:
        yield {"toolUse": {"toolUseId": use.id, "name": use.name, "input": use.input}}


def _choice(choice: str) -> Json:
    if choice == AUTO:
        return {}
    return {"toolChoice": {ANY: {}} if choice == ANY else {"tool": {"name": choice}}}


def _use(use: Json, raw: str, reason: str) -> ToolUse:
    given, fault = _arguments(raw)
    if fault is not None and reason == CUT:
        fault = (
            "The answer was cut at the limit of its tokens before the arguments were complete; do less in one call"
        )
    return ToolUse(use["toolUseId"], use["name"], given, fault)


def _arguments(raw: str) -> tuple[Json, str | None]:
    """Return the arguments, and what is wrong with them if something is."""
    try:
        given: Any = values.parse(_unicode(raw) or "{}")
        # Escapes may stand for half a surrogate pair, which no text can hold.
        given = values.parse(json.dumps(given, ensure_ascii=False).encode(errors="replace"))
    except BadRequest as error:
        return {}, f"The arguments are n{error.message[1:]}"
    if not isinstance(given, dict):
        return {}, "The arguments are not a JSON object"
    return given, None


def _unicode(text: str) -> str:
    return text.encode(errors="replace").decode()
