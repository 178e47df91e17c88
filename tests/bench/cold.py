"""Cold import: a function's module with its DynamoDB client, beside a hand-written handler's imports.

The hand-written one has a model for its arguments: pydantic loads most of itself with the first.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.bench.measure import Measurement, compare

SUBJECT = "import functions.projects; from shared import aws; aws.client('dynamodb', repeats=False)"
FLOOR = """
import boto3, jwt
from pydantic import BaseModel
class Arguments(BaseModel):
    id: str
boto3.client("dynamodb")
"""


def cold_import() -> Measurement:
    """Time new interpreters, each importing and making its client."""
    return compare(lambda: _python(SUBJECT), lambda: _python(FLOOR), rounds=15, warm_up=2)


def _python(script: str) -> None:
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, capture_output=True)
