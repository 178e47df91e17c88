"""`python -m tests.bench`: print each figure beside its floor, and write them to `.polaris/bench.json`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.cold import cold_import
from tests.bench.measure import Measurement
from tests.bench.push import push_figures
from tests.bench.warm import WarmCalls
from tests.support.ministack import ministack

OUTPUT = Path(".polaris/bench.json")

Figure = tuple[str, Measurement, str]
"""A figure's name, the figure, and what else there is to tell."""


def main(chosen: str) -> None:
    """Run the benchmarks of a kind: `warm`, `cold` or `push`; all, if `chosen` is empty."""
    kept = json.loads(OUTPUT.read_text()) if OUTPUT.exists() else {}
    for kind, figures in (("warm", _warm), ("cold", _cold), ("push", push_figures)):
        if not kind.startswith(chosen):
            continue
        for name, figure, more in figures():
            print(
                f"{name:32} {figure.value:8.2f} {figure.unit}   floor {figure.floor:8.2f}   "
                f"ratio {figure.ratio:.2f} (spread {figure.spread:.2f})   {more}",
                flush=True,
            )
            kept[name] = figure.as_json()
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(kept, indent=2) + "\n")


def _warm() -> Iterator[Figure]:
    with ministack():
        calls = WarmCalls()
        yield "warm.projects_getById", calls.get_by_id(), ""
        yield "warm.files_getFolderContents", calls.get_folder_contents(), ""
        yield "memory.warm_process", calls.memory(), ""


def _cold() -> Iterator[Figure]:
    yield "cold.import", cold_import(), ""


if __name__ == "__main__":
    main("".join(sys.argv[1:]))
