"""Runs histories from a seed on and tells about the first bad one.

python -m tests.db.model --seed 7 [--histories 1000] [--with "a count not kept"]
"""

from __future__ import annotations

import argparse

from tests.db.model.breakage import NOTHING
from tests.db.model.breakages import BREAKAGES
from tests.db.model.checker import explain
from tests.db.model.history import FOREVER_NS, History
from tests.db.model.run import run
from tests.support.stores import START_NS


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.db.model")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--histories", type=int, default=1)
    parser.add_argument("--with", dest="name", default=NOTHING.name, choices=[each.name for each in BREAKAGES])
    options = parser.parse_args()
    breakage = next((each for each in BREAKAGES if each.name == options.name), NOTHING)
    for seed in range(options.seed, options.seed + options.histories):
        history = run(seed, breakage)
        if history.violations or history.corruption or options.histories == 1:
            tell(seed, history)
            return
    print(f"nothing wrong in {options.histories} histories")


def tell(seed: int, history: History) -> None:
    """Print a history."""
    print(f"seed {seed}, times in s since the start")
    for key, row in history.first.items():
        print(f"  first {key}: {row}")
    for call in sorted(history.calls, key=lambda call: call.started_ns):
        told = "; ".join(f"{_seconds(at_ns)} {answer.kind} {answer.content}" for at_ns, answer in call.answers)
        print(f"  {call.tag}{' with a key' if call.has_key else ''} {_seconds(call.started_ns)} {call.step}: {told}")
    for seen in history.observations:
        print(f"  seen {_seconds(seen.started_ns)}-{_seconds(seen.ended_ns)} {seen.text}")
    for key, row in history.last.items():
        print(f"  last {key}: {row}")
    print(f"order: {explain(history)}")
    for violation in history.violations:
        print(f"VIOLATION {violation}")
    for line in history.corruption:
        print(f"CORRUPTION {line}")


def _seconds(at_ns: int) -> str:
    return "never" if at_ns == FOREVER_NS else f"{(at_ns - START_NS) / 1e9 - 300:.3f}"


if __name__ == "__main__":
    main()
