"""What came of the runs so far, in a file, so that a long series can go on where it was interrupted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.isolation.verdict import Verdict

_SHOWN: Final = 10
"""How many violations of a run are printed; `python -m tests.isolation` prints all."""


class Ledger:
    """The verdicts of a series of runs, by name.

    Args:
        file: where they are.
        goes_on: whether those that are there count, or the series begins anew.
    """

    def __init__(self, file: Path, goes_on: bool) -> None:
        self._file = file
        if not goes_on:
            file.unlink(missing_ok=True)
        lines = file.read_text().splitlines() if file.exists() else []
        self._verdicts = {name: _verdict(told) for name, told in map(json.loads, lines)}

    def verdict(self, name: str, run: Callable[[], Verdict]) -> Verdict:
        """Return what came of a run, which takes place unless it did; it is printed and noted."""
        if name not in self._verdicts:
            self._verdicts[name] = verdict = run()
            print(f"{name}: {verdict}", *verdict.lines(_SHOWN), sep="\n  ", flush=True)
            with self._file.open("a") as file:
                file.write(json.dumps([name, vars(verdict)]) + "\n")
        return self._verdicts[name]


def _verdict(told: dict[str, Any]) -> Verdict:
    return Verdict(**told | {"struck": Counter(told["struck"])})
