"""`python -m tests.bench`: print each figure beside its floor, and write them to `.polaris/bench.json`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.cold import cold_import
from tests.bench.warm import WarmCalls
from tests.support.ministack import ministack

OUTPUT = Path(".polaris/bench.json")


def main() -> None:
    """Run all benchmarks."""
    with ministack():
        calls = WarmCalls()
        figures = {
            "warm.projects_getById": calls.get_by_id(),
            "warm.files_getFolderContents": calls.get_folder_contents(),
            "memory.warm_process": calls.memory(),
        }
    figures["cold.import"] = cold_import()
    for name, figure in figures.items():
        print(
            f"{name:32} {figure.value:8.2f} {figure.unit}   floor {figure.floor:8.2f}   "
            f"ratio {figure.ratio:.2f} (spread {figure.spread:.2f})"
        )
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps({name: figure.as_json() for name, figure in figures.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
