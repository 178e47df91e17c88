"""The checker knows each anomaly by a history that has it, and finds nothing in those that are serializable."""

from __future__ import annotations

import random

import pytest

from tests.isolation.anomalies import check
from tests.isolation.history import FOREVER_NS, Action, History, Operation, Outcome, Read, Write, decode, encode
from tests.isolation.minimise import minimal

LONG = 1_000


def did(
    id: str, *actions: Action, at: tuple[int, int] = (0, LONG), outcome: Outcome = "ok", mutates: bool = True
) -> Operation:
    """Return an operation; by default all happen at the same time."""
    return Operation(id, 1, "test", mutates, at[0], at[1], outcome, actions)


def saw(key: str, value: str | None, version: str = "") -> Read:
    return Read(key, value, version)


def listed(key: str, value: str) -> Read:
    return Read(key, tuple(value.split()))


def held(key: str, value: str) -> Read:
    return Read(key, frozenset(value.split()))


def append(key: str, token: str) -> Write:
    return Write(key, token, "append")


def add(key: str, token: str) -> Write:
    return Write(key, token, "add")


def remove(key: str, token: str) -> Write:
    return Write(key, token, "remove")


BAD: dict[str, list[tuple[str, History]]] = {
    "impossible value": [("a token of nobody", [did("1", saw("x", "9"))])],
    "aborted read": [
        ("of a register", [did("1", outcome="fail"), did("2", saw("x", "1"))]),
        ("of a list", [did("1", outcome="fail"), did("2", listed("x", "1"))]),
        ("of a range", [did("1", outcome="fail"), did("2", held("x", "1"))]),
    ],
    "intermediate read": [
        ("of a register", [did("1", Write("x", "1"), Write("x", "1/b")), did("2", saw("x", "1"))]),
        ("of a list", [did("1", append("x", "1"), append("x", "1/b")), did("2", listed("x", "1"))]),
    ],
    "internal": [
        ("a write not seen", [did("1", saw("x", None), Write("x", "1"), saw("x", None))]),
        ("an append not seen", [did("1", append("x", "1"), listed("x", ""))]),
        ("an entry not seen", [did("1", add("x", "1"), held("x", ""))]),
        ("two looks at a key", [did("1", Write("x", "1")), did("2", saw("x", None), saw("x", "1"))]),
    ],
    "doubled effect": [
        ("an append", [did("1", append("x", "1")), did("2", listed("x", "1 1"))]),
        ("a removal", [did("1", add("x", "1")), did("2", remove("x", "1")), did("3", remove("x", "1"))]),
    ],
    "incompatible order": [
        (
            "of two appends",
            [
                did("1", append("x", "1")),
                did("2", append("x", "2")),
                did("3", listed("x", "1 2")),
                did("4", listed("x", "2")),
            ],
        ),
    ],
    "version line": [
        (
            "an older value again",
            [
                did("1", Write("x", "1")),
                did("2", saw("x", "1", "v1"), Write("x", "2")),
                did("3", saw("x", "2", "v2")),
                did("4", saw("x", "1", "v3")),
            ],
        ),
    ],
    "lost update": [
        (
            "of a register",
            [
                did("1", Write("x", "1")),
                did("2", saw("x", "1"), Write("x", "2")),
                did("3", saw("x", "1"), Write("x", "3")),
            ],
        ),
        (
            "of what was never written",
            [did("2", saw("x", None), Write("x", "2")), did("3", saw("x", None), Write("x", "3"))],
        ),
    ],
    "G0": [
        (
            "two lists in two orders",
            [
                did("1", append("x", "1"), append("y", "1")),
                did("2", append("x", "2"), append("y", "2")),
                did("3", listed("x", "1 2")),
                did("4", listed("y", "2 1")),
            ],
        ),
    ],
    "G1c": [
        (
            "each read the other's",
            [did("1", append("x", "1"), listed("y", "2")), did("2", append("y", "2"), listed("x", "1"))],
        ),
    ],
    "G-single": [
        (
            "read skew",
            [
                did("1", Write("x", "1"), Write("y", "1")),
                did("2", saw("x", "1"), saw("y", "1"), Write("x", "2"), Write("y", "2")),
                did("3", saw("x", "1"), saw("y", "2")),
            ],
        ),
        (
            "a range and a register",
            [did("1", add("r", "1"), Write("y", "1")), did("2", held("r", ""), saw("y", "1"))],
        ),
    ],
    "G2-item": [
        (
            "write skew",
            [
                did("0", Write("x", "0"), Write("y", "0")),
                did("1", saw("x", "0"), saw("y", "0"), Write("x", "1")),
                did("2", saw("x", "0"), saw("y", "0"), Write("y", "2")),
            ],
        ),
    ],
    "G2": [
        (
            "two inserts, each where it saw nothing",
            [did("1", held("r", ""), add("r", "1")), did("2", held("r", ""), add("r", "2"))],
        ),
        (
            "a removal and what rests on it not happening",
            [
                did("0", add("r", "0")),
                did("1", held("r", "0"), saw("y", None), add("s", "1")),
                did("2", held("s", ""), remove("r", "0"), Write("y", "2")),
            ],
        ),
        (
            "an absence that only the rest of the history dates",
            [
                did("1", add("r", "1")),
                did("2", remove("r", "1"), Write("y", "2")),
                did("3", saw("y", "2"), Write("z", "3")),
                did("4", saw("z", "3"), held("r", ""), held("s", ""), add("t", "4")),
                did("5", held("t", ""), add("s", "5")),
            ],
        ),
    ],
    "G-single-realtime": [
        (
            "a stale read",
            [
                did("1", Write("x", "1"), at=(0, 1)),
                did("2", saw("x", "1", "v1"), Write("x", "2"), at=(2, 3)),
                did("3", saw("x", "1", "v1"), at=(4, 5), mutates=False),
                did("4", saw("x", "2", "v2"), at=(2, 5), mutates=False),
            ],
        ),
        (
            "a lost append",
            [
                did("1", append("x", "1"), at=(0, 1)),
                did("2", append("x", "2"), at=(2, 3)),
                did("3", listed("x", "2"), at=(4, 5)),
            ],
        ),
    ],
    "stale listing": [
        (
            "a range that lags",
            [did("1", add("r", "1"), at=(0, 1)), did("2", held("r", ""), at=(2, 3), mutates=False)],
        ),
        (
            "an entry that comes back",
            [
                did("1", add("r", "1"), at=(0, 1)),
                did("2", remove("r", "1"), at=(2, 3)),
                did("3", held("r", "1"), at=(4, 5), mutates=False),
            ],
        ),
    ],
    "G1c-realtime": [
        (
            "read before it was written",
            [did("1", saw("x", "2"), Write("y", "1"), at=(0, 1)), did("2", Write("x", "2"), at=(2, 3))],
        ),
    ],
}

