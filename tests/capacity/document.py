"""docs/capacity.md: the page's template with all numbers filled in."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any, Final

from tests.capacity.behaviour import read_behaviour
from tests.capacity.bills import MILLION, SHOWN, Bills
from tests.capacity.load import rates
from tests.capacity.markdown import about, money, percent
from tests.capacity.measured import read_measured
from tests.capacity.month import MESSAGE, MONTH_MINUTES, Model
from tests.capacity.prices import read_prices
from tests.capacity.tables import tables
from tests.capacity.usage import Usage, total

PAGE: Final = Path(__file__).parents[2] / "docs/capacity.md"
_HERE: Final = Path(__file__).parent
_PROSE: Final = ("left", "bounds", "sharding", "regions")

_PINGS_OF_SEGMENT: Final = 10_000
"""In a slot of 20 s, at 15 ms a post and ten side by side (assumed)."""
_EVENTS_OF_TRANSITION: Final = 3.2
"""Entered, exited, and for tasks scheduled, started, succeeded."""


def page() -> str:
    """Return the page."""
    return text_of(Bills(Model(read_behaviour(), read_measured()), read_prices()))


def text_of(bills: Bills) -> str:
    """Return the page of a model at some prices."""
    told = {**dict(_counts(bills)), **dict(_shares(bills)), **tables(bills), "user": bills.model.behaviour["user"]}
    for name in _PROSE:
        told[name] = (_HERE / "prose" / f"{name}.md").read_text().strip().format(**told)
    return (_HERE / "template.md").read_text().format(**told)


def _counts(bills: Bills) -> Iterator[tuple[str, Any]]:
    behaviour, measured, prices = bills.model.behaviour, bills.model.measured, bills.prices
    user, stage = behaviour["user"], measured["stage"]
    sockets = rates(bills.model)["sockets"] * MILLION * user["hours"] * 3600
    durations = {name: ms for name, ms in behaviour["lambda"].items() if name.endswith("_ms")}
    yield from {
        "region": prices.region,
        "date": prices.date,
        "unchecked": sum(price.checked == "memory" for price in prices.of.values()),
        "prices": len(prices.of),
        "open_hours": user["sessions"] * user["hours"],
        "durations": ", ".join(f"{name.removesuffix('_ms')} {ms:g}" for name, ms in durations.items()),
        "result_kb": f"{behaviour['shape']['result_kb']:g}",
        "peak": f"{behaviour['shape']['peak']:g}",
        "saved_kb": f"{user['saved_kb']:g}",
        "users_shown": f"{SHOWN:,}",
        "tokens_in": f"{user['tokens_in']:,}",
        "tokens_out": f"{user['tokens_out']:,}",
        "history": ceil(measured["jobs"][MESSAGE]["transitions"] * _EVENTS_OF_TRANSITION / 10) * 10,
        "close_units": f"{measured['live']['close']['write_units']:g}",
        "largest_stack": stage["resources of the largest stack"],
        "routes": stage["routes"],
        "lambdas": stage["lambdas"],
        "roles": stage["roles"],
        "stages": 1000 // stage["roles"],
        "segment_connections": f"{2 * _PINGS_OF_SEGMENT:,}",
        "segments_million": ceil(sockets / (2 * _PINGS_OF_SEGMENT)),
        "peak_connections": about(sockets),
    }.items()


def _shares(bills: Bills) -> Iterator[tuple[str, str]]:
    model, prices, shown = bills.model, bills.prices, bills.month(SHOWN)
    user, everything = model.behaviour["user"], sum(shown.values())
    hours = user["sessions"] * user["hours"]
    mix = {"save": user["saves"], "create": user["created"], "message": user["messages"] / hours}
    mixed = total(model.mutation_by_socket(name) * (times / sum(mix.values())) for name, times in mix.items())
    pings = model.measured["idle minute of 1,000 connections"]["js"]["pings"] * 60 / 1000
    polls = model.behaviour["idle"]["poller_requests_per_minute"] * MONTH_MINUTES
    logged = model.behaviour["bytes"]["machine_line"] * model.measured["jobs"][MESSAGE]["transitions"]
    units = Usage.of(write_unit=2 * (ceil(user["saved_kb"]) - 1))
    idle_hour = bills.million(model.connection_hour())
    yield from {
        "token_in": f"{prices.of['token_in'].usd(MILLION):g}",
        "token_out": f"{prices.of['token_out'].usd(MILLION):g}",
        "token_ratio": f"{prices.usd(model.tokens()) * SHOWN / everything:.0f}",
        "idle": money(prices.usd(model.charged(model.fixed(0)))),
        "mix": f"{bills.million(mixed):.2f}",
        **{f"{name}_share": percent(times / sum(mix.values())) for name, times in mix.items()},
        "pings_share": percent(bills.million(Usage.of(socket_message=pings)) / idle_hour),
        "spill_saved": f"{bills.million(units) - bills.million(Usage.of(object_put=1)):.2f}",
        "machine_logs": percent(bills.million(Usage.of(log_gb=logged / 1e9)) / bills.million(model.message())),
        "storage_share": percent(bills.of_unit("row_gb") / shown["DynamoDB"], 1),
        "lambda_share": percent(shown["Lambda"] / everything),
        "touched": "22",
        "save_reads": f"{model.live('save')['read_unit']:g}",
        "touched_usd": money(prices.usd(Usage.of(read_unit=22 * hours * user["saves"] * SHOWN))),
        "listed": "20",
        "transitions": f"{model.job(MESSAGE)['transition']:g}",
        "transitions_usd": money(prices.usd(Usage.of(transition=15 * user["messages"] * SHOWN))),
        "polls": money(prices.usd(Usage.of(fifo_request=polls, queue_request=polls))),
        "recovery": money(bills.of_unit("recovery_gb")),
        "key_uses": money(bills.of_unit("key_use")),
    }.items()
