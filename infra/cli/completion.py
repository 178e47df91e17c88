"""What shells are told to complete commands."""

from __future__ import annotations

from typing import Final

from typer import _completion_shared
from typer._completion_classes import BashComplete

_WHOLE_WORDS: Final = "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}\n"
"""Else bash takes `projects:create` for three words, and nothing that begins with the first of them is completed."""


def complete_paths_in_bash() -> None:
    """Let bash complete the paths of functions, which have a colon in them; Typer has no public place for it."""
    script = _WHOLE_WORDS + _completion_shared.COMPLETION_SCRIPT_BASH.lstrip()
    _completion_shared._completion_scripts["bash"] = script
    BashComplete.source_template = script
