"""What a load has shown, as Markdown."""

from __future__ import annotations

import json
import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from infra.local.workspace import ROOT
from tests.e2e.node_suite import CLIENTS
from tests.load.latency import Latency, all_pushes, answered, mutations, pushed, within
from tests.load.running import Load, Period
from tests.load.saturation import Call, cores_of_others, cores_used, deepest, is_sustained, left, uses, verdict
from tests.load.work import AWS_ACTORS, most_on_aws_per_s, work

_MB = 1_000_000
_MOST_FAULTS = 20
_LEAST_WORK_MS = 0.5


def report(load: Load, made: Sequence[Call]) -> str:
    """Return what a load has shown: of one rate everything, of several how they compare."""
    rates = [period for period in load.periods if period.name == "load"]
    told = _of_one(load, rates[0], made) if len(rates) == 1 else _of_several(load, rates, made)
    return "\n\n".join([_heading(load), _effects(load), *told])


def _of_one(load: Load, last: Period, made: Sequence[Call]) -> list[str]:
    return [
        f"### Latency at {last.per_s:g} operations a second",
        _table(("", "times", "p50", "p95", "p99", "most"), map(_row, _latencies(load, last))),
        "In ms, from when the operation was due.",
        f"### Errors\n\n{_errors(load)}",
        f"### Use at {last.per_s:g} operations a second",
        _use(load, last, made),
        "### Work for each operation",
        _work(load, last, made),
        "### Memory",
        _memory(load),
        "### What is full first",
        verdict(load, last, made),
    ]


def _of_several(load: Load, rates: Sequence[Period], made: Sequence[Call]) -> list[str]:
    going_on = [rate for rate in rates if is_sustained(load, rate)]
    return [
        _sweep(load, rates, made),
        f"### Errors at all rates\n\n{_errors(load)}",
        "### What is full first at the highest rate that goes on",
        verdict(load, going_on[-1], made) if going_on else "No rate goes on.",
    ]


def replace(document: Path, name: str, text: str) -> None:
    """Put `text` between the markers of this name in a document."""
    begin, end = f"<!-- {name}: written by `make load` -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    written, count = pattern.subn(lambda _: f"{begin}\n{text}\n{end}", document.read_text())
    assert count == 1, f"{document} has no place for {name}: it needs the lines {begin} and {end}"
    document.write_text(written)


def _heading(load: Load) -> str:
    options = load.options
    opened = next(period for period in load.periods if period.name == "open")
    rates = ", ".join(f"{rate:g}" for rate in options.rates_per_s)
    return (
        f"{datetime.now(UTC):%d %B %Y}, {_machine()}; Python {platform.python_version()}, {_versions()}.\n\n"
        f"{len(load.records.opened)} live connections in {options.drivers} processes of Node, {options.tabs} to each"
        f" project, opened within {_seconds(opened):.0f} s; {rates} operations a second for {options.seconds:g} s"
        f"{' each' if len(options.rates_per_s) > 1 else ''}; seed {options.seed}."
    )


def _effects(load: Load) -> str:
    records = load.records
    kinds = Counter(operation.kind for operation in records.operations if operation.is_acknowledged)
    done = ", ".join(f"{kinds[kind]} {kind}" for kind in ("save", "create", "send"))
    slowest = max((view.after for view in records.views), default=0) / 1000
    equal = sum(view.equal for view in records.views)
    reconnections = sum(_last_reconnections(load).values())
    told = (
        f"Of {len(records.operations)} operations {sum(kinds.values())} were confirmed ({done}, the others read). "
        f"{equal} of {len(records.views)} live views showed in the end what a fresh query tells, the last"
        f" {slowest:.1f} s after everything had been answered. Connections that were opened again: {reconnections}."
    )
    if not load.faults:
        return f"{told} Nothing was lost, doubled, stale, out of order or left unanswered."
    shown = "\n".join(f"- {fault}" for fault in load.faults[:_MOST_FAULTS])
    return f"{told} **{len(load.faults)} faults**, such as:\n\n{shown}"


def _last_reconnections(load: Load) -> dict[int, int]:
    before_the_end = load.periods[-1].began
    return {beat.driver: beat.reconnections for beat in load.records.beats if beat.at <= before_the_end}


def _sweep(load: Load, rates: Iterable[Period], made: Sequence[Call]) -> str:
    head = (
        "offered /s",
        "arrived",
        "answered in time /s",
        "left at the end",
        "mutation p50 / p95 / p99",
        "push p50 / p95 / p99",
        "events waiting",
        "fullest",
        "cores that others took",
        "goes on",
    )
    return f"### Rates\n\n{_table(head, (_sweep_row(load, rate, made) for rate in rates))}"


