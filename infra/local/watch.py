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
    """Call `on_change` whenever sources below `root` were changed; its failures are told and change nothing."""
    seen = watched(root)
    while True:
        await asyncio.sleep(_INTERVAL_S)
        current = watched(root)
        if current == seen:
            continue
        seen = current
        try:
            await on_change()
        except LocalCloudFailure as failure:
            log.error("%s\nThe code before this change keeps running.", failure)
