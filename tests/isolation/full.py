"""`make isolation`: every fault with every workload and with the whole app, and each broken rule; then the table.

The table in docs/guarantees.md is written when nothing was left out.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.workspace import ROOT
from tests.faults.presets import PRESETS
from tests.faults.server import FaultyServer
from tests.faults.weather import CALM, NONE, Deliveries, Weather
from tests.isolation.app.run import run_app
from tests.isolation.ledger import Ledger
from tests.isolation.mutants import MUTANTS, Mutant
from tests.isolation.recorder import Stage, stage
from tests.isolation.run import run
from tests.isolation.table import Row, table, written_into
from tests.isolation.verdict import Verdict
from tests.isolation.workloads import EACH

_PAGE = ROOT / "docs" / "guarantees.md"
_LEDGER = ROOT / ".polaris" / "isolation.jsonl"
_TRIES = 5
_MUTANT_S = 3


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="make isolation ARGS=…")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", action="append", choices=[*PRESETS], help="only these")
    parser.add_argument("--workload", action="append", choices=[*EACH], help="only these")
    parser.add_argument("--seconds", type=float, default=4, help="of a workload under a fault")
    parser.add_argument("--app-seconds", type=float, default=15, help="of the app under a fault")
    parser.add_argument("--go-on", action="store_true", help="where the last series was interrupted")
    options = parser.parse_args()
    ledger = Ledger(_LEDGER, options.go_on)
    rows = {fault: Row() for fault in options.faults or PRESETS}
    with stage() as where:
        for fault, row in rows.items():
            for workload in (options.workload or EACH) if _meets_clients(PRESETS[fault]) else ():
                once = partial(run, where, workload, fault, options.seed, options.seconds)
                row.data.append(ledger.verdict(f"{workload} under {fault}", once))
        noticed = {
            mutant.without: ledger.verdict(f"without {mutant.without!r}", partial(_broken, where, mutant))
            for mutant in MUTANTS
        }
    with TemporaryDirectory() as folder, FaultyServer(Path(folder)) as server:
        for fault, row in rows.items():
            once = partial(run_app, server, fault, options.seed, options.app_seconds)
            row.app.append(ledger.verdict(f"the app under {fault}", once))
    print(table(rows))
    missed = [name for name, verdict in noticed.items() if not verdict.violations]
    if not (options.faults or options.workload):
        how = f"{options.seconds:g} s a workload and {options.app_seconds:g} s the app, seed {options.seed}"
        written_into(_PAGE, rows, missed, len(noticed), how)
    sys.exit(bool(missed) or any(verdict.violations for row in rows.values() for verdict in row.all))


def _meets_clients(weather: Weather) -> bool:
    """Tell whether a weather is any to clients of the data layer, who know neither queues nor streams nor sockets."""
    unmet = replace(weather, queues=NONE, executions=NONE, sockets=NONE, streams=Deliveries(), mailboxes=Deliveries())
    return unmet != CALM or weather == CALM


def _broken(where: Stage, mutant: Mutant) -> Verdict:
    """Return the first verdict in which a broken rule of the data layer is noticed, or else the last."""
    verdict = Verdict()
    for seed in range(_TRIES):
        verdict = run(where, mutant.workload, mutant.faults, seed, _MUTANT_S, mutant.without)
        if verdict.violations:
            break
    return verdict


if __name__ == "__main__":
    main()
