"""Running a mutation: serializable, and exactly once for each key.

    run the body on a buffer → confirm what it read, write what it wrote, record its outcome: one transaction
                             → stale: run again; undecided: find out, or make sure that it never applies

A value, a raised error and "nothing to write" are all outcomes, and none leaves here before the reads behind it are
confirmed: reads taken at different moments may not fit together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.db.access import Access
from shared.db.clock import timestamp_of
from shared.db.commit import Applied, Recorded, Undecided, send, wait_until_visible
from shared.db.engine import ConditionFailed, Item, Key, Throttled, Unanswered
from shared.db.operations import Operations, checks_only, writes_and_checks
from shared.db.outcome import Change, Committed, MutationRequest, Outcome, answer, change_of, record
from shared.db.retry import pause
from shared.db.store import Store
from shared.db.writer import RunAgain, Writer
from shared.errors import (
    CallError,
    MutationTimedOut,
    OptimisticConcurrencyControlFailure,
    OutcomeUnknown,
    PolarisError,
    TooManyReads,
    TransientError,
)
from shared.schema.platform import COMMITS

DEADLINE_NS: Final = 10 * 10**9
MAX_RUNS: Final = 100
_ABANDON_ATTEMPTS: Final = 8
_LONGEST_PAUSE: Final = 4
_UNKNOWN: Final = "The database cannot be reached; the mutation may or may not have been applied."
_NotDecidedByData = (TransientError, TooManyReads)
"""Errors of a run that say nothing about the data, so that there is nothing to confirm."""
_FINAL = (OptimisticConcurrencyControlFailure, TooManyReads)
"""Those of them that end the call: whoever sends it again is told the same."""

Body = Callable[[Writer], str]
"""A mutation's body: from a writer to its result as encoded JSON. It may run several times."""
Changed = Callable[[Change], None]
"""Told of a commit that changed something, once it is certain that it did; perhaps twice."""


