"""The route by which clients make sure that a socket works: it answers by itself, and nobody else hears of it."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_apigatewayv2 as apigateway
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.names import Names
from shared.sync.messages import KEPT_ALIVE

ROUTE: Final = "keepAlive"
"""What `action` is in such a message."""

_DEFAULT: Final = "$default"
_BY_DEFAULT: Final = "\\$default"
"""A template selection expression whose value is the template's name."""


def add_keep_alive(scope: Construct, api_id: str, names: Names) -> None:
    """Let the WebSocket API answer keep-alives with what clients know as one.

    Source: "Setting up a WebSocket API integration responses in API Gateway" (two-way communication).
    """
    own = Construct(scope, "keep-alive")
    integration = apigateway.CfnIntegration(
        own,
        "Integration",
        api_id=api_id,
        integration_type="MOCK",
        passthrough_behavior="WHEN_NO_TEMPLATES",
        request_templates={_DEFAULT: '{"statusCode":200}'},
        template_selection_expression=_BY_DEFAULT,
    )
    route = apigateway.CfnRoute(
        own,
        "Route",
        api_id=api_id,
        route_key=ROUTE,
        route_response_selection_expression=_DEFAULT,
        target=f"integrations/{integration.ref}",
    )
    acknowledge(route, "APIG4", "it answers the same to everybody")
    if names.stage.platform == "local":
        return  # whose CloudFormation knows no responses: infra/local/cloud.py creates the answer
    apigateway.CfnRouteResponse(own, "RouteResponse", api_id=api_id, route_id=route.ref, route_response_key=_DEFAULT)
    apigateway.CfnIntegrationResponse(
        own,
        "IntegrationResponse",
        api_id=api_id,
        integration_id=integration.ref,
        integration_response_key=_DEFAULT,
        response_templates={_DEFAULT: KEPT_ALIVE},
        template_selection_expression=_BY_DEFAULT,
    )
