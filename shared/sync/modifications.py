"""What a Transition says of single queries."""

from __future__ import annotations

from shared.errors import CallError
from shared.sync import messages
from shared.sync.evaluation import Answer, Failure, not_run
from shared.sync.state import MAX_QUERIES


def answered(number: int, answer: Answer) -> str:
    """Tell a query's result, or why it has none."""
    outcome, journal = answer.outcome, answer.journal
    if isinstance(outcome, Failure):
        return messages.query_failed(number, outcome.message, outcome.data, journal)
    return messages.query_updated(number, outcome, journal)


def refused(number: int) -> str:
    """Tell that a query is one too many."""
    failure = not_run(CallError(f"A connection has at most {MAX_QUERIES} live queries; this one is too many."))
    return messages.query_failed(number, failure.message, failure.data, None)
