"""Tables and numbers as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def money(usd: float) -> str:
    """Return an amount of USD, with cents where they matter."""
    return f"{usd:,.2f}" if usd < 10 else f"{usd:,.0f}"


def about(number: float) -> str:
    """Return a number of which two digits count."""
    if number >= 100e6:
        return "above 100 million"
    digits = max(0, len(f"{number:.0f}") - 2)
    return f"{round(number / 10**digits) * 10**digits:,.0f}"


def quantity(amount: float) -> str:
    """Return an amount, large or small."""
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.3g}"


def percent(share: float, digits: int = 0) -> str:
    """Return a share in percent, without the sign."""
    return f"{100 * share:.{digits}f}"
