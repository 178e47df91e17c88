"""`make isolation`: every fault with every workload and with the whole app, and each broken rule; then the table.

The table in docs/guarantees.md is written when nothing was left out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.presets import PRESETS
from tests.faults.server import FaultyServer
from tests.isolation.app.run import run_app
from tests.isolation.mutants import MUTANTS, Mutant
from tests.isolation.recorder import Stage, stage
from tests.isolation.run import run
from tests.isolation.table import Row, table, written_into
from tests.isolation.verdict import Verdict
from tests.isolation.workloads import EACH

_PAGE = Path(__file__).parents[2] / "docs" / "guarantees.md"
_TRIES = 5
_MUTANT_S = 3


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="make isolation ARGS=…")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", action="append", choices=[*PRESETS], help="only these")
    parser.add_argument("--workload", action="append", choices=[*EACH], help="only these")
    parser.add_argument("--seconds", type=float, default=4, help="of a workload under a fault")
    parser.add_argument("--app-seconds", type=float, default=15, help="of the app under a fault; 0 leaves it out")
    options = parser.parse_args()
    rows = {fault: Row() for fault in options.faults or PRESETS}
    with stage() as where:
        for fault, row in rows.items():
            for workload in options.workload or EACH:
                verdict = run(where, workload, fault, options.seed, options.seconds)
                row.data.append(_told(f"{workload} under {fault}", verdict))
        noticed = {mutant.without: _is_noticed(where, mutant) for mutant in MUTANTS}
    if options.app_seconds:
        with TemporaryDirectory() as folder, FaultyServer(Path(folder)) as server:
            for fault, row in rows.items():
                verdict = run_app(server, fault, options.seed, options.app_seconds)
                row.app.append(_told(f"the app under {fault}", verdict))
    print(table(rows))
    if not (options.faults or options.workload) and options.app_seconds:
        written_into(_PAGE, rows, noticed, "make isolation")
    sys.exit(any(verdict.violations for row in rows.values() for verdict in row.all) or not all(noticed.values()))


def _told(what: str, verdict: Verdict) -> Verdict:
    """Print what came of a run, and return it."""
    print(f"{what}: {verdict}", *verdict.lines(), sep="\n  ", flush=True)
    return verdict


def _is_noticed(where: Stage, mutant: Mutant) -> bool:
    """Tell whether the checker finds something when a rule of the data layer is broken."""
    for seed in range(_TRIES):
        verdict = run(where, mutant.workload, mutant.faults, seed, _MUTANT_S, mutant.without)
        if verdict.violations:
            print(f"without {mutant.without!r}: noticed\n  {verdict.lines()[0]}", flush=True)
            return True
    print(f"without {mutant.without!r}: NOT NOTICED", flush=True)
    return False


if __name__ == "__main__":
    main()