@dataclass(eq=False, repr=False)
class Mutation:
    """One call of a mutation.

    Attributes:
        store: the doors of the database.
        access: what the body may touch.
        body: what is run.
        request: who calls what.
        changed: told of the commit.
        by: the connection whose actor runs it, or empty; the commit's record says so.
    """

    store: Store
    access: Access
    body: Body
    request: MutationRequest
    changed: Changed = lambda _change: None
    by: str = ""

    def __post_init__(self) -> None:
        """Fix the call's key and deadline: all its runs share them."""
        self._key = self.request.key or f"call/{self.store.unique()}"
        self._runs = 0
        self._in_doubt = False
        self._deadline_ns = self.store.clock.now_ns() + DEADLINE_NS

    def run(self) -> Committed:
        """Run the mutation and return its answer.

        Raises:
            PolarisError: the error that the body raised, or that an earlier sending was answered with.
            OptimisticConcurrencyControlFailure: what it read kept changing.
            MutationTimedOut: the deadline passed; it will not apply later.
            OutcomeUnknown: the database could not be reached to find out whether it applied.
        """
        try:
            return self._replay() or self._run_until_committed()
        except Undecided:
            failure: PolarisError = MutationTimedOut(
                "The mutation could not be confirmed in time and has not been applied; try again."
            )
        except Exception as error:
            if not self._in_doubt and not (self.request.key and isinstance(error, _FINAL)):
                raise
            failure = error if isinstance(error, PolarisError) else PolarisError("Server Error")
            failure.__cause__ = error if failure is not error else error.__cause__
        return self._abandon(failure)

    def _replay(self) -> Committed | None:
        """Return what an earlier sending was answered with, or None when none has ended."""
        key = Key(COMMITS, self._key)
        earlier = self.store.engine.get(key) if self.request.key else None
        if earlier is None:
            return None
        wait_until_visible(self.store.engine, self.store.clock, [key], self._deadline_ns)
        return answer(earlier, self.request, self.store.content)

    def _run_until_committed(self) -> Committed:
        while self._runs < MAX_RUNS and (self._runs == 0 or self.store.clock.now_ns() < self._deadline_ns):
            self._runs += 1
            committed = self._run_once()
            if committed is not None:
                return committed
            pause(self.store.clock, min(self._runs, _LONGEST_PAUSE))
        raise OptimisticConcurrencyControlFailure(
            "Documents read from or written to changed while this mutation was being run and on every subsequent"
            " retry; try again."
        )

    def _run_once(self) -> Committed | None:
        """Run the body and commit; None: what it read does not hold, run again."""
        writer = Writer(self.store, self.access, repeated=self._runs > 1)
        unexpected = None
        try:
            outcome = Outcome("ok", self.body(writer))
        except RunAgain:
            return None
        except _NotDecidedByData:
            raise
        except PolarisError as error:
            outcome = Outcome("error", error=error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it may come of reads that do not hold
            unexpected = error
            outcome = Outcome("error", error=PolarisError("Server Error"))
        committed = self._commit(writer, outcome)
        if isinstance(committed, Outcome):
            raise unexpected or committed.error or PolarisError("Server Error")
        return committed

    def _commit(self, writer: Writer, outcome: Outcome) -> Committed | Outcome | None:
        """Confirm the run's reads and apply its writes.

        Returns:
            The answer, or the failed outcome now that it is confirmed, or None when the reads do not hold.
        """
        clock, content = self.store.clock, self.store.content
        # What the caller has seen does not enter the clock: part of it is the client's word.
        observed_ns = clock.timestamp(timestamp_of(writer.observed_version))
        timestamp_ns = max(observed_ns, self.request.after_ns + 1)
        commit_id = clock.commit_id(timestamp_ns)
        outcome, operations = self._operations(writer, outcome, commit_id)
        batch = operations.items
        recorded = bool(operations.documents) or self.request.key is not None or self._runs > 1
        if recorded:
            batch = [record(self._key, self.request, commit_id, outcome, operations, content, self.by), *batch]
        elif not batch:
            return _answer(outcome, timestamp_ns)
        self._in_doubt = True  # until one is answered: a transaction of an earlier run may still be on its way
        match send(self.store.engine, clock, batch, has_record=recorded, deadline_ns=self._deadline_ns):
            case Applied():
                self._in_doubt = False
                if operations.documents:
                    self.changed(Change(commit_id, (*operations.documents, *operations.ranges), self.by))
                return _answer(outcome, timestamp_ns)
            case Recorded(item):
                item = item or self.store.engine.get(Key(COMMITS, self._key)) or {}
                self._in_doubt = False
                return self._found(item, replayed=self.request.key is not None)
        return None

    def _found(self, item: Item, *, replayed: bool) -> Committed:
        """Return what a record holds that an attempt of this call, or of an earlier one, has left behind."""
        committed = answer(item, self.request, self.store.content, replayed=replayed)
        change = change_of(item)
        if change.topics:
            self.changed(change)
        return committed

    def _operations(self, writer: Writer, outcome: Outcome, commit_id: str) -> tuple[Outcome, Operations]:
        """Return the operations of this outcome; a write that cannot be committed makes it an error."""
        if outcome.status == "ok" and not writer.is_idle:
            try:
                return outcome, writes_and_checks(writer, self.store, commit_id)
            except CallError as error:
                outcome = Outcome("error", error=error)
        return outcome, checks_only(writer)

    def _abandon(self, error: PolarisError) -> Committed:
        """Record that the call has failed, so that no late copy of it can apply; or answer what is recorded."""
        commit_id = self.store.unique()
        outcome = Outcome("abandoned", error=error)
        put = record(self._key, self.request, commit_id, outcome, Operations(), self.store.content)
        for attempt in range(_ABANDON_ATTEMPTS):
            try:
                self.store.engine.write(put)
            except ConditionFailed as failed:
                return self._found(failed.item or {}, replayed=True)
            except (Throttled, Unanswered):
                pause(self.store.clock, attempt + 2)
            except Exception as refused:
                raise OutcomeUnknown(_UNKNOWN) from refused
            else:
                raise error
        raise OutcomeUnknown(_UNKNOWN)


def _answer(outcome: Outcome, timestamp_ns: int) -> Committed | Outcome:
    return outcome if outcome.error is not None else Committed(outcome.value, timestamp_ns, replayed=False)
