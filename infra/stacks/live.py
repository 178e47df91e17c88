"""Live queries: the WebSocket API, the queues behind it, and the doors that these and other sources feed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.constructs.delay_queue import add_delay_queue
from infra.constructs.distribution import WebSocketOrigin
from infra.constructs.http_api import add_routes
from infra.constructs.keep_alive import add_keep_alive
from infra.constructs.mailbox import add_mailbox
from infra.constructs.packages import add_packages
from infra.constructs.schedule import add_schedule
from infra.constructs.service_function import Service, add_service_function
from infra.constructs.table_stream import add_table_stream
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
        websocket_routes = {}
        for door, function in functions.items():
            for source in door.sources:
                kind, _, name = source.partition(":")
                match kind:
                    case "websocket":
                        websocket_routes[name] = function
                    case "queue":
                        add_mailbox(self, name, function, names)
                    case "delay":
                        # Those of a slot, and of the one before if it takes long.
                        most_at_once = 2 * names.stage.sweep_segments
                        add_delay_queue(self, name, function, names, most_at_once=most_at_once)
                    case "stream":
                        add_table_stream(self, name, streams[name], function, names)
                    case "schedule":
                        add_schedule(self, door.name, name, function, names)
        add_websocket_routes(self, self.api_id, websocket_routes)
        add_keep_alive(self, self.api_id, names)
        CfnOutput(self, "WebSocketApiId", value=self.api_id)
        CfnOutput(self, "WebSocketStage", value=names.websocket_stage)
