"""From the services that a door calls to the statements of its role.

model       calls the models that the stage has chosen
scratch     keeps objects of jobs
collection  looks through uploads and both buckets, and removes objects
executions  starts and stops executions of the stage's state machines
tokens      reads the identity provider's server key, with which users' GitHub tokens are fetched
billing     reads Autumn's key
rows        looks through whole tables, and at the audit log
audit       writes the audit log
census      counts the sockets and what they watch
logs        asks Logs Insights what functions have logged
machines    looks at state machines and their executions
metrics     looks at the stage's metrics
queues      counts messages that could not be handled
redrive     sends such messages where they came from, or tells functions again of what they gave up
tables      asks how large tables are
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from infra.grants import Grant
from infra.names import Names
from shared.jobs.scratch import PREFIX
from shared.schema.document import DOCUMENTS
from shared.schema.platform import CLAIMS, CONNECTIONS, RANGES, SUBSCRIPTIONS, all_tables
from shared.schema.tables import AdminAction, StoredFile

FED_BY_STREAMS: Final = ("realtime-onChange", "workflows-jobs-onChange", "workflows-jobs-onDeletion")
"""The doors that tables' streams feed."""

_KEYS: Final = "keys of objects are made at run time"
_NAMES: Final = "an execution has the name of its job"
_QUEUES: Final = "the queues of the stage, by their names"
_REGIONS: Final = "an inference profile sends calls on to models in several regions"


def use_grants(uses: Iterable[str], names: Names) -> list[Grant]:
    """Return what the role of a function needs that calls the services `uses`.

    Raises:
        KeyError: there is no such service.
    """
    return [grant for use in uses for grant in _OF_SERVICE[use](names)]


def _of_model(names: Names) -> Iterator[Grant]:
    jobs = names.job_settings
    models = sorted({jobs.model_id, jobs.title_model_id} - {""})
    resources = tuple(resource for model in models for resource in names.model_arns(model))
    if resources:
        actions = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
        yield Grant(actions, resources, _REGIONS)


def _of_scratch(names: Names) -> Iterator[Grant]:
    bucket = names.settings.content_bucket
    yield Grant(("s3:GetObject", "s3:PutObject"), (names.objects_arn(bucket, PREFIX),), _KEYS)
    yield Grant(("s3:ListBucket",), (names.bucket_arn(bucket),))


def _of_collection(names: Names) -> Iterator[Grant]:
    settings = names.settings
    buckets = (settings.content_bucket, settings.storage_bucket)
    yield Grant(("s3:ListBucket",), tuple(map(names.bucket_arn, buckets)))
    yield Grant(("s3:DeleteObject",), tuple(names.objects_arn(bucket, "") for bucket in buckets), _KEYS)
    yield Grant(("dynamodb:Scan",), (names.table_arn(StoredFile.table()), names.table_arn(RANGES)))
    yield Grant(("dynamodb:DeleteItem",), (names.table_arn(RANGES),))
    yield Grant(("dynamodb:BatchGetItem",), (names.table_arn(CLAIMS),))


def _of_executions(names: Names) -> Iterator[Grant]:
    yield Grant(("states:StartExecution",), (names.machine_arn("*"),), _NAMES)
    yield Grant(("states:StopExecution",), (names.executions_arn("*"),), _NAMES)


def _of_tokens(names: Names) -> Iterator[Grant]:
    yield from _secret(names, names.job_settings.provider_key_secret)


def _of_billing(names: Names) -> Iterator[Grant]:
    yield from _secret(names, names.job_settings.autumn_key_secret)


def _of_rows(names: Names) -> Iterator[Grant]:
    yield Grant(("dynamodb:Scan",), tuple(names.table_arn(document.table()) for document in DOCUMENTS.values()))
    log, index = AdminAction.table(), AdminAction.by_log.secondary_index()
    yield Grant(("dynamodb:GetItem", "dynamodb:BatchGetItem"), (names.table_arn(log),))
    yield Grant(("dynamodb:Query",), (names.index_arn(log, index),))


def _of_audit(names: Names) -> Iterator[Grant]:
    yield Grant(("dynamodb:PutItem",), (names.table_arn(AdminAction.table()),))


def _of_census(names: Names) -> Iterator[Grant]:
    yield Grant(("dynamodb:Scan",), (names.table_arn(CONNECTIONS), names.table_arn(SUBSCRIPTIONS)))


def _of_logs(names: Names) -> Iterator[Grant]:
    groups = names.log_group_arn(names.log_group(f"{names.prefix}-*"))
    yield Grant(("logs:StartQuery",), (groups, f"{groups}:*"), "one query looks through the logs of all functions")
    yield Grant(("logs:GetQueryResults",), ("*",), "a query has no ARN")


def _of_machines(names: Names) -> Iterator[Grant]:
    machines = (names.machine_arn("*"),)
    yield Grant(("states:ListExecutions", "states:DescribeStateMachine"), machines, _NAMES)
    yield Grant(("states:DescribeExecution", "states:GetExecutionHistory"), (names.executions_arn("*"),), _NAMES)


def _of_metrics(_names: Names) -> Iterator[Grant]:
    yield Grant(("cloudwatch:GetMetricData",), ("*",), "CloudWatch knows no rights of single metrics")


def _of_queues(names: Names) -> Iterator[Grant]:
    yield Grant(("sqs:ListQueues",), (names.queue_arn("*"),), "it lists the queues of the account")
    yield Grant(("sqs:GetQueueAttributes",), (names.queue_arn(f"{names.prefix}-*"),), _QUEUES)


def _of_redrive(names: Names) -> Iterator[Grant]:
    yield from _of_queues(names)
    moved = ("ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage", "SendMessage")
    yield Grant(tuple(f"sqs:{action}" for action in moved), (names.queue_arn(f"{names.prefix}-*"),), _QUEUES)
    read = ("dynamodb:GetRecords", "dynamodb:GetShardIterator")
    streams = tuple(names.stream_arn(table) for table in all_tables() if table.streams)
    yield Grant(read, streams, "a stream's name holds the time at which it was switched on")
    # Whoever may invoke any function may be any user; messages about streams name these, and no others.
    yield Grant(("lambda:InvokeFunction",), tuple(map(names.function_arn, FED_BY_STREAMS)))


def _of_tables(names: Names) -> Iterator[Grant]:
    tables = tuple(names.table_arn(document.table()) for document in DOCUMENTS.values())
    yield Grant(("dynamodb:DescribeTable",), tables)


def _secret(names: Names, secret: str) -> Iterator[Grant]:
    if secret:
        yield Grant(("secretsmanager:GetSecretValue",), (names.secret_arn(secret),))


_OF_SERVICE: Final[dict[str, Callable[[Names], Iterator[Grant]]]] = {
    "model": _of_model,
    "scratch": _of_scratch,
    "collection": _of_collection,
    "executions": _of_executions,
    "tokens": _of_tokens,
    "billing": _of_billing,
    "rows": _of_rows,
    "audit": _of_audit,
    "census": _of_census,
    "logs": _of_logs,
    "machines": _of_machines,
    "metrics": _of_metrics,
    "queues": _of_queues,
    "redrive": _of_redrive,
    "tables": _of_tables,
}
