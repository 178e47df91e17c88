"""The WebSocket API, and the routes that lead from it to Lambdas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.names import Names

RATE_PER_S: Final = 2000
BURST: Final = 4000
"""Messages of clients and new sockets; a throttled message is lost, and with it the socket."""


def add_websocket_api(scope: Construct, names: Names) -> apigateway.CfnApi:
    """Create the API with its one stage."""
    api = apigateway.CfnApi(
        scope,
        "Api",
        name=f"{names.prefix}-sync",
        protocol_type="WEBSOCKET",
        # Messages are the clients' protocol, which knows nothing of routes: every one takes `$default`. Only the
        # transport of client/ names one, for its keep-alives.
        route_selection_expression="$request.body.action",
    )
    stage = apigateway.CfnStage(
        scope,
        "Stage",
        api_id=api.ref,
        stage_name=names.websocket_stage,
        auto_deploy=True,
        default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
            throttling_rate_limit=RATE_PER_S, throttling_burst_limit=BURST
        ),
    )
    acknowledge(stage, "APIG1", "it takes a role that the whole account shares; metrics and functions' logs tell")
    return api


def add_websocket_routes(scope: Construct, api_id: str, functions: Mapping[str, lambda_.Function]) -> None:
    """Let the API invoke `functions` at the routes they are given by.

    None of them has a response: what a function returns is not sent to the client.
    """
    statement = iam.PolicyStatement(
        actions=["lambda:InvokeFunction"], resources=[function.function_arn for function in functions.values()]
    )
    role = iam.Role(
        scope,
        "WebSocketInvokeRole",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        inline_policies={"invoke": iam.PolicyDocument(statements=[statement])},
    )
    invoke = f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}:lambda:path/2015-03-31/functions"
    for route_key, function in functions.items():
        own = Construct(scope, f"websocket-{route_key}")
        integration = apigateway.CfnIntegration(
            own,
            "Integration",
            api_id=api_id,
            integration_type="AWS_PROXY",
            integration_uri=f"{invoke}/{function.function_arn}/invocations",
            credentials_arn=role.role_arn,
        )
        route = apigateway.CfnRoute(
            own, "Route", api_id=api_id, route_key=route_key, target=f"integrations/{integration.ref}"
        )
        acknowledge(route, "APIG4", "a socket says who it is in its first messages, and again when that changes")
