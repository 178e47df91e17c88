"""Runs workloads under faults, and tells what was wrong.

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
from tests.isolation.workloads import WORKLOADS


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.isolation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workload", action="append", choices=[*WORKLOADS])
    parser.add_argument("--faults", action="append", choices=[*PRESETS])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--without", default="")
    parser.add_argument("--app", action="store_true", help="drive the whole app instead of the data layer")
    options = parser.parse_args()
    if options.app:
        drive_app(options.faults or [*PRESETS], options.seed, options.seconds)
        return
    wrong = 0
    with stage() as where:
        for faults in options.faults or PRESETS:
            for workload in options.workload or WORKLOADS:
                verdict = run(where, workload, faults, options.seed, options.seconds, options.without)
                print(f"{workload} under {faults}: {verdict}", flush=True)
                for violation in verdict.violations[:10]:
                    print(f"  VIOLATION {violation}")
                wrong += len(verdict.violations)
    sys.exit(wrong > 0)


def drive_app(faults: list[str], seed: int, seconds: float) -> None:
    """Run the whole app."""
    with TemporaryDirectory() as folder, FaultyServer(Path(folder)) as server:
        for name in faults:
            verdict = run_app(server, name, seed, seconds)
            print(f"app under {name}: {verdict}", flush=True)
            for invariant, found in verdict.violations.items():
                for violation in found[:10]:
                    print(f"  VIOLATION of {invariant} {violation[:1000]}")


if __name__ == "__main__":
    main()
