"""A queue in which the messages of a group are handled one at a time, in the order in which they came."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.service_function import TIMEOUT_S
from infra.names import Names

BATCH: Final = 10
"""Messages that a function gets at once: the most there is for FIFO queues, which also have no batching window."""

START_S: Final = 10
"""How long AWS lets a cold start take, which does not count as the function's time."""

VISIBILITY: Final = Duration.seconds(TIMEOUT_S + START_S + 6)
"""Longer than a function can live, and hardly more: clients whose function crashed wait for it. AWS recommends six
timeouts, for functions that may not be given a batch twice."""

ATTEMPTS: Final = 5
KEPT: Final = Duration.hours(3)
"""A socket lives for two hours at most."""

FAILED_KEPT: Final = Duration.days(14)


def add_mailbox(scope: Construct, name: str, function: lambda_.Function, names: Names) -> None:
    """Create the queues that together are the queue `name`, and let them invoke `function`."""
    own = Construct(scope, f"{name}-queue")
    failed = sqs.Queue(
        own,
        "Failed",
        queue_name=names.failed_messages(name),
        fifo=True,
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=FAILED_KEPT,
    )
    for number, queue_name in enumerate(names.queues(name)):
        queue = sqs.Queue(
            own,
            f"Queue{number}",
            queue_name=queue_name,
            fifo=True,
            # Together these are what AWS calls high throughput.
            deduplication_scope=sqs.DeduplicationScope.MESSAGE_GROUP,
            fifo_throughput_limit=sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            visibility_timeout=VISIBILITY,
            retention_period=KEPT,
            dead_letter_queue=sqs.DeadLetterQueue(queue=failed, max_receive_count=ATTEMPTS),
        )
        lambda_.CfnEventSourceMapping(
            own,
            f"Mapping{number}",
            event_source_arn=queue.queue_arn,
            function_name=function.function_name,
            batch_size=BATCH,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=names.stage.actors
            ),
        )
