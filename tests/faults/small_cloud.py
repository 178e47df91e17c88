"""A MiniStack with tables and a few Lambdas, which is there in two seconds: real processes without `make dev`."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sysconfig
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import boto3
from botocore.config import Config

from infra.local.cloud import ACCOUNT, NOBODY, REGION
from infra.local.ministack import MiniStack
from infra.local.workspace import ROOT, Workspace
from shared.db.aws import BucketObjects
from shared.db.clock import system_clock
from shared.db.dynamo import DynamoEngine
from shared.db.store import Store
from tests.faults.server import CLOCK
from tests.support.dynamodb import create_tables
from tests.support.stores import HashSigner, mark_ready

PREFIX: Final = "polaris-small-"
TIMEOUT_S: Final = 60

_SOURCE: Final = """
import os, sys
sys.path[:0] = os.environ["PROBE_PATH"].split(os.pathsep)
from tests.faults.probe import *
"""


@dataclass(frozen=True)
class SmallCloud:
    """A MiniStack of the tests' own.

    Attributes:
        endpoint: where it is.
        state: the folder of its state; `skew.json` in it says how wrong the clocks of its Lambdas are.
    """

    endpoint: str
    state: Path

    @property
    def pid(self) -> int:
        """The number of its process."""
        return int((self.state / "ministack.pid").read_text())

    def make_tables(self) -> None:
        """Make all tables, unless there are any."""
        _ = self.store

    @cached_property
    def store(self) -> Store:
        """The data layer of this process, on tables that are made when it is first asked for."""
        create_tables(self.client("dynamodb"), PREFIX)
        engine = DynamoEngine(self.client("dynamodb"), lambda table: PREFIX + table.lstrip("_"))
        mark_ready(engine)
        bucket = BucketObjects(lambda: self.client("s3"), "content")
        return Store(engine, bucket, system_clock(os.urandom), HashSigner())

    @cached_property
    def queue(self) -> str:
        """The URL of a mailbox."""
        attributes = {"FifoQueue": "true"}
        return str(self.client("sqs").create_queue(QueueName="mailbox.fifo", Attributes=attributes)["QueueUrl"])

    def client(self, service: str) -> Any:
        """Return a client that asks once, and the Lambda of long calls."""
        session = boto3.Session(NOBODY, NOBODY, region_name=REGION)
        once: Any = {"total_max_attempts": 1}
        config = Config(proxies={}, retries=once, read_timeout=TIMEOUT_S + 5)
        return session.client(service, endpoint_url=self.endpoint, config=config)  # type: ignore[call-overload]

    def deploy(self, name: str, endpoint: str = "", **settings: str) -> str:
        """Make a Lambda of a function of `tests.faults.probe`, and return its ARN.

        Args:
            name: of both.
            endpoint: where it finds AWS, if not at the MiniStack itself.
            settings: of the deployment, by the names of their variables without `POLARIS_`.
        """
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("probe.py", _SOURCE)
        variables = {
            "PROBE_PATH": os.pathsep.join((str(ROOT), sysconfig.get_paths()["purelib"])),
            "AWS_ENDPOINT_URL": endpoint or self.endpoint,
            "POLARIS_TABLE_PREFIX": PREFIX,
            "POLARIS_MAILBOXES": json.dumps([self.queue]),
            **{f"POLARIS_{name}": value for name, value in (dict.fromkeys(_UNUSED, "none") | settings).items()},
        }
        made = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=f"arn:aws:iam::{ACCOUNT}:role/any",
            Handler=f"probe.{name}",
            Timeout=TIMEOUT_S,
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": variables},
        )
        return str(made["FunctionArn"])

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        """Run a Lambda and return its result; what it raises is `{"errorType", "errorMessage"}`."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        return json.loads(answer["Payload"].read())

    def begin(self, name: str, event: dict[str, Any]) -> Future[Any]:
        """Run a Lambda meanwhile."""
        pool = ThreadPoolExecutor(1)
        future = pool.submit(self.invoke, name, event)
        pool.shutdown(wait=False)
        return future


_UNUSED: Final = (
    "CONTENT_BUCKET",
    "STORAGE_BUCKET",
    "INTERNAL_KEY_SECRET",
    "SIGNING_KEY_SECRET",
    "PUBLIC_URL_PARAMETER",
)


@contextmanager
def small_cloud(state: Path) -> Iterator[SmallCloud]:
    """Run a MiniStack with its state in a folder, and AWS's variables of this process pointing at it."""
    ministack = MiniStack(Workspace(ROOT, state, 0, functions_path=str(CLOCK)))
    asyncio.run(ministack.start())
    settings = {
        "AWS_ENDPOINT_URL": ministack.endpoint,
        "AWS_ACCESS_KEY_ID": NOBODY,
        "AWS_SECRET_ACCESS_KEY": NOBODY,
        "AWS_DEFAULT_REGION": REGION,
    }
    try:
        with patch.dict(os.environ, settings):
            yield SmallCloud(ministack.endpoint, state)
    finally:
        ministack.stop()
