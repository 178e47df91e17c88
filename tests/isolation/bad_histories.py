"""Histories in which something is wrong, by what it is called."""

from __future__ import annotations

from tests.isolation.history import Action, History, Operation, Outcome, Read, Write

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
