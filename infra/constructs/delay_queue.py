"""A queue whose messages wait, each as long as its sender says, before a function handles them."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.mailbox import FAILED_KEPT, VISIBILITY
from infra.names import Names

ATTEMPTS: Final = 3
KEPT: Final = Duration.minutes(15)
"""The longest a message may wait; when it has waited it is soon too late for it."""


def add_delay_queue(
    scope: Construct, name: str, function: lambda_.Function, names: Names, *, most_at_once: int
) -> None:
    """Create the queue `name`, and let each of its messages invoke `function`, at most `most_at_once` of them."""
    own = Construct(scope, f"{name}-queue")
    failed = sqs.Queue(
        own,
        "Failed",
        queue_name=names.failed_delayed(name),
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=FAILED_KEPT,
    )
    queue = sqs.Queue(
        own,
        "Queue",
        queue_name=names.delay_queue(name),
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        visibility_timeout=VISIBILITY,
        retention_period=KEPT,
        dead_letter_queue=sqs.DeadLetterQueue(queue=failed, max_receive_count=ATTEMPTS),
    )
    lambda_.CfnEventSourceMapping(
        own,
        "Mapping",
        event_source_arn=queue.queue_arn,
        function_name=function.function_name,
        batch_size=1,
        scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=most_at_once),
    )
