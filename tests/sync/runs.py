"""Which queries were run, as the log of calls tells."""

from __future__ import annotations

from shared.runtime.call_log import Call, CallLog


class Runs(CallLog):
    """Counts the runs of queries."""

    def __init__(self) -> None:
        self._of: list[str] = []

    def write(self, call: Call) -> None:
        if call.kind == "query":
            self._of.append(call.function)

    def taken(self) -> list[str]:
        """Return which queries were run since this was last asked."""
        runs, self._of = self._of, []
        return runs
