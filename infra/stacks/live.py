"""Live queries: the WebSocket API, the queues behind it, and the doors that these and other sources feed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.constructs.distribution import WebSocketOrigin
from infra.constructs.feeds import add_feeds
from infra.constructs.http_api import add_routes
from infra.constructs.keep_alive import add_keep_alive
from infra.constructs.packages import add_packages
from infra.constructs.service_function import Service, add_service_function
from infra.constructs.websocket_api import add_websocket_api, add_websocket_routes
from infra.names import Names


class LiveStack(Stack):
    """Where sockets come in.

    Attributes:
        api_id: of the WebSocket API.
        origin: where it is served.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        names: Names,
        *,
        doors: Collection[Service],
        streams: Mapping[str, str],
        http_api_id: str,
        build: Path,
        **options: Any,
    ) -> None:
        super().__init__(scope, id, **options)
        self.api_id = add_websocket_api(self, names).ref
        self.origin = WebSocketOrigin(
            f"{self.api_id}.execute-api.{names.region}.{names.url_suffix}", names.websocket_stage
        )
        packages = add_packages(self, build, names.stage.platform)
        endpoint = names.websocket_endpoint(self.api_id)
        functions = {door: add_service_function(self, door, names, packages, endpoint) for door in doors}
        with_routes = {door: function for door, function in functions.items() if door.routes}
        if with_routes:
            add_routes(self, http_api_id, with_routes)
        add_feeds(self, functions, streams, names)
        websocket_routes = {
            source.removeprefix("websocket:"): function
            for door, function in functions.items()
            for source in door.sources
            if source.startswith("websocket:")
        }
        add_websocket_routes(self, self.api_id, websocket_routes)
        add_keep_alive(self, self.api_id, names)
        CfnOutput(self, "WebSocketApiId", value=self.api_id)
        CfnOutput(self, "WebSocketStage", value=names.websocket_stage)
