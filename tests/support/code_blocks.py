"""The code in documents."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def code_blocks(document: str, language: str) -> list[str]:
    """Return the blocks of a language in a document, whose path is from the project's root."""
    return [code for found, code in _BLOCK.findall((ROOT / document).read_text()) if found == language]
