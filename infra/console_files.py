"""How the console's files are served, wherever they are."""

from __future__ import annotations

import mimetypes
from typing import Final

PREFIX: Final = "_console/"
"""Where they are in the bucket of stored files, and below which path they are served."""

_NAMED_BY_CONTENT: Final = "assets/"
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript",
    "css": "text/css",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
}
"""Where the machine's own table may say something else."""


def content_type(name: str) -> str:
    """Return the type of a file."""
    return _TYPES.get(name.rpartition(".")[2]) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def cache_control(name: str) -> str:
    """Return how long browsers may keep a file, whose name is from the console's own folder on."""
    return "public, max-age=31536000, immutable" if name.startswith(_NAMED_BY_CONTENT) else "no-cache"
