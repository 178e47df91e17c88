"""Looks at the sources and deploys what changes, for as long as the server runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from infra.local.failure import LocalCloudFailure
from infra.local.fingerprint import watched

_INTERVAL_S: Final = 0.3

log = logging.getLogger(__name__)


async def watch(root: Path, on_change: Callable[[], Awaitable[None]]) -> None:
    """Call `on_change` whenever sources below `root` were changed; its failures are told and change nothing.

    It is called once at first: sources may have been changed while the server was starting.
    """
    seen: object = None
    while True:
        current = watched(root)
        if current != seen:
            seen = await _tried(on_change) and current
        await asyncio.sleep(_INTERVAL_S)


async def _tried(on_change: Callable[[], Awaitable[None]]) -> bool:
    """Return whether there is nothing to try again before the next change."""
    try:
        await on_change()
    except LocalCloudFailure as failure:
        log.error("%s\nThe code before this change keeps running.", failure)
    except FileNotFoundError:  # an editor or Git was just then replacing a file
        return False
    return True
