from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from infra.local.failure import LocalCloudFailure
from infra.local.watch import watch


def test_a_broken_change_is_told_and_the_next_one_is_tried(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = tmp_path / "functions/a.py"
    source.parent.mkdir()
    source.write_text("1")
    tried = list[str]()

    async def deploy() -> None:
        tried.append(source.read_text())
        if "(" in tried[-1]:
            raise LocalCloudFailure("SyntaxError: a.py, line 1")

    async def check() -> None:
        watching = asyncio.ensure_future(watch(tmp_path, deploy))
        for text in ("broken(", "whole"):
            while not tried:
                await asyncio.sleep(0.01)
            source.write_text(text)
            while tried[-1] != text:
                await asyncio.sleep(0.05)
        watching.cancel()

    asyncio.run(asyncio.wait_for(check(), 10))
    assert tried == ["1", "broken(", "whole"]
    assert "SyntaxError: a.py, line 1" in caplog.text


def test_a_file_that_is_being_replaced_is_looked_at_again(tmp_path: Path) -> None:
    tries = list[bool]()

    async def deploy() -> None:
        tries.append(True)
        if len(tries) == 1:
            raise FileNotFoundError

    async def check() -> None:
        watching = asyncio.ensure_future(watch(tmp_path, deploy))
        while len(tries) < 2:
            await asyncio.sleep(0.05)
        watching.cancel()

    asyncio.run(asyncio.wait_for(check(), 10))
