"""The table faults x invariants, as docs/guarantees.md shows it."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final

from infra.local.workspace import ROOT
from tests.isolation.verdict import INVARIANTS, Verdict

_BEGIN: Final = "<!-- table -->"
_END: Final = "<!-- end -->"
_OF_DATA: Final = {"S", "I1", "I2", "I8"}
"""The invariants that show in workloads of the data layer; all show in the app."""


@dataclass
class Row:
    """The runs under one fault.

    Attributes:
        data: runs of workloads.
        app: runs of the app.
    """

    data: list[Verdict] = field(default_factory=list)
    app: list[Verdict] = field(default_factory=list)

    @property
    def all(self) -> list[Verdict]:
        """All runs."""
        return self.data + self.app

    def cell(self, invariant: str) -> str:
        """Return how many violations there were, or a dash where nobody looked."""
        is_looked_at = bool((self.data and invariant in _OF_DATA) or (self.app and invariant != "S"))
        return str(sum(len(v.violations.get(invariant, [])) for v in self.all)) if is_looked_at else "-"


def table(rows: Mapping[str, Row]) -> str:
    """Return the table of what was found."""
    heads = ["fault", "struck", "runs", "mutations", "queries", "unanswered", *INVARIANTS]
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for name, row in rows.items():
        lines.append(_line(name, row.all, [row.cell(invariant) for invariant in INVARIANTS]))
    every = Row([v for row in rows.values() for v in row.data], [v for row in rows.values() for v in row.app])
    lines.append(_line("**all**", every.all, [every.cell(invariant) for invariant in INVARIANTS]))
    return "\n".join(lines)


def written_into(page: Path, rows: Mapping[str, Row], missed: Sequence[str], broken: int, how: str) -> None:
    """Put the table, and what it was made with, into its place in a page.

    Args:
        page: the page.
        rows: the runs, by fault.
        missed: the broken rules that nobody noticed.
        broken: how many there are.
        how: what to say of how it was made.
    """
    told = f"Of {broken} rules of the data layer, each taken away in turn, the checker missed {len(missed)}"
    text = "\n\n".join([_made_with(how), table(rows), told + (f": {', '.join(missed)}." if missed else ".")])
    before, rest = page.read_text().split(_BEGIN)
    _, after = rest.split(_END)
    page.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{after}")


def _line(name: str, verdicts: list[Verdict], cells: list[str]) -> str:
    numbers = [
        sum(sum(verdict.struck.values()) for verdict in verdicts),
        len(verdicts),
        sum(verdict.acknowledged + verdict.failed for verdict in verdicts),
        sum(verdict.looks for verdict in verdicts),
        sum(verdict.unknown for verdict in verdicts),
    ]
    return "| " + " | ".join([name, *(f"{number:,}" for number in numbers), *cells]) + " |"


def _made_with(how: str) -> str:
    pins = (ROOT / "infra" / "local" / "requirements.txt").read_text().split()
    ministack = next(pin.replace("==", " ") for pin in pins if pin.startswith("ministack=="))
    return (
        f"Written by `make isolation` on {time.strftime('%d %B %Y')}, on {os.cpu_count()} cores, with Python"
        f" {platform.python_version()}, botocore {version('botocore')}, {ministack};"
        f" {how}."
    )
