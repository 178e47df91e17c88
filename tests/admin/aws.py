"""Services of AWS at the doors of operations, as far as these ask them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from botocore.exceptions import ClientError

from shared.operations.operations import Operations
from shared.runtime.environment import Environment
from tests.runtime.backend import SETTINGS
from tests.support.memory_services import MemoryServices
from tests.support.stores import START_NS

NOW_MS = START_NS / 1e6
ARN = "arn:aws:states:us-east-1:1:stateMachine:polaris-test-"


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START_NS / 1e9 + seconds, UTC)


class Queues:
    """SQS: messages by queue."""

    def __init__(self) -> None:
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.shown: list[str] = []

    def put(self, queue: str, body: str, group: str = "") -> None:
        attributes = {"SentTimestamp": str(int(NOW_MS) - 90_000)} | ({"MessageGroupId": group} if group else {})
        known = self.messages.setdefault(f"https://sqs/1/{queue}", [])
        number = f"{queue}-{len(known)}"
        known.append({"Body": body, "MessageId": number, "ReceiptHandle": number, "Attributes": attributes})

    def list_queues(self, QueueNamePrefix: str, MaxResults: int) -> Any:  # noqa: N803 - AWS's names
        return {"QueueUrls": [url for url in self.messages if f"/{QueueNamePrefix}" in url]}

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> Any:  # noqa: N803
        return {"Attributes": {AttributeNames[0]: str(len(self.messages[QueueUrl]))}}

    def receive_message(self, QueueUrl: str, MaxNumberOfMessages: int, **_more: Any) -> Any:  # noqa: N803
        return {"Messages": self.messages[QueueUrl][:MaxNumberOfMessages]}

    def send_message(self, QueueUrl: str, MessageBody: str, MessageGroupId: str = "", **_more: Any) -> None:  # noqa: N803
        self.put(QueueUrl.rpartition("/")[2], MessageBody, MessageGroupId)

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        kept = [message for message in self.messages[QueueUrl] if message["ReceiptHandle"] != ReceiptHandle]
        self.messages[QueueUrl] = kept

    def change_message_visibility(self, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803
        self.shown.append(ReceiptHandle)

    def bodies(self, queue: str) -> list[str]:
        return [message["Body"] for message in self.messages[f"https://sqs/1/{queue}"]]


class StepFunctions:
    """One execution, `job-1` of `process-message`, whose second state failed once."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def list_executions(self, stateMachineArn: str, **_more: Any) -> Any:  # noqa: N803
        if stateMachineArn != f"{ARN}process-message":
            return {"executions": []}
        return {"executions": [{"name": "job-1", "status": "RUNNING", "startDate": at(0)}], "nextToken": "more"}

    def describe_execution(self, executionArn: str) -> Any:  # noqa: N803
        if not executionArn.endswith(":polaris-test-process-message:job-1"):
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist"}}, "DescribeExecution")
        machine = f"{ARN}process-message"
        return {"status": "RUNNING", "startDate": at(0), "input": '{"jobId":"job-1"}', "stateMachineArn": machine}

    def describe_state_machine(self, stateMachineArn: str) -> Any:  # noqa: N803
        return {"definition": json.dumps({"StartAt": "Begin", "States": {}})}

    def get_execution_history(self, **_request: Any) -> Any:
        def event(id: int, kind: str, **more: Any) -> dict[str, Any]:
            return {"id": id, "previousEventId": id - 1, "type": kind, "timestamp": at(id), **more}

        return {
            "events": [
                event(1, "ExecutionStarted"),
                event(2, "TaskStateEntered", stateEnteredEventDetails={"name": "Begin"}),
                event(3, "TaskScheduled"),
                event(4, "TaskSucceeded"),
                event(5, "TaskStateExited", stateExitedEventDetails={"name": "Begin"}),
                event(6, "TaskStateEntered", stateEnteredEventDetails={"name": "Think"}),
                event(7, "TaskScheduled"),
                event(8, "TaskFailed"),
                event(9, "TaskScheduled"),
            ]
        }


class CloudWatch:
    """Metrics of one function."""

    def get_metric_data(self, MetricDataQueries: list[Any], **_more: Any) -> Any:  # noqa: N803
        found = []
        for query in MetricDataQueries:
            values = {"calls": 4.0, "errors": 1.0, "totalMs": 2000.0}.get(query["Id"].removeprefix("all"), 7.0)
            times = {"Timestamps": [at(0)], "Values": [values]}
            label = "polaris-test-projects-get" if query["Id"] == "throttles" else "projects:get"
            found.append({"Id": query["Id"], "Label": label, **times})
        return {"MetricDataResults": found}


class Insights:
    """Lines of all log groups."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start_query(self, **_request: Any) -> Any:
        return {"queryId": "q"}

    def get_query_results(self, queryId: str) -> Any:  # noqa: N803
        rows = [
            [{"field": "@message", "value": line}, {"field": "@ptr", "value": f"pointer-{number}"}]
            for number, line in enumerate(self.lines)
        ]
        return {"status": "Complete", "results": rows}


class Streams:
    """Changes of the one shard of one table's stream."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def put(self, kind: str, **image: Any) -> None:
        change = {"SequenceNumber": str(len(self.records)), "NewImage": image, "ApproximateCreationDateTime": at(0)}
        self.records.append({"eventName": kind, "dynamodb": change})

    def get_shard_iterator(self, SequenceNumber: str, **_more: Any) -> Any:  # noqa: N803
        if not self.records:
            raise ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetShardIterator")
        return {"ShardIterator": SequenceNumber}

    def get_records(self, ShardIterator: str) -> Any:  # noqa: N803
        start = int(ShardIterator)
        found = self.records[start : start + 2]
        return {"Records": found, "NextShardIterator": str(start + 2)}


class Functions:
    """Lambdas that are invoked directly."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.error = ""

    def invoke(self, FunctionName: str, Payload: bytes) -> Any:  # noqa: N803
        self.told.append((FunctionName, json.loads(Payload)))
        answer = json.dumps({"errorType": self.error, "errorMessage": "as told"}).encode()
        return {"Payload": BytesIO(answer)} | ({"FunctionError": "Unhandled"} if self.error else {})


class Tables:
    """DynamoDB as far as it describes tables."""

    def describe_table(self, TableName: str) -> Any:  # noqa: N803
        return {"Table": {"ItemCount": 3, "TableSizeBytes": 99}}


class Aws:
    """All of them."""

    def __init__(self) -> None:
        self.sqs, self.insights, self.streams, self.functions = Queues(), Insights(), Streams(), Functions()
        self._clients = {
            "sqs": self.sqs,
            "stepfunctions": StepFunctions(),
            "cloudwatch": CloudWatch(),
            "logs": self.insights,
            "dynamodb": Tables(),
            "dynamodbstreams": self.streams,
            "lambda": self.functions,
        }

    def client(self, service: str, **_options: Any) -> Any:
        return self._clients[service]

    def stand_behind(self, environment: Environment, log_file: Path | None = None) -> None:
        """Let a deployment's operations ask these services."""
        settings = SETTINGS._replace(table_prefix="polaris-test-")
        services = cast("MemoryServices", environment.services)
        services.operations = Operations(settings, ARN, log_file, self.client, lambda: NOW_MS)
