"""The HTTP API, and the routes that lead from it to Lambdas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.constructs.log_group import add_log_group
from infra.constructs.service_function import Service
from infra.cors import CORS_HEADERS, CORS_MAX_AGE_S, CORS_METHODS, CORS_ORIGINS
from infra.names import Names

RATE_PER_S: Final = 1000
BURST: Final = 2000
"""Requests; a tenth of an account's quota of 10,000 a second, so that a stage cannot starve the others."""

_ACCESS_LOG: Final = {
    "time": "$context.requestTimeEpoch",
    "requestId": "$context.requestId",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latencyMs": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
    "bytes": "$context.responseLength",
    "ip": "$context.identity.sourceIp",
    "client": "$context.identity.userAgent",
}
"""The route and not the path: paths and query strings of files hold capabilities."""


def add_http_api(scope: Construct, names: Names) -> apigateway.CfnApi:
    """Create the API with its one stage; routes are added with the functions they lead to."""
    api = apigateway.CfnApi(
        scope,
        "HttpApi",
        name=names.prefix,
        protocol_type="HTTP",
        cors_configuration=apigateway.CfnApi.CorsProperty(
            allow_origins=CORS_ORIGINS,
            allow_methods=CORS_METHODS,
            allow_headers=CORS_HEADERS,
            max_age=CORS_MAX_AGE_S,
        ),
    )
    # Below this prefix, log groups do not count against the account's resource policy for log delivery.
    log_group = add_log_group(scope, "AccessLog", names.access_log, names)
    stage = apigateway.CfnStage(
        scope,
        "Stage",
        api_id=api.ref,
        stage_name="$default",
        auto_deploy=True,
        default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
            throttling_rate_limit=RATE_PER_S, throttling_burst_limit=BURST
        ),
        access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=names.log_group_arn(names.access_log), format=json.dumps(_ACCESS_LOG)
        ),
    )
    stage.node.add_dependency(log_group)
    return api


def add_routes(scope: Construct, api_id: str, functions: Mapping[Service, lambda_.Function]) -> None:
    """Let the API invoke `functions` at their services' routes.

    The API assumes one role of this stack, which may invoke these functions: that is one resource less per function
    than a permission each, and a stack's resources are limited.
    """
    arns = [function.function_arn for function in functions.values()]
    statement = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=arns)
    role = iam.Role(
        scope,
        "InvokeRole",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        inline_policies={"invoke": iam.PolicyDocument(statements=[statement])},
    )
    for service, function in functions.items():
        own = Construct(scope, f"{service.name}-routes")
        integration = apigateway.CfnIntegration(
            own,
            "Integration",
            api_id=api_id,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
            credentials_arn=role.role_arn,
        )
        for route_key in service.routes:
            route = apigateway.CfnRoute(
                own, route_key, api_id=api_id, route_key=route_key, target=f"integrations/{integration.ref}"
            )
            acknowledge(route, "APIG4", "callers may be anonymous; a function verifies the token it is sent")
