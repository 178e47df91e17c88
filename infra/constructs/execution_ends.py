"""Executions of state machines that end badly invoke a function."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_events_targets import LambdaFunction
from constructs import Construct

from infra.names import Names


def add_execution_ends(scope: Construct, name: str, function: lambda_.Function, names: Names) -> None:
    """Invoke `function` whenever an execution of the stage's machines has failed, timed out or been aborted."""
    function.configure_async_invoke(retry_attempts=2, max_event_age=Duration.hours(1))
    events.Rule(
        scope,
        f"{name}-ends",
        rule_name=names.function(name),
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                "stateMachineArn": [{"prefix": names.machine_arn("")}],
            },
        ),
        targets=[LambdaFunction(function, retry_attempts=5, max_event_age=Duration.hours(1))],
    )
