"""What the local cloud itself can tell during a load and after it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import boto3
from botocore.config import Config

from infra.local.cloud import NOBODY, REGION
from infra.local.ministack import running_endpoint
from infra.local.workspace import ROOT, Workspace
from tests.e2e.dev_server import DevServer
from tests.load.effects import Commits

_DEPTHS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class Cloud:
    """The services behind a running backend."""

    def __init__(self, server: DevServer) -> None:
        self.endpoint = running_endpoint(Workspace(ROOT, server.state, server.port))
        session = boto3.Session(aws_access_key_id=NOBODY, aws_secret_access_key=NOBODY, region_name=REGION)
        settings: dict[str, Any] = {"endpoint_url": self.endpoint, "config": Config(proxies={})}
        self._sqs: Any = session.client("sqs", **settings)
        self._commits: Any = session.resource("dynamodb", **settings).Table("polaris-local-commits")
        self._mailboxes = [url for url in self._sqs.list_queues()["QueueUrls"] if url.endswith(".fifo")]

    def depths(self) -> list[int]:
        """Return how many events wait in each mailbox, or are being handled."""
        return [self._depth(url) for url in self._mailboxes]

    def commits(self) -> Commits:
        """Return how many successful commits of each function wrote each document."""
        found: Counter[tuple[str, str]] = Counter()
        page: dict[str, Any] = {}
        while True:
            page = self._commits.scan(ConsistentRead=True, **page)
            for row in page["Items"]:
                if row["status"] == "ok":
                    found.update((row["caller"]["function"], document) for document in row["documents"])
            if "LastEvaluatedKey" not in page:
                return found
            page = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _depth(self, url: str) -> int:
        told = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_DEPTHS))["Attributes"]
        return sum(int(told[name]) for name in _DEPTHS)
