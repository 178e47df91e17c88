"""`python -m tests.bench [KIND…]`: measure, print each figure, and write `docs/benchmarks.md`.

Without a kind, all of them: `costs`, `growth`, `cold`, `warm`, `push`. Figures of kinds that are not measured stay as
they were measured here before; where some never were, the page is left alone.
`quick` measures everything but pushes with few rounds and writes nothing: for the tests.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from infra.bundle import ROOT
from tests.bench.cold import cold_figures
from tests.bench.costs import costs_figures
from tests.bench.deployment import BenchDeployment
from tests.bench.figure import Figure
from tests.bench.growth import growth_figures
from tests.bench.page import Run, machine, page
from tests.bench.push import push_figures
from tests.bench.warm import warm_figures
from tests.support.ministack import ministack

KINDS = ("costs", "growth", "cold", "warm", "push")
RUNS = ".polaris/bench.json"
PAGE = "docs/benchmarks.md"


def main(asked: list[str], project: Path = ROOT) -> None:
    """Measure the kinds that are asked for, and write the page of a project's folder."""
    if asked == ["quick"]:
        for figure in quick():
            sys.stdout.write(json.dumps(figure.as_json()) + "\n")
        return
    unknown = {*asked} - {*KINDS}
    if unknown:
        sys.exit(f"no such benchmarks: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    file = project / RUNS
    runs = _kept(file)
    with ExitStack() as stack:
        there = partial(_deployment, stack)
        for kind in asked or KINDS:
            began = datetime.now(UTC)
            figures = [*_told(_measured(kind, there))]
            runs[kind] = Run(f"{began:%Y-%m-%d %H:%M} UTC", machine(), figures)
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps({kind: run.as_json() for kind, run in runs.items()}, indent=1) + "\n")
    if missing := [kind for kind in KINDS if kind not in runs]:
        sys.stdout.write(f"{PAGE} stays as it is: {', '.join(missing)} were never measured here; run `make bench`\n")
    else:
        (project / PAGE).write_text(page({kind: runs[kind] for kind in KINDS}))


def quick() -> Iterator[Figure]:
    """Measure everything but pushes, as shortly as can be."""
    yield from costs_figures()
    yield from growth_figures(largest=20, rounds=1)
    with ministack():
        there = BenchDeployment()
        yield from warm_figures(there, rounds=8)
        yield from cold_figures(there, rounds=1, of_each=1, only=("functions.realtime",))


@cache
def _deployment(stack: ExitStack) -> BenchDeployment:
    """Return the only one of this process, which keeps its clients."""
    stack.enter_context(ministack())
    return BenchDeployment()


def _measured(kind: str, there: Callable[[], BenchDeployment]) -> Iterator[Figure]:
    match kind:
        case "costs":
            yield from costs_figures()
        case "growth":
            yield from growth_figures()
        case "cold":
            yield from cold_figures(there())
        case "warm":
            yield from warm_figures(there())
        case "push":
            yield from push_figures()


def _told(figures: Iterable[Figure]) -> Iterator[Figure]:
    for figure in figures:
        sys.stdout.write(figure.line() + "\n")
        sys.stdout.flush()
        yield figure


def _kept(path: Path) -> dict[str, Run]:
    return {kind: Run.of_json(told) for kind, told in json.loads(path.read_text()).items()} if path.exists() else {}


if __name__ == "__main__":
    main(sys.argv[1:])
