"""A state machine with a role and a log group of its own."""

from __future__ import annotations

import json
from typing import Any, Final

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.constructs.log_group import add_log_group
from infra.names import Names

_LOG_DELIVERY: Final = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
_TRACING: Final = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


def add_state_machine(
    scope: Construct, name: str, definition: dict[str, Any], names: Names
) -> stepfunctions.CfnStateMachine:
    """Create the standard state machine `name`, which may call the Lambdas that its definition names.

    Its log says which states ran and how they ended, without what they were sent.
    """
    own = Construct(scope, f"{name}-machine")
    log_group = f"/aws/vendedlogs/states/{names.machine(name)}"
    group = add_log_group(own, "Logs", log_group, names)
    role = iam.Role(
        own,
        "Role",
        assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
        inline_policies={
            "access": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=sorted(lambdas_of(definition))),
                    iam.PolicyStatement(actions=[*_LOG_DELIVERY, *_TRACING], resources=["*"]),
                ],
                minimize=False,
            )
        },
    )
    acknowledge(role, "IAM5[Resource::*]", "log delivery and X-Ray have no resources to name")
    machine = stepfunctions.CfnStateMachine(
        own,
        "Machine",
        state_machine_name=names.machine(name),
        state_machine_type="STANDARD",
        role_arn=role.role_arn,
        definition_string=json.dumps(definition),
        tracing_configuration=stepfunctions.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        logging_configuration=stepfunctions.CfnStateMachine.LoggingConfigurationProperty(
            level="ALL",
            include_execution_data=False,
            destinations=[
                stepfunctions.CfnStateMachine.LogDestinationProperty(
                    cloud_watch_logs_log_group=stepfunctions.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                        log_group_arn=f"{names.log_group_arn(log_group)}:*"
                    )
                )
            ],
        ),
    )
    machine.node.add_dependency(group)
    return machine


def add_nightly_start(
    scope: Construct, name: str, expression: str, machine: stepfunctions.CfnStateMachine, names: Names
) -> None:
    """Start an execution of `machine`, with the input {}, whenever `expression` says."""
    starting = iam.PolicyStatement(actions=["states:StartExecution"], resources=[names.machine_arn(name)])
    role = iam.Role(
        scope,
        f"{name}-StartRole",
        assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
        inline_policies={"start": iam.PolicyDocument(statements=[starting])},
    )
    events.CfnRule(
        scope,
        f"{name}-nightly",
        name=names.machine(name),
        schedule_expression=expression,
        targets=[events.CfnRule.TargetProperty(id=name, arn=machine.ref, role_arn=role.role_arn, input="{}")],
    )


def lambdas_of(definition: dict[str, Any]) -> set[str]:
    """Return the ARNs of the Lambdas that a definition calls."""
    found = set()
    for state in definition["States"].values():
        if state["Type"] == "Task":
            found.add(state["Resource"])
        for inner in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])):
            found |= lambdas_of(inner)
    return found
