from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

import pytest

from infra.local.fingerprint import Fingerprint, Step, fingerprint, step, watched

_SHAPE = "shape"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("functions/a.py", "shared/b.py", "shared/schema/c.py", "infra/app.py", "infra/local/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    (tmp_path / "requirements.txt").write_text("1")
    return tmp_path


def _decide(root: Path, changed: str, *, shape: str = _SHAPE, context: str = "") -> Step:
    """Decide what to do after a change of the file `changed`, when everything else is deployed."""

    async def asked() -> str:
        return shape

    deployed = asdict(Fingerprint(**{**asdict(fingerprint(root, "")), "shape": _SHAPE}))
    if changed:
        (root / changed).parent.mkdir(parents=True, exist_ok=True)
        (root / changed).write_text("2")
    return asyncio.run(step(deployed, fingerprint(root, context), asked))[0]


def test_unchanged_sources_need_nothing(root: Path) -> None:
    assert _decide(root, "") is Step.NOTHING


@pytest.mark.parametrize("changed", ["functions/a.py", "functions/system/new.py", "shared/b.py"])
def test_changed_code_is_exchanged(root: Path, changed: str) -> None:
    assert _decide(root, changed) is Step.EXCHANGE


@pytest.mark.parametrize("changed", ["shared/schema/c.py", "infra/app.py", "requirements.txt", "cdk.json"])
def test_what_the_template_is_made_of_is_deployed(root: Path, changed: str) -> None:
    assert _decide(root, changed) is Step.DEPLOY


def test_other_functions_or_routes_are_deployed(root: Path) -> None:
    assert _decide(root, "functions/a.py", shape="other") is Step.DEPLOY


def test_another_port_is_deployed(root: Path) -> None:
    assert _decide(root, "", context="http://127.0.0.1:4000") is Step.DEPLOY


@pytest.mark.parametrize("changed", ["infra/local/d.py", "functions/a.pyc", "functions/.a.py.swp", "docs/x.md"])
def test_what_is_not_deployed_needs_nothing(root: Path, changed: str) -> None:
    assert _decide(root, changed) is Step.NOTHING


def test_nothing_deployed_yet_is_deployed(root: Path) -> None:
    async def asked() -> str:
        return _SHAPE

    action, now = asyncio.run(step({}, fingerprint(root, ""), asked))
    assert (action, now.shape) == (Step.DEPLOY, _SHAPE)


def test_a_saved_file_is_seen(root: Path) -> None:
    before = watched(root)
    (root / "functions/a.py").write_text("22")
    assert watched(root) != before


def test_a_removed_file_is_seen(root: Path) -> None:
    before = watched(root)
    (root / "functions/a.py").unlink()
    assert watched(root) != before
