"""`python -m tests.e2e.live.history`: changes the steps of generations as no function does, until its input ends.

Each line of input is a JSON object of a `project` and `changes`: `{"insert": createdAt}` and `{"delete": id}`, made
in one transaction of the runtime; each is answered by an empty line. It acts on the local cloud of the environment's
`POLARIS_STATE_DIR`.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import boto3

from infra.local import ministack
from infra.local.workspace import workspace_from
from shared.db.access import Access
from shared.db.database import MutationRequest
from shared.db.writer import Writer
from shared.runtime.environment import environment
from shared.schema.tables import GenerationEvent


def main() -> None:
    workspace = workspace_from(os.environ)
    cloud = {"AWS_ENDPOINT_URL": ministack.running_endpoint(workspace)}
    os.environ.update(ministack.environment(workspace) | cloud)
    lambda_: Any = boto3.client("lambda")
    function = lambda_.get_function_configuration(FunctionName="polaris-local-realtime-session")
    os.environ.update(function["Environment"]["Variables"])
    for line in sys.stdin:
        rewrite(**json.loads(line))
        print(flush=True)


def rewrite(project: str, changes: list[dict[str, Any]]) -> None:
    def change(db: Writer) -> str:
        for asked in changes:
            if "delete" in asked:
                db.delete(asked["delete"])
            else:
                time = asked["insert"]
                db.insert(GenerationEvent, project_id=project, type="step", message=f"{time}", created_at=time)
        return "null"

    access = Access(writes=frozenset({GenerationEvent}))
    environment().database.mutate(access, change, MutationRequest("test:history", "internal", ""))


if __name__ == "__main__":
    main()
