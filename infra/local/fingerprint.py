"""Which files are deployed how: the difference between two fingerprints says what has to be done."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Final

_TEMPLATE: Final = ("infra", "shared/schema", "cdk.json", "requirements.txt")
_CODE: Final = ("functions", "shared")
_NOT_DEPLOYED: Final = ("local", "console", "node_modules", "__pycache__")
_SUFFIXES: Final = (".py", ".js", ".json", ".md", ".txt")


class Step(Enum):
    """What brings the local cloud up to date."""

    NOTHING = "nothing"
    EXCHANGE = "exchange the code of the functions"
    DEPLOY = "deploy the template"


@dataclass(frozen=True)
class Fingerprint:
    """Hashes of the sources.

    Attributes:
        template: what the template alone is made of, its context included.
        code: what the functions run.
        schema: what data is laid out by.
        shape: what the template takes from the functions' declarations; see `infra.local.shape`.
    """

    template: str
    code: str
    schema: str
    shape: str = ""


def fingerprint(root: Path, context: str) -> Fingerprint:
    """Read the sources below `root`; the shape is left out, since it takes running them.

    `context` is what else the template depends on, such as the origin.
    """
    return Fingerprint(
        template=_hash(root, _TEMPLATE, context),
        code=_hash(root, _CODE),
        schema=_hash(root, ("shared/schema",)),
    )


async def step(
    deployed: Mapping[str, Any], now: Fingerprint, shape: Callable[[], Awaitable[str]]
) -> tuple[Step, Fingerprint]:
    """Decide what to do when `deployed` is out there and `now` is wanted; return `now` with its shape.

    `shape` takes a second, so it is asked only if other code is wanted.
    """
    same_template, same_code = deployed.get("template") == now.template, deployed.get("code") == now.code
    if same_template and same_code:
        return Step.NOTHING, replace(now, shape=deployed["shape"])
    complete = replace(now, shape=await shape())
    if same_template and deployed["shape"] == complete.shape:
        return Step.EXCHANGE, complete
    return Step.DEPLOY, complete


def watched(root: Path) -> dict[Path, tuple[int, int]]:
    """Return the time of change (ns) and the size of every source file."""
    stamps = {}
    for path in _files(root, (*_TEMPLATE, *_CODE)):
        try:
            status = path.stat()
        except FileNotFoundError:  # an editor is replacing it: the next look will find it
            continue
        stamps[path] = (status.st_mtime_ns, status.st_size)
    return stamps


def _hash(root: Path, places: Iterable[str], *more: str) -> str:
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(_files(root, places)):
        digest.update(f"\0{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path, places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        if (root / place).is_file():
            yield root / place
        for folder, folders, names in os.walk(root / place):
            here = Path(folder)
            folders[:] = [name for name in folders if name not in _NOT_DEPLOYED]
            yield from (here / name for name in names if here.joinpath(name).suffix in _SUFFIXES)
