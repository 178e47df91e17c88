from __future__ import annotations

import asyncio

from infra.local.gate import Gate


def test_who_comes_while_the_gate_is_closed_waits_until_it_opens() -> None:
    async def check() -> list[str]:
        gate, happened = Gate(), list[str]()

        async def call() -> None:
            async with gate.passed():
                happened.append("called")

        async with gate.closed(1.0):
            waiting = asyncio.ensure_future(call())
            await asyncio.sleep(0.01)
            happened.append("exchanged")
        await waiting
        return happened

    assert asyncio.run(check()) == ["exchanged", "called"]


def test_the_gate_closes_when_the_last_call_has_left() -> None:
    async def check() -> list[str]:
        gate, happened = Gate(), list[str]()

        async def call() -> None:
            async with gate.passed():
                await asyncio.sleep(0.01)
                happened.append("answered")

        calling = asyncio.ensure_future(call())
        await asyncio.sleep(0)
        async with gate.closed(1.0):
            happened.append("exchanged")
        await calling
        return happened

    assert asyncio.run(check()) == ["answered", "exchanged"]


def test_a_call_without_end_does_not_keep_the_gate_from_closing() -> None:
    async def check() -> bool:
        gate = Gate()

        async def call() -> None:
            async with gate.passed():
                await asyncio.Event().wait()

        calling = asyncio.ensure_future(call())
        await asyncio.sleep(0)
        async with gate.closed(0.01):
            return not calling.done()

    assert asyncio.run(check())
