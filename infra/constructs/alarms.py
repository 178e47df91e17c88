"""Few alarms over the whole stage rather than some for each function: what users feel, and what causes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from infra.names import Names
from shared.schema.platform import CHANGES, COMMITS, all_tables
from shared.schema.table import Table

PERIOD: Final = Duration.minutes(5)
TABLES_PER_ALARM: Final = 5
"""An alarm takes ten metrics, and a table's throttles are two."""

_FROM: Final = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_BELOW: Final = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


@dataclass(frozen=True)
class Watched:
    """A metric and when it is bad.

    Attributes:
        name: of the alarm, after the stage's prefix.
        metric: what is measured every five minutes.
        threshold: the alarm sounds at this value, in the metric's unit.
        description: what it means and where to look.
        periods: how many periods in a row have to be bad.
        is_least: whether the alarm sounds below the threshold instead, and if nothing is measured at all.
    """

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    description: str
    periods: int = 1
    is_least: bool = False


def add_alarms(scope: Construct, names: Names, api_id: str, more: Iterable[Watched] = ()) -> None:
    """Create the alarms of a stage, those for `more` too, and the topic they are sent to."""
    topic = sns.Topic(scope, "Alarms", topic_name=f"{names.prefix}-alarms", enforce_ssl=True)
    if names.stage.alarm_email:
        topic.add_subscription(EmailSubscription(names.stage.alarm_email))
    for watched in (*_api(api_id), *_functions(scope, names), *_tables(names), *more):
        alarm = cloudwatch.Alarm(
            scope,
            watched.name,
            alarm_name=f"{names.prefix}-{watched.name}",
            alarm_description=watched.description,
            metric=watched.metric,
            threshold=watched.threshold,
            evaluation_periods=watched.periods,
            comparison_operator=_BELOW if watched.is_least else _FROM,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING
            if watched.is_least
            else cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(SnsAction(topic))


def _api(api_id: str) -> Iterator[Watched]:
    yield Watched(
        "api-5xx",
        metric("AWS/ApiGateway", "5xx", ApiId=api_id),
        5,
        "Calls fail and it is not the caller's fault; the functions' logs name the request ids.",
    )
    yield Watched(
        "api-latency",
        metric("AWS/ApiGateway", "Latency", "p99", ApiId=api_id),
        3000,
        "One call in a hundred takes three seconds (ms) or more; traces show where.",
        periods=3,
    )


def _functions(scope: Construct, names: Names) -> Iterator[Watched]:
    unanswered = logs.MetricFilter(
        scope,
        "Unanswered",
        log_group=logs.LogGroup.from_log_group_name(scope, "AccessLog", names.access_log),
        # API Gateway writes a hyphen where there is nothing to say.
        filter_pattern=logs.FilterPattern.string_value("$.integrationError", "!=", "-"),
        metric_namespace=names.prefix,
        metric_name="UnansweredCalls",
    )
    yield Watched(
        "function-errors",
        unanswered.metric(statistic="Sum", period=PERIOD),
        1,
        "A function crashed, timed out or could not start; the access log names the route.",
    )
    yield Watched(
        "function-throttles",
        metric("AWS/Lambda", "Throttles"),
        1,
        "The account's concurrent executions are used up, by whichever stage; raise the quota.",
    )


def _tables(names: Names) -> Iterator[Watched]:
    tables = all_tables()
    for number, start in enumerate(range(0, len(tables), TABLES_PER_ALARM), 1):
        group = tables[start : start + TABLES_PER_ALARM]
        events = [_of_table(names, table, f"{kind}ThrottleEvents") for table in group for kind in ("Read", "Write")]
        listed = ", ".join(table.name for table in group)
        yield Watched(f"table-throttles-{number}", sum_of(events), 10, f"DynamoDB refuses calls for load: {listed}.")
    # Nearly every call does one of these.
    errors = [
        _of_table(names, COMMITS, "SystemErrors", Operation="TransactWriteItems"),
        _of_table(names, CHANGES, "SystemErrors", Operation="Query"),
    ]
    yield Watched("table-errors", sum_of(errors), 5, "DynamoDB itself fails; see the AWS Health Dashboard.")


def _of_table(names: Names, table: Table, name: str, **dimensions: str) -> cloudwatch.Metric:
    return metric("AWS/DynamoDB", name, TableName=names.table(table), **dimensions)


def metric(namespace: str, name: str, statistic: str = "Sum", **dimensions: str) -> cloudwatch.Metric:
    """Return a metric over five minutes."""
    return cloudwatch.Metric(
        namespace=namespace, metric_name=name, statistic=statistic, period=PERIOD, dimensions_map=dimensions
    )


def sum_of(metrics: Iterable[cloudwatch.Metric]) -> cloudwatch.MathExpression:
    """Add metrics up; unlike `+`, `SUM` passes over those that are silent, as throttles usually are."""
    return _over("SUM", metrics)


def most(metrics: Iterable[cloudwatch.Metric]) -> cloudwatch.MathExpression:
    """Return the highest of metrics."""
    return _over("MAX", metrics)


def _over(function: str, metrics: Iterable[cloudwatch.Metric]) -> cloudwatch.MathExpression:
    terms: dict[str, cloudwatch.IMetric] = {f"m{number}": metric for number, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=f"{function}([{','.join(terms)}])", using_metrics=terms, period=PERIOD
    )