CASES = [pytest.param(kind, history, id=f"{kind}: {name}") for kind, cases in BAD.items() for name, history in cases]


@pytest.mark.parametrize(("kind", "history"), CASES)
def test_a_bad_history_is_known_for_what_it_is(kind: str, history: History) -> None:
    assert kind in {anomaly.kind for anomaly in check(history)}


@pytest.mark.parametrize(("kind", "history"), CASES)
def test_a_bad_history_is_bad_in_any_order_of_its_lines(kind: str, history: History) -> None:
    assert kind in {anomaly.kind for anomaly in check(history[::-1])}


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([], id="nothing"),
        pytest.param([did("1", outcome="fail"), did("2", saw("x", None))], id="a failure that left nothing"),
        pytest.param([did("1", at=(0, FOREVER_NS), outcome="unknown")], id="a call that nobody heard of again"),
        pytest.param(
            [
                did("1", add("r", "1")),
                did("2", remove("r", "1")),
                did("3", held("r", "")),
            ],
            id="an absence that may be before or after",
        ),
        pytest.param(
            [
                did("1", add("r", "1"), at=(0, 5)),
                did("2", add("r", "2"), at=(6, 7)),
                did("3", held("r", "2"), at=(1, 9), mutates=False),
            ],
            id="a query that reads a range bit by bit",
        ),
        pytest.param(
            [
                did("1", Write("x", "1"), Write("y", "1"), at=(0, 9)),
                did("q", saw("x", "1"), at=(1, 2), mutates=False),
                did("r", saw("y", None), at=(3, 4), mutates=False),
            ],
            id="queries that see a commit item by item",
        ),
        pytest.param(
            [
                did("1", Write("x", "1"), at=(0, FOREVER_NS), outcome="unknown"),
                did("2", saw("x", None), at=(2, 3)),
                did("3", saw("x", "1"), at=(4, 5)),
            ],
            id="a call without an answer that happens late",
        ),
    ],
)
def test_a_good_history_is_good(history: History) -> None:
    assert check(history) == []


