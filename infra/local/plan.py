"""What is to be deployed: sources and what was found out about them, of one moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from infra.local.fingerprint import Fingerprint, Step, fingerprint, step
from infra.local.package import package


class Plan(NamedTuple):
    """What brings the local cloud up to date.

    Attributes:
        action: what has to be done.
        now: what is deployed then.
        code: of the functions, as Lambda takes it; empty if there is nothing to do.
    """

    action: Step
    now: Fingerprint
    code: bytes


async def plan(root: Path, context: str, deployed: Mapping[str, Any], shape: Callable[[], Awaitable[str]]) -> Plan:
    """Read the sources below `root` and find out what to do with them, anew if they were changed meanwhile.

    Code that was never imported would else be deployed, and may be broken.

    Args:
        root: of the project.
        context: what else the template depends on; see `fingerprint`.
        deployed: what is out there; see `step`.
        shape: imports the functions; it raises if it cannot.
    """
    while True:
        now = fingerprint(root, context)
        action, complete = await step(deployed, now, shape)
        code = b"" if action is Step.NOTHING else package(root)
        if fingerprint(root, context) == now:
            return Plan(action, complete, code)
