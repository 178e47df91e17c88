"""What follows the changes of a table."""

from __future__ import annotations

import json
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.names import Names

BATCH: Final = 100
SIDE_BY_SIDE: Final = 10
"""How many batches of a shard are handled at once, the most there is: who hears of commits needs no order of them,
and one batch after the other could not keep up with a shard's writes."""
ATTEMPTS: Final = 10
MOST_AGE_S: Final = 600
"""How long a change is tried before it is given up; what comes after it in its shard waits that long."""

KEPT: Final = Duration.days(14)


def add_table_stream(scope: Construct, table: str, stream_arn: str, function: lambda_.Function, names: Names) -> None:
    """Let rows that are put into `table` or changed invoke `function`, each time at least once.

    Outcomes are never changed, so of these rows there is each but once.
    A failing batch is halved until what fails is alone. The function does not report single records as failed, since
    the local cloud would lose them.
    """
    own = Construct(scope, f"{table}-stream")
    failed = sqs.Queue(
        own,
        "Failed",
        queue_name=names.failed_changes(table),
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=KEPT,
    )
    acknowledge(failed, "SQS3", "it is where failures end")
    on_failure = lambda_.CfnEventSourceMapping.OnFailureProperty(destination=failed.queue_arn)
    pattern = json.dumps({"eventName": ["INSERT", "MODIFY"]})
    rows = lambda_.CfnEventSourceMapping.FilterProperty(pattern=pattern)
    lambda_.CfnEventSourceMapping(
        own,
        "Mapping",
        event_source_arn=stream_arn,
        function_name=function.function_name,
        starting_position="TRIM_HORIZON",
        batch_size=BATCH,
        parallelization_factor=SIDE_BY_SIDE,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=ATTEMPTS,
        maximum_record_age_in_seconds=MOST_AGE_S,
        destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(on_failure=on_failure),
        filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(filters=[rows]),
    )
