"""What typical jobs cost, counted: `python -m tests.workflows.costs` prints the table of docs/jobs.md.

DynamoDB's units follow its rules (`tests.support.counting_engine`). What starting a job costs is in
`tests/functions/costs.json`, and what pushing its changes to clients costs is in docs/realtime.md.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from tests.support.counting_engine import CountingEngine
from tests.support.github import Node
from tests.workflows.scenes import Scene, exporting, generation, importing, message

FILES = {
    f"src/{number // 25}/{number}.ts": Node("100644", f"export const n = {number};\n".encode() * 40)
    for number in range(100)
}
"""A hundred files of 1 KB in four folders."""

TYPICAL: dict[str, Callable[[CountingEngine], AbstractContextManager[Scene]]] = {
    "a message that takes five tools": message,
    "an import of 100 files": lambda engine: importing(engine, FILES),
    "an export of 100 files": lambda engine: exporting(engine, FILES),
    "a project of nine stages with five tools each": generation,
}


class JobCost(NamedTuple):
    """What one run of a job takes.

    Attributes:
        transitions: of its state machine, which Step Functions charges for.
        calls: of Lambdas.
        read_units: of DynamoDB.
        write_units: of DynamoDB, those of indexes included.
    """

    transitions: int
    calls: int
    read_units: float
    write_units: float


def cost(typical: str) -> JobCost:
    """Run a typical job, and return what it took."""
    engine = CountingEngine()
    with contextlib.redirect_stdout(io.StringIO()), TYPICAL[typical](engine) as scene:
        scene.backend.internal().wait(600)
        engine.reset()
        run = scene.run()
        assert run.status == "SUCCEEDED"
        spent = engine.cost
    return JobCost(run.transitions, run.calls, spent.read_units, spent.write_units + spent.index_units)


def row(typical: str) -> str:
    """Return the line of a typical job in the table."""
    found = cost(typical)
    numbers = (found.transitions, found.calls, found.read_units, found.write_units)
    return " | ".join([f"| {typical}", *(f"{number:,.0f}" for number in numbers)]) + " |"


if __name__ == "__main__":
    print("| job | transitions | Lambda calls | read units | write units |")
    print("| --- | --- | --- | --- | --- |")
    for name in TYPICAL:
        print(row(name))
