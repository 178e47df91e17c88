"""Cold starts: what a new process takes before it is ready, and until its first call is answered.

The floor is a handler that somebody has written by hand with boto3, PyJWT and pydantic, in the same layer. It has a
model for its arguments: pydantic loads most of itself with the first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore

import functions
from shared.runtime.door import Door
from shared.runtime.function import Function
from shared.runtime.registry import discover, discover_doors
from tests.bench.deployment import BenchDeployment
from tests.bench.figure import Figure
from tests.bench.interpreters import Interpreters, interpreters
from tests.bench.measure import exact, of_pairs

FLOOR = """
import boto3, jwt
from pydantic import BaseModel
class Arguments(BaseModel):
    id: str
dynamodb = boto3.client("dynamodb")
"""
"""The hand-written handler's module."""

FLOOR_CALL = """
import json, os
def handler(event, context):
    token = event["headers"]["authorization"].removeprefix("Bearer ")
    key = jwt.PyJWK(json.loads(os.environ["KEY"]))
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="convex", issuer=os.environ["ISSUER"])
    arguments = Arguments.model_validate(json.loads(event["body"])["args"])
    key = {"_id": {"S": arguments.id}}
    item = dynamodb.get_item(TableName=os.environ["TABLE"], Key=key, ConsistentRead=True)["Item"]
    assert item["ownerId"]["S"] == claims["sub"]
    value = {name: next(iter(typed.values())) for name, typed in item.items()}
    return {"statusCode": 200, "body": json.dumps({"status": "success", "value": value})}
"""
CALL = """
import json, os
answer = handler(json.loads(os.environ["EVENT"]), None)
assert json.loads(answer["body"])["status"] == "success", answer
"""


def modules() -> list[str]:
    """Return the modules in which handlers of Lambdas stand."""
    declared: list[Function[Any] | Door] = [*discover(functions).values(), *discover_doors(functions)]
    return sorted({one.body.__module__ for one in declared})


def subject_of(module: str) -> str:
    """Return what a process does until it is ready to call a function of `module`."""
    return f"import {module}; from shared import aws; aws.client('dynamodb', repeats=False)"


def cold_figures(
    there: BenchDeployment, *, rounds: int = 15, of_each: int = 3, only: tuple[str, ...] = ()
) -> Iterator[Figure]:
    """Measure; `functions.projects` stands for all, with more rounds.

    Args:
        there: what the first calls meet.
        rounds: of the figures that count.
        of_each: rounds of each further module.
        only: modules, if not all.
    """
    with interpreters() as python:
        yield _import(python, "functions.projects", "import", rounds)
        as_it_comes = {"AWS_DATA_PATH": str(Path(botocore.__file__).parent / "data")}
        told = "beside the handler with botocore's data as it comes"
        yield _import(python, "functions.projects", "import", rounds, as_it_comes, told)
        yield from _first_calls(python, there, rounds)
        for module in only or modules():
            yield _import(python, module, "import of each module", of_each)


def _import(
    python: Interpreters, module: str, group: str, rounds: int, floor: Mapping[str, str] | None = None, told: str = ""
) -> Figure:
    pairs = [(python.cpu_ms(subject_of(module)), python.cpu_ms(FLOOR, floor)) for _ in range(rounds + 1)][1:]
    return Figure("cold", f"Cold start: {group}", module, of_pairs(pairs, "ms CPU"), told)


def _first_calls(python: Interpreters, there: BenchDeployment, rounds: int) -> Iterator[Figure]:
    here = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    here |= {"KEY": there.public_key, "ISSUER": there.issuer, "TABLE": there.table("projects")}
    floor = here | {"EVENT": json.dumps(there.event({"args": {"id": there.project}}))}
    for name, function, arguments in (
        ("projects:getById", "get_by_id", {"id": there.project}),
        ("projects:rename", "rename", {"id": there.project, "name": "Other"}),
    ):
        subject = f"from functions.projects import {function} as handler\n{CALL}"
        mine = here | {"EVENT": json.dumps(there.event({"args": arguments}))}
        theirs = FLOOR + FLOOR_CALL + CALL
        pairs = [(python.cpu_ms(subject, mine), python.cpu_ms(theirs, floor)) for _ in range(rounds + 1)][1:]
        yield Figure("cold", "Cold start: import and first call of a signed-in user", name, of_pairs(pairs, "ms CPU"))
        size = exact(python.peak_mb(subject, mine), "MB", python.peak_mb(theirs, floor))
        yield Figure("cold", "Memory after that", name, size)
