"""`docs/benchmarks.md`: an introduction that says how to read the table, and the table."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tests.bench.figure import Figure

INTRODUCTION: Final = Path(__file__).with_name("introduction.md")
_PACKAGES: Final = ("botocore", "boto3", "pydantic", "PyJWT", "cryptography", "urllib3", "aws-lambda-powertools")


@dataclass(frozen=True)
class Run:
    """What was measured at a time.

    Attributes:
        began: when.
        where: the machine and the versions.
        figures: what was found.
    """

    began: str
    where: str
    figures: list[Figure]

    def as_json(self) -> dict[str, Any]:
        """Return it for a file."""
        return {"began": self.began, "where": self.where, "figures": [one.as_json() for one in self.figures]}

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Run:
        """Return the run that `as_json` told of."""
        return cls(told["began"], told["where"], [Figure.of_json(one) for one in told["figures"]])


def machine() -> str:
    """Return what figures were measured on."""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    return f"{system}; Python {platform.python_version()}, {versions}"


def page(runs: Mapping[str, Run]) -> str:
    """Return the page of these runs, by kind."""
    return INTRODUCTION.read_text() + "\n" + "\n".join(_table(runs)) + "\n"


def _table(runs: Mapping[str, Run]) -> Iterator[str]:
    yield "## The table\n"
    for where in dict.fromkeys(run.where for run in runs.values()):
        kinds = [f"{kind} ({run.began})" for kind, run in runs.items() if run.where == where]
        yield f"{', '.join(kinds)}: {where}.\n"
    yield "| what | value | floor | ratio | spread | more |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    for run in runs.values():
        for group in dict.fromkeys(figure.group for figure in run.figures):
            yield f"| **{group}** | | | | | |"
            yield from (_row(figure) for figure in run.figures if figure.group == group)


def _row(figure: Figure) -> str:
    m = figure.measured
    name = figure.name.replace("|", "\\|")
    value, floor = f"{_number(m.value)} {m.unit}", _number(m.floor)
    return f"| {name} | {value} | {floor} | {m.ratio:.2f} | {m.spread:.2f} | {figure.more} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
