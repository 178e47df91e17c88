"""Weathers by name: one for each fault that is promised to do no harm, and everything at once."""

from __future__ import annotations

from functools import partial
from typing import Final

from tests.faults.weather import CALM, Deliveries, Faults, Weather, combined

_RARE: Final = 0.02
_OFTEN: Final = 0.1

_faults: Final = partial(Faults, late_s=3.0, slow_s=0.3)


def _everywhere(faults: Faults) -> Weather:
    return Weather(database=faults, objects=faults, queues=faults, executions=faults, sockets=faults)


def _copies(faults: Faults) -> Weather:
    """Return a weather for all but the sockets, to which nothing is sent twice."""
    return Weather(database=faults, objects=faults, queues=faults, executions=faults)


_SINGLE: Final[dict[str, Weather]] = {
    "throttles": _everywhere(_faults(throttled=_OFTEN)),
    "conflicts": Weather(database=_faults(conflict=0.2, in_progress=_OFTEN), objects=_faults(conflict=_OFTEN)),
    "lost requests": _everywhere(_faults(lost=0.05)),
    "lost answers": _everywhere(_faults(unheard=0.05)),
    "time-outs": _copies(_faults(hung=0.003)),
    "late copies": _copies(_faults(late=_RARE, doubled=_OFTEN)),
    "slow calls": _everywhere(_faults(slow=_OFTEN)),
    "server errors": _everywhere(_faults(failed=0.05, failed_applied=_RARE)),
    "index lag": Weather(lag_s=3.0),
    "stream records": Weather(streams=Deliveries(again=0.3, shuffled=0.5, poison=0.2)),
    "redelivered messages": Weather(mailboxes=Deliveries(again=0.3)),
    "gone connections": Weather(sockets=_faults(gone=_RARE)),
    "slow and failing posts": Weather(
        sockets=_faults(throttled=_OFTEN, failed=_RARE, unheard=_RARE, slow=0.2, slow_s=0.5)
    ),
    "frozen workers": Weather(frozen=0.3, killed=0.1, frozen_s=3.0),
    "clock skew": Weather(skew_s=5.0),
    "expired credentials": _everywhere(_faults(expired=_RARE, unrecognised=0.005)),
}

PRESETS: Final[dict[str, Weather]] = {"calm": CALM, **_SINGLE, "everything": combined(*_SINGLE.values())}
"""`PRESETS["index lag"]`, and so on."""
