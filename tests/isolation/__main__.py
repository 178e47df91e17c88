"""Runs a workload, or the whole app, under some faults, and tells what was wrong.

python -m tests.isolation --seed 7 --workload bank --faults "lost answers" --seconds 30 [--without "a count not kept"]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.presets import PRESETS
from tests.faults.server import FaultyServer
from tests.isolation.app.run import run_app
from tests.isolation.recorder import stage
from tests.isolation.run import run
from tests.isolation.verdict import Verdict
from tests.isolation.workloads import WORKLOADS

_APP = "app"


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.isolation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workload", default="all at once", choices=[*WORKLOADS, _APP])
    parser.add_argument("--faults", default="everything", choices=[*PRESETS])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--without", default="", help="a breakage of tests.db.model")
    options = parser.parse_args()
    if options.workload == _APP:
        with TemporaryDirectory() as folder, FaultyServer(Path(folder)) as server:
            verdict = run_app(server, options.faults, options.seed, options.seconds)
    else:
        with stage() as where:
            verdict = run(where, options.workload, options.faults, options.seed, options.seconds, options.without)
    _tell(verdict)
    sys.exit(bool(verdict.violations))


def _tell(verdict: Verdict) -> None:
    print(verdict, *verdict.lines(), sep="\n  ")
    for name, times in sorted(verdict.struck.items()):
        print(f"  {name}: {times}")


if __name__ == "__main__":
    main()
