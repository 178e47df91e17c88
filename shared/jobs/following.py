"""The streams that start state machines, and stop them: of jobs, and of deletions of projects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.db.commit import wait_until_visible
from shared.db.engine import Item, Key
from shared.runtime.environment import Environment
from shared.runtime.told_rows import told_rows
from shared.schema.document import Document
from shared.schema.tables import Deletion, Job

DELETE_PROJECT: Final = "delete-project"
"""The machine that removes what was in a project; an execution has the project's id for its name."""

_PATIENCE_NS: Final = 10 * 10**9


def follow_jobs(event: dict[str, Any], environment: Environment) -> dict[str, Any]:
    """Do what a batch of the stream asks for; an error has the batch sent again, which does no harm."""
    executions = environment.services.executions

    def follow(job: Item) -> None:
        if "input" not in job:
            return
        if job["status"] == "running":
            given = {"jobId": job["jobId"], "projectId": job["projectId"], "kind": job["kind"]}
            executions.start(job["kind"], job["jobId"], given)
        elif job["status"] == "cancelled":
            executions.stop(job["kind"], job["jobId"])

    return _each(_written(event, environment, Job, "jobId", "projectId", "kind", "status"), follow)


def follow_deletions(event: dict[str, Any], environment: Environment) -> dict[str, Any]:
    """Have what was in deleted projects removed; an error has the batch sent again, which does no harm."""

    def follow(deletion: Item) -> None:
        if deletion["kind"] == "project":
            environment.services.executions.start(DELETE_PROJECT, deletion["root"], {"projectId": deletion["root"]})

    return _each(_written(event, environment, Deletion, "kind", "root"), follow)


def _each(rows: list[Item], follow: Callable[[Item], None]) -> dict[str, Any]:
    """Follow every row before an error is told: one that cannot be followed does not hold up the others."""
    failed: list[Exception] = []
    for row in rows:
        try:
            follow(row)
        except (BotoCoreError, ClientError) as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return {}


def _written(event: dict[str, Any], environment: Environment, document: type[Document], *needed: str) -> list[Item]:
    """Return the rows that a batch says were put or changed, once all that was committed with them can be seen.

    What lacks an attribute that is needed is no row that a function has written.
    """

    def read(row: Item) -> Item:
        if lacking := {"_id", *needed} - row.keys():
            raise ValueError(f"A row of {document.table_name()} has no {', '.join(sorted(lacking))}")
        return row

    rows = told_rows(event, environment, read)
    store = environment.database.store
    keys = [Key(document.table(), id) for id in sorted({row["_id"] for row in rows})]
    wait_until_visible(store.engine, store.clock, keys, store.clock.now_ns() + _PATIENCE_NS)
    return rows
