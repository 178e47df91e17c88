"""A log group that forgets."""

from __future__ import annotations

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import LogGroup, RetentionDays
from constructs import Construct

from infra.names import Names
from infra.stage import LOG_RETENTION_DAYS

_RETENTION: Final = dict(
    zip(
        LOG_RETENTION_DAYS,
        (
            RetentionDays.ONE_DAY,
            RetentionDays.ONE_WEEK,
            RetentionDays.TWO_WEEKS,
            RetentionDays.ONE_MONTH,
            RetentionDays.THREE_MONTHS,
            RetentionDays.SIX_MONTHS,
            RetentionDays.ONE_YEAR,
        ),
        strict=True,
    )
)


def add_log_group(scope: Construct, id: str, name: str, names: Names) -> LogGroup:
    """Create a log group with the stage's retention. Logs are no state: they go with their stack."""
    return LogGroup(
        scope,
        id,
        log_group_name=name,
        retention=_RETENTION[names.stage.log_retention_days],
        removal_policy=RemovalPolicy.DESTROY,
    )
