"""The stream of the table of jobs: a new job starts its state machine, a cancelled one stops it."""

from __future__ import annotations

from typing import Any

from shared.db.marshal import to_item
from shared.executions import Executions


def follow(event: dict[str, Any], executions: Executions) -> dict[str, Any]:
    """Do what a batch of the stream asks for; an error has the batch sent again, which does no harm."""
    for record in event["Records"]:
        if "NewImage" not in record["dynamodb"]:
            continue
        job = to_item(record["dynamodb"]["NewImage"])
        if "input" not in job:
            continue
        if job["status"] == "running":
            given = {"jobId": job["jobId"], "projectId": job["projectId"], "kind": job["kind"]}
            executions.start(job["kind"], job["jobId"], given)
        elif job["status"] == "cancelled":
            executions.stop(job["kind"], job["jobId"])
    return {}
