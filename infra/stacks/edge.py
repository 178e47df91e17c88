"""The origin that clients know, and the parameter that tells it to the functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws_cdk import CfnOutput, Fn, Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.constructs.distribution import WebSocketOrigin, add_distribution
from infra.names import Names
from shared.storage import PREFIX


class EdgeStack(Stack):
    """CloudFront in front of the APIs and the files; without it (`edge=false`), only the stage's `public_url`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        names: Names,
        *,
        api_url: str,
        route_keys: Iterable[str],
        websocket_origin: WebSocketOrigin | None = None,
        **options: Any,
    ) -> None:
        super().__init__(scope, id, **options)
        public_url = names.stage.public_url
        if names.stage.edge:
            distribution = add_distribution(
                self,
                names,
                api_domain_name=Fn.select(2, Fn.split("/", api_url)),
                api_paths=_beside_files(route_keys),
                websocket=websocket_origin,
            )
            public_url = f"https://{names.stage.domain_name or distribution.distribution_domain_name}"
        ssm.StringParameter(
            self,
            "PublicUrlParameter",
            parameter_name=names.settings.public_url_parameter,
            string_value=public_url,
            description="The origin that clients use.",
        )
        CfnOutput(self, "PublicUrl", value=public_url)


def _beside_files(route_keys: Iterable[str]) -> list[str]:
    """Return the paths of the HTTP API at which one would look for files, or for the WebSocket API."""
    paths = [route_key.partition(" ")[2] for route_key in route_keys]
    return [path for path in paths if path.startswith(f"/{PREFIX}") or path.endswith("/sync")]
