"""Runs histories from a seed on and tells about the first bad one.

python -m tests.sync.simulation --seed 7 [--histories 1000] [--with "a post repeated"]
"""

from __future__ import annotations

import argparse
import logging

from tests.sync.simulation.breakage import NOTHING
from tests.sync.simulation.breakages import BREAKAGES
from tests.sync.simulation.run import History, run


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.sync.simulation")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--histories", type=int, default=1)
    parser.add_argument("--with", dest="name", default=NOTHING.name, choices=[each.name for each in BREAKAGES])
    options = parser.parse_args()
    logging.disable()
    breakage = next((each for each in BREAKAGES if each.name == options.name), NOTHING)
    for seed in range(options.seed, options.seed + options.histories):
        if options.histories == 1 or run(seed, breakage).wrong:
            tell(seed, run(seed, breakage, tell=True))
            return
    print(f"nothing wrong in {options.histories} histories")


def tell(seed: int, history: History) -> None:
    """Print a history."""
    print(f"seed {seed}: {history.weather}\ntimes in s since the start, which is at 300")
    for line in history.told:
        print(line)
    for line in history.wrong:
        print(f"WRONG {line}")


if __name__ == "__main__":
    main()
