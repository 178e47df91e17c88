"""What the scripted model of the end-to-end tests does, by what the user says."""

from __future__ import annotations

from typing import Any

from tests.support.converse import Answer, five_tools


def assistant(asked: dict[str, Any]) -> Answer:
    """Speak for a minute when asked to be slow; otherwise call five tools and say so."""
    if "toolConfig" in asked and "slowly" in _question(asked):
        return Answer(text=[f"{number} " for number in range(300)], pause_s=0.2)
    return five_tools(asked)


def _question(asked: dict[str, Any]) -> str:
    blocks = [block for message in asked["messages"] if message["role"] == "user" for block in message["content"]]
    said = [block["text"] for block in blocks if "text" in block]
    return said[-1] if said else ""
