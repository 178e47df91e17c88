from __future__ import annotations

import asyncio
import io
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest

from infra.local.fingerprint import Step, fingerprint
from infra.local.plan import plan

SOURCE = "functions/a.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (SOURCE, "shared/b.py", "infra/app.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    return tmp_path


def read(code: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        return archive.read(SOURCE).decode()


def test_code_that_is_written_while_other_code_is_looked_at_is_looked_at_itself(root: Path) -> None:
    looked_at = []

    async def shape() -> str:
        looked_at.append((root / SOURCE).read_text())
        if len(looked_at) == 1:
            (root / SOURCE).write_text("second")
        return looked_at[-1]

    action, now, code = asyncio.run(plan(root, "", {}, shape))
    assert looked_at == ["first", "second"]
    assert (action, now.shape, read(code)) == (Step.DEPLOY, "second", "second")


def test_code_that_breaks_while_other_code_is_looked_at_is_not_deployed(root: Path) -> None:
    async def shape() -> str:
        if (root / SOURCE).read_text() == "broken":
            raise SyntaxError
        (root / SOURCE).write_text("broken")
        return "first"

    with pytest.raises(SyntaxError):
        asyncio.run(plan(root, "", {}, shape))


def test_what_is_out_there_is_not_packed_again(root: Path) -> None:
    async def shape() -> str:
        raise AssertionError

    deployed = asdict(fingerprint(root, "")) | {"shape": "first"}
    action, now, code = asyncio.run(plan(root, "", deployed, shape))
    assert (action, now.shape, code) == (Step.NOTHING, "first", b"")
