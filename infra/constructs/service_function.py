"""A Lambda with a role and a log group of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, cast

from aws_cdk import Aws, CfnResource, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.constructs.log_group import add_log_group
from infra.constructs.packages import ARCHITECTURE, RUNTIME, Packages
from infra.environment import environment
from infra.grants import Grant
from infra.names import Names

TIMEOUT_S: Final = 29
"""Below the HTTP API's 30 s, so that a function's own answer or time-out comes first."""

MEMORY_MB: Final = 512
"""A Lambda's share of a CPU grows with its memory. Imports and TLS make a cold start CPU-bound, so half of this would
double it; a warm call mostly waits for DynamoDB, so twice this would buy little. The process needs below 120 MB."""


@dataclass(frozen=True)
class Service:
    """What a Lambda runs, where it is called, and what it may do.

    Attributes:
        name: last part of its name, such as `projects-getById`.
        handler: the handler string, such as `functions.projects.get_by_id`.
        description: one sentence.
        routes: HTTP API route keys, such as `POST /api/run/projects/getById`.
        grants: what its role allows besides logs and traces.
        sources: what else invokes it; see `shared.runtime.door.Door`.
        timeout_s: how long a call may take.
        memory_mb: how much memory it has.
        begins_traces: whether X-Ray begins traces at its calls, and does not only go on with those of its callers.
    """

    name: str
    handler: str
    description: str
    routes: tuple[str, ...]
    grants: tuple[Grant, ...]
    sources: tuple[str, ...] = ()
    timeout_s: int = TIMEOUT_S
    memory_mb: int = MEMORY_MB
    begins_traces: bool = True

    @property
    def is_of_jobs(self) -> bool:
        """Whether it runs, starts or watches state machines."""
        return self.handler.startswith("functions.workflows.")


def add_service_function(
    scope: Construct, service: Service, names: Names, packages: Packages, websocket_endpoint: str = ""
) -> lambda_.Function:
    """Create the Lambda of `service`, its role with one policy, and its log group."""
    own = Construct(scope, service.name)
    name = names.function(service.name)
    log_group_name = names.log_group(name)
    function = lambda_.Function(
        own,
        "Function",
        function_name=name,
        description=service.description,
        handler=service.handler,
        code=packages.code,
        layers=[packages.layer],
        runtime=RUNTIME,
        architecture=ARCHITECTURE,
        memory_size=service.memory_mb,
        timeout=Duration.seconds(service.timeout_s),
        environment=environment(names, websocket_endpoint),
        role=_add_role(own, [*service.grants, *_telemetry(names.log_streams_arn(log_group_name))]),
        log_group=add_log_group(own, "Logs", log_group_name, names),
        logging_format=lambda_.LoggingFormat.JSON,
        # Lambda's own lines would be more than half of the log; the warnings tell of time-outs and crashes.
        system_log_level_v2=lambda_.SystemLogLevel.WARN,
        application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
        tracing=lambda_.Tracing.ACTIVE if service.begins_traces else lambda_.Tracing.PASS_THROUGH,
    )
    # CDK lets a function wait for its role's policies; these are within the role, to which it refers anyhow.
    cast("CfnResource", function.node.default_child).add_deletion_override("DependsOn")
    return function


def _add_role(scope: Construct, grants: Collection[Grant]) -> iam.IRole:
    """Create a role that allows exactly `grants`, whatever constructs would add to it."""
    statements = [iam.PolicyStatement(actions=[*grant.actions], resources=[*grant.resources]) for grant in grants]
    role = iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={"access": iam.PolicyDocument(statements=statements, minimize=False)},
    )
    for grant in grants:
        for resource in filter(_is_wild, grant.resources):
            acknowledge(role, f"IAM5[Resource::{_as_written_by_nag(resource)}]", grant.why)
    return role.without_policy_updates()


def _telemetry(log_streams_arn: str) -> tuple[Grant, ...]:
    return (
        Grant(("logs:CreateLogStream", "logs:PutLogEvents"), (log_streams_arn,), "Lambda names the streams"),
        Grant(("xray:PutTraceSegments", "xray:PutTelemetryRecords"), ("*",), "X-Ray has no resources to name"),
    )


def _is_wild(resource: str) -> bool:
    return "*" in resource


def _as_written_by_nag(resource: str) -> str:
    """cdk-nag writes CloudFormation's pseudo parameters in angle brackets."""
    for token, name in ((Aws.PARTITION, "Partition"), (Aws.REGION, "Region"), (Aws.ACCOUNT_ID, "AccountId")):
        resource = resource.replace(token, f"<AWS::{name}>")
    return resource
