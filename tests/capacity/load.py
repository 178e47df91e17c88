"""How much there is of everything in the busiest second, and at how many users a quota is reached."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.capacity.month import ACTOR, MONTH_S, Model
from tests.capacity.usage import total

FILE: Final = Path(__file__).with_name("quotas.toml")


class Quota(NamedTuple):
    """A quota of AWS, or a setting that bounds; see `quotas.toml`."""

    name: str
    limit: float
    grows: str
    more: bool
    checked: str
    seen: str
    do: str

    def users(self, rates: dict[str, float]) -> float:
        """Return how many users reach it, by the rates that each adds in the busiest second."""
        return self.limit / rates[self.grows]


def read_quotas(path: Path = FILE) -> list[Quota]:
    """Read the quotas."""
    told: list[dict[str, Any]] = tomllib.loads(path.read_text())["quota"]
    return [Quota(**{**entry, "limit": float(entry["limit"])}) for entry in told]


def rates(model: Model) -> dict[str, float]:
    """Return what each user adds in the busiest second, by what it is."""
    user, assumed = model.behaviour["user"], model.behaviour["lambda"]
    used = total(model.user_parts().values())
    jobs = user["messages"] + user["imports"] + user["exports"] + user["generated"]
    executions_s = used["lambda_gb_s"] / assumed["memory_gb"]
    posts = used["socket_message"]
    frames = _frames(model)
    a_month = {
        "executions": executions_s,
        "actors": used[ACTOR] * assumed["session_ms"] / 1000,
        "gateway": posts + used["http_request"] + user["sessions"],
        "http": used["http_request"],
        "frames": frames + 2 * user["sessions"],
        "sockets": user["sessions"],
        "mailbox": used["fifo_request"] / 3,
        "in flight": used[ACTOR] * assumed["session_ms"] / 1000,
        "commit units": 2 * model.commits(),
        "commits": model.commits(),
        "job entries": 4 * jobs,
        "shard entries": 4 * user["sessions"],
        "transitions": used["transition"],
        "jobs": jobs,
        "puts": used["object_put"],
        "log writes": used["lambda_call"] * _WRITES_OF_LOGS,
        "starts": used["lambda_call"] * _COLD,
        "key uses": used["lambda_call"] * _KEYS,
    }
    peak = model.behaviour["shape"]["peak"]
    return {name: amount / MONTH_S * peak for name, amount in a_month.items()}


def _frames(model: Model) -> float:
    user = model.behaviour["user"]
    live: dict[str, dict[str, float]] = model.measured["live"]
    hours = user["sessions"] * user["hours"]
    of_session = live["open"]["frames"] + live["turn"]["frames"] * (user["pages"] - 1)
    return (
        user["sessions"] * of_session + hours * (user["opened"] + user["saves"] + user["created"]) + user["messages"]
    )


_WRITES_OF_LOGS: Final = 0.2
"""Lambda sends lines in batches (memory)."""
_COLD: Final = 0.005
"""Calls that start a process (memory: below 1 % with steady load)."""
_KEYS: Final = 0.02
"""Calls for which DynamoDB asks KMS (memory: once for each role and table in five minutes)."""
