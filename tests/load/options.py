"""What `make load` may be told."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """The size of a load.

    Attributes:
        connections: live connections.
        seconds: how long operations arrive, at each rate.
        seed: decides who does what when.
        rates_per_s: how many operations arrive a second; of several, one after the other.
        opens_per_s: how many connections are opened a second; a stage takes 300 a minute from one address.
        tabs: how many of them have the same project open.
        drivers: how many processes of Node they are in.
        patience_s: how long answers, and views that differ, are waited for in the end.
    """

    connections: int = 500
    seconds: float = 300
    seed: int = 7
    rates_per_s: tuple[float, ...] = (2.0,)
    opens_per_s: float = 4.0
    tabs: int = 4
    drivers: int = 2
    patience_s: float = 180


def parsed(arguments: Sequence[str]) -> Options:
    """Read the arguments of the command line."""
    usual = Options()
    parser = argparse.ArgumentParser(prog="make load ARGS=", description=__doc__)
    parser.add_argument("--connections", type=int, default=usual.connections)
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="at each rate")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--rate", type=_rates, default=usual.rates_per_s, help="operations a second; several: 1,2,4")
    parser.add_argument("--opens", type=float, default=usual.opens_per_s, help="connections opened a second")
    given = parser.parse_args(arguments)
    return Options(
        connections=given.connections,
        seconds=given.seconds,
        seed=given.seed,
        rates_per_s=given.rate,
        opens_per_s=given.opens,
    )


def _rates(text: str) -> tuple[float, ...]:
    return tuple(float(rate) for rate in text.split(","))
