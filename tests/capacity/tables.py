"""The page's tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.capacity.bills import SHOWN, SIZES, Bills
from tests.capacity.load import rates, read_quotas
from tests.capacity.markdown import about, money, quantity, table
from tests.capacity.month import MESSAGE
from tests.capacity.savings import read_savings
from tests.capacity.usage import Usage

_QUERIES: Final = (
    "projects:getById(id)",
    "projects:get()",
    "files:getFile(id)",
    "files:getFolderContents(parentId, projectId)",
    "conversations:getMessages(conversationId)",
)
_MUTATIONS: Final = (
    "files:updateFile(content, id)",
    "files:createFile(content, name, parentId, projectId)",
    "files:renameFile(id, newName)",
    "files:deleteFile(id)",
    "conversations:create(projectId)",
    "messages:send(conversationId, message)",
    "projects:create(name)",
)
_COUNTED_WITH: Final = frozenset({"saved_kb", "streamed_s", "answer_kb", "tokens_in", "tokens_out"})
"""Assumptions under which something was counted; another value of them needs another count."""
_MOST_LINES: Final = 12


def tables(bills: Bills) -> dict[str, str]:
    """Return all tables by their names in the template."""
    return {
        "monthly": _monthly(bills),
        "parts": _parts(bills),
        "million_http": _million_http(bills),
        "million_live": _million_live(bills),
        "sensitivity": _sensitivity(bills),
        "where": _where(bills),
        "savings": _savings(bills),
        "quotas": _quotas(bills),
    }


def _monthly(bills: Bills) -> str:
    by_size = [bills.month(users) for users in SIZES]
    services = sorted(by_size[-1], key=lambda service: -by_size[-1][service])
    rows = [[service, *(money(bill.get(service, 0)) for bill in by_size)] for service in services]
    sums = [sum(bill.values()) for bill in by_size]
    rows.append(["**all**", *(f"**{money(whole)}**" for whole in sums)])
    rows.append(["for each user", *(f"{whole / users:.3f}" for whole, users in zip(sums, SIZES, strict=True))])
    tokens = bills.model.tokens()
    rows.append(["the model, passed through", *(money(bills.prices.usd(tokens * users)) for users in SIZES)])
    return table(["USD a month, for users who come back", *(f"{users:,}" for users in SIZES)], rows)


def _parts(bills: Bills) -> str:
    rows = []
    for name, usage in bills.model.month(SHOWN).items():
        bill = bills.prices.bill(usage)
        most = sorted(bill, key=lambda service: -bill[service])[:3]
        rows.append([name, f"{sum(bill.values()) / SHOWN:.4f}", ", ".join(most)])
    return table(["what for", "USD a month", "most of it"], rows)


def _million_http(bills: Bills) -> str:
    model = bills.model
    usages = {name: model.query(name) for name in _QUERIES} | {name: model.mutation(name) for name in _MUTATIONS}
    rows = [
        [
            f"`{name}`",
            _units(model.function(name)),
            *(f"{bills.million(u):.2f}" for u in (model.function(name), usage)),
        ]
        for name, usage in usages.items()
    ]
    return table(["a million over HTTP", "units read / written", "USD, DynamoDB", "USD, all"], rows)


def _million_live(bills: Bills) -> str:
    rows = [[told, _units(usage), f"{bills.million(usage):,.2f}"] for told, usage in _live(bills)]
    return table(["a million of", "units read / written", "USD"], rows)


def _live(bills: Bills) -> Iterator[tuple[str, Usage]]:
    model = bills.model
    yield "a saved file of 6 KB, by a socket", model.mutation_by_socket("save")
    yield "a new file, by a socket", model.mutation_by_socket("create")
    yield "a message to the assistant, by a socket", model.mutation_by_socket("message")
    yield "a message's job, without the model", model.job(MESSAGE)
    yield "the text of an answer, shown as it is written", model.streamed()
    yield "a push of a file that somebody else saved", model.push()
    yield "a push of a message's text", model.push("text")
    yield "a file opened", model.live("open file")
    yield "a page turned", model.live("turn")
    yield "a session: a socket opened, its pages, closed", model.session()
    yield "an hour of an idle socket (a connection-hour)", model.connection_hour()


def _units(usage: Usage) -> str:
    return f"{usage['read_unit']:,.4g} / {usage['write_unit']:,.4g}"


def _sensitivity(bills: Bills) -> str:
    names = [("user", name) for name in bills.model.behaviour["user"] if name not in _COUNTED_WITH]
    names += [("lambda", "memory_gb"), ("shape", "result_kb"), ("traces", "share")]
    found = [(f"`{s}.{n}`", bills.changed(s, n, 0.5), bills.changed(s, n, 2)) for s, n in names]
    for unit in ("write_unit", "read_unit", "transition", "socket_message"):
        share = bills.of_unit(unit) / bills.prices.usd(bills.shown)
        found.append((f"the price of a {bills.prices.of[unit].unit.split(',')[0]}", -share / 2, share))
    found.sort(key=lambda entry: -abs(entry[2]))
    rows = [[name, f"{half:+.1%}", f"{twice:+.1%}"] for name, half, twice in found[:_MOST_LINES]]
    return table(["", "half", "twice"], rows)


def _where(bills: Bills) -> str:
    whole = bills.prices.usd(bills.shown)
    units = sorted(bills.shown, key=lambda unit: -bills.of_unit(unit))[:_MOST_LINES]
    rows = []
    for unit in units:
        price, usd = bills.prices.of[unit], bills.of_unit(unit)
        amount = quantity(bills.shown[unit] / SHOWN)
        rows.append([f"{price.service}: {price.unit}", amount, money(usd), f"{usd / whole:.1%}"])
    return table(["what is charged", "each user, a month", f"USD a month, {SHOWN:,} users", "share"], rows)


def _savings(bills: Bills) -> str:
    rows = []
    for saving in read_savings():
        times = saving.times(bills.model) * SHOWN
        before, after = (bills.prices.usd(usage * times + fixed) for usage, fixed in saving.both())
        counted = f"{saving.each}: {saving.before_text} → {saving.after_text}"
        rows.append([saving.what, counted, f"{money(before)} → {money(after)}", saving.test])
    return table(["what", "counted", "USD a month", "test"], rows)


def _quotas(bills: Bills) -> str:
    found = rates(bills.model)
    rows = []
    for quota in sorted(read_quotas(), key=lambda quota: quota.users(found)):
        more, users = "yes" if quota.more else "no", about(quota.users(found))
        rows.append([quota.name, f"{quota.limit:,.0f}", more, users, quota.seen, quota.do])
    return table(["quota", "limit", "more", "users", "what is seen", "what to do"], rows)