def serial_history(seed: int, length: int) -> History:
    """Return what one client after the other did to lists, registers and ranges, each answered in its turn."""
    dice = random.Random(seed)
    lists: dict[str, list[str]] = {"l1": [], "l2": []}
    registers: dict[str, str | None] = {"x": None, "y": None}
    ranges: dict[str, set[str]] = {"r": set(), "s": set()}
    history = []
    for number in range(length):
        name, actions = str(number), list[Action]()
        for key in dice.sample([*lists, *registers, *ranges], 3):
            if key in lists:
                actions.append(Read(key, tuple(lists[key])))
                actions.append(append(key, name))
                lists[key].append(name)
            elif key in registers:
                actions.append(Read(key, registers[key]))
                actions.append(Write(key, name))
                registers[key] = name
            else:
                actions.append(Read(key, frozenset(ranges[key])))
                gone = dice.choice(sorted(ranges[key])) if len(ranges[key]) > 3 else None
                actions.append(remove(key, gone) if gone else add(key, name))
                ranges[key] ^= {gone or name}
        start = number * 10 + dice.randint(-30, 0)
        history.append(
            Operation(
                name, dice.randint(1, 16), "test", True, start, number * 10 + dice.randint(1, 30), "ok", (*actions,)
            )
        )
    return history


@pytest.mark.parametrize("seed", range(5))
def test_a_long_serial_history_is_good_although_its_times_overlap(seed: int) -> None:
    assert check(serial_history(seed, 500)) == []


def stale(history: History) -> History:
    """Let the 500th operation see what the 490th saw of a register."""
    key = next(a.key for a in history[500].actions if isinstance(a, Read) and isinstance(a.value, str))
    earlier = [a for o in history[:480] for a in o.actions if isinstance(a, Read) and a.key == key][-1]
    operation = history[500]
    actions = tuple(earlier if isinstance(a, Read) and a.key == key else a for a in operation.actions)
    changed = Operation(
        operation.id, operation.client, "test", True, operation.started_ns, operation.ended_ns, "ok", actions
    )
    return [*history[:500], changed, *history[501:]]


def test_one_stale_read_among_hundreds_of_operations_is_found_and_made_short() -> None:
    history = stale(serial_history(7, 600))
    anomalies = check(history)
    assert anomalies
    for anomaly in anomalies:
        short = minimal(history, anomaly)
        assert len(short) <= len(anomaly.operations) + 3
        assert {*anomaly.operations} <= {operation.id for operation in short}


@pytest.mark.parametrize(("kind", "history"), CASES)
def test_a_history_made_short_shows_the_same(kind: str, history: History) -> None:
    noise = [did(f"n{n}", saw("noise", None), Write(f"noise{n}", f"n{n}")) for n in range(20)]
    long = [*history, *noise]
    anomaly = next(anomaly for anomaly in check(long) if anomaly.kind == kind)
    short = minimal(long, anomaly)
    assert len(short) <= len(history)
    assert kind in {found.kind for found in check(short)}


@pytest.mark.parametrize(
    "action",
    [saw("x", None), saw("x", "1", "v"), listed("x", "1 2"), held("x", "1 2"), append("x", "1"), remove("x", "1")],
)
def test_actions_go_through_json(action: Action) -> None:
    assert decode(encode(action)) == action
