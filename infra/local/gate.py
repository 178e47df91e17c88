"""A gate in front of the functions: closed for the moment in which their code is exchanged.

MiniStack ends the processes of a function whose code changes, in the middle of a call if need be.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Gate:
    """Counts the requests inside and can keep new ones waiting."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._inside = 0

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Wait until the gate is open, and be counted as inside for the length of the block."""
        await self._open.wait()
        self._inside += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @asynccontextmanager
    async def closed(self, patience_s: float) -> AsyncIterator[None]:
        """Keep new requests waiting during the block, which begins when none is inside or after `patience_s`."""
        self._open.clear()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), patience_s)
            yield
        finally:
            self._open.set()