def _sweep_row(load: Load, rate: Period, made: Sequence[Call]) -> Sequence[str]:
    arrived, waiting = len(within(load.records, rate)), left(load, rate)
    fullest = next(iter(uses(load, rate, made)), None)
    return (
        f"{rate.per_s:g}",
        f"{arrived}",
        f"{(arrived - waiting) / _seconds(rate):.1f}",
        f"{waiting}",
        _three(mutations(load.records, rate)),
        _three(all_pushes(load.records, rate)),
        f"{deepest(load, rate)}",
        f"{fullest.name} {fullest.share:.0%}" if fullest else "",
        f"{cores_of_others(load, rate):.2f}",
        "yes" if is_sustained(load, rate) else "**no**",
    )


def _latencies(load: Load, period: Period) -> list[Latency]:
    return [*answered(load.records, period), *pushed(load.records, period)]


def _errors(load: Load) -> str:
    codes = Counter(
        (operation.kind, operation.outcome, operation.code)
        for operation in load.records.operations
        if not operation.is_acknowledged
    )
    if not codes:
        return "None."
    return _table(("", "", "code", "times"), ((*map(str, key), str(count)) for key, count in codes.most_common()))


def _use(load: Load, period: Period, made: Sequence[Call]) -> str:
    rows = ((use.name, f"{use.share:.0%}", use.of) for use in uses(load, period, made) if use.share >= 0.02)
    groups = sorted(cores_used(load, period).items(), key=lambda pair: -pair[1])
    spent = ", ".join(f"{name} {share:.2f}" for name, share in groups if share >= 0.005)
    lags = [beat.lag_ms for beat in load.records.beats if period.began <= beat.at <= period.ended]
    samples = [sample for sample in load.samples if period.began <= sample.at <= period.ended]
    cloud, edge = ([getattr(sample, name) for sample in samples] for name in ("cloud_ms", "edge_ms"))
    others = cores_of_others(load, period)
    spent = f"Cores: {spent}; whatever else ran on the machine {others:.2f}."
    late = (
        f"At most {deepest(load, period)} events waited in the mailboxes. The event loop of a driver was"
        f" {max(lags, default=0):.0f} ms late at most; MiniStack took {_middle(cloud):.0f} ms to say that it is well"
        f" (at most {max(cloud, default=0):.0f}), the edge {_middle(edge):.0f} ms for an answer of its own (at most"
        f" {max(edge, default=0):.0f})."
    )
    return "\n\n".join([_table(("", "used", "of"), rows), spent, late])


def _work(load: Load, period: Period, made: Sequence[Call]) -> str:
    done = work(made, period.began, period.ended, len(within(load.records, period)))
    rows = (
        (one.function, f"{one.calls:.2f}", f"{one.median_ms:.0f}", f"{one.busy_ms:.0f}")
        for one in done
        if one.busy_ms >= _LEAST_WORK_MS
    )
    told = _table(("function", "calls", "ms of a call, p50", "ms"), rows)
    return (
        f"{told}\n\nOn AWS {AWS_ACTORS} actors work at once; if they took as long there,"
        f" {most_on_aws_per_s(done):,.0f} operations a second would occupy all of them."
    )


def _memory(load: Load) -> str:
    """Show the memory of groups at the end of each period, and in the middle of long ones."""
    weighed = [sample for sample in load.samples if sample.memory_bytes]
    chosen = weighed[:: max(1, len(weighed) // 8)]
    began = load.periods[0].began
    groups = sorted({group for sample in weighed for group in sample.memory_bytes})
    named = [group for group in groups if not group.startswith("Lambda ")]
    head = ("MB after", *named, "Lambdas", "their processes")
    rows = [
        (
            f"{(sample.at - began) / 1000:.0f} s",
            *(f"{sample.memory_bytes.get(group, 0) / _MB:.0f}" for group in named),
            f"{sum(size for group, size in sample.memory_bytes.items() if group not in named) / _MB:.0f}",
            f"{sum(len(pids) for group, pids in sample.cpu_s.items() if group not in named)}",
        )
        for sample in chosen
    ]
    return _table(head, rows)


def _row(one: Latency) -> Sequence[str]:
    return (one.name, f"{one.count}", *(f"{value:,.0f}" for value in (one.p50, one.p95, one.p99, one.most)))


def _three(one: Latency | None) -> str:
    return f"{one.p50:,.0f} / {one.p95:,.0f} / {one.p99:,.0f}" if one else ""


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0


def _seconds(period: Period) -> float:
    return (period.ended - period.began) / 1000


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _machine() -> str:
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model[1] if model else platform.machine()}), {memory:.0f} GiB, {platform.system()}"
    )


def _versions() -> str:
    pins = (ROOT / "infra/local/requirements.txt").read_text()
    ministack = re.search(r"^ministack==(\S+)", pins, re.MULTILINE)
    convex = json.loads((CLIENTS / "package.json").read_text())["dependencies"]["convex"]
    return f"MiniStack {ministack[1] if ministack else '?'}, the npm client `convex` {convex}"
