"""Clocks of which one rule is lost."""

from __future__ import annotations

from shared.db.clock import Clock


class PredictableIds(Clock):
    """Commit ids are timestamps alone."""

    def commit_id(self, timestamp_ns: int) -> str:
        return f"{timestamp_ns:016x}{0:016x}"


class HeedlessClock(Clock):
    """The clock does not move past the versions that were read."""

    def timestamp(self, after_ns: int = 0) -> int:
        return super().timestamp()
