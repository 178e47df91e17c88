"""A clock that invokes a function."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_events_targets import LambdaFunction
from constructs import Construct

from infra.names import Names


def add_schedule(scope: Construct, name: str, expression: str, function: lambda_.Function, names: Names) -> None:
    """Invoke `function` whenever `expression` says, such as `cron(* * * * ? *)`: every minute.

    Should it fail, it is tried once more, for which Lambda takes a minute.
    """
    function.configure_async_invoke(retry_attempts=1, max_event_age=Duration.seconds(120))
    events.Rule(
        scope,
        f"{name}-schedule",
        rule_name=names.function(name),
        schedule=events.Schedule.expression(expression),
        targets=[LambdaFunction(function, retry_attempts=2, max_event_age=Duration.seconds(60))],
    )
