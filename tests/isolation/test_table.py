"""The table tells what was found, and where nobody looked; a series goes on with what is in its ledger."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.isolation.ledger import Ledger
from tests.isolation.table import Row, table, written_into
from tests.isolation.verdict import INVARIANTS, Verdict

FOUND = Verdict(acknowledged=5, failed=1, looks=2, struck=Counter({"database lost": 3}), violations={"S": ["a", "b"]})
CALM = Verdict(acknowledged=7)


def cells(text: str, name: str) -> dict[str, str]:
    heads, _, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return next(dict(zip(heads, line, strict=True)) for line in lines if line[0] == name)


def test_violations_are_counted_and_where_nobody_looked_is_a_dash() -> None:
    found = cells(table({"lost requests": Row(data=[FOUND, CALM])}), "lost requests")
    assert [found[name] for name in ("struck", "runs", "mutations", "queries")] == ["3", "2", "13", "2"]
    assert {name: found[name] for name in INVARIANTS if found[name] != "-"} == {
        "S": "2",
        "I1": "0",
        "I2": "0",
        "I8": "0",
    }


def test_the_app_shows_all_invariants_but_the_order_of_mutations() -> None:
    found = cells(table({"calm": Row(app=[CALM])}), "calm")
    assert [name for name in INVARIANTS if found[name] == "-"] == ["S"]


def test_the_last_line_sums_up() -> None:
    found = cells(table({"a": Row(data=[FOUND]), "b": Row(data=[FOUND], app=[CALM])}), "**all**")
    assert (found["runs"], found["S"], found["I9"]) == ("3", "4", "0")


def test_the_page_around_the_table_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- table -->\nold\n<!-- end -->\nafter\n")
    written_into(page, {"calm": Row(data=[CALM])}, ["a rule"], 7, "1 s each")
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "missed 1: a rule." in text


def test_a_series_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    Ledger(file, goes_on=False).verdict("bank under calm", lambda: FOUND)
    assert Ledger(file, goes_on=True).verdict("bank under calm", lambda: CALM) == FOUND
    assert Ledger(file, goes_on=False).verdict("bank under calm", lambda: CALM) == CALM
