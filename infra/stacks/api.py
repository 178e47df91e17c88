"""The HTTP API, and the doors: Lambdas that are not one function of the app."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.constructs.http_api import add_http_api, add_routes
from infra.constructs.packages import add_packages
from infra.constructs.service_function import Service, add_service_function
from infra.names import Names


class ApiStack(Stack):
    """Where HTTP comes in.

    Attributes:
        api_id: of the HTTP API.
        api_url: its own origin, behind CloudFront's.
    """

    def __init__(
        self, scope: Construct, id: str, names: Names, *, doors: Iterable[Service], build: Path, **options: Any
    ) -> None:
        super().__init__(scope, id, **options)
        api = add_http_api(self, names)
        self.api_id, self.api_url = api.ref, api.attr_api_endpoint
        packages = add_packages(self, build, names.stage.platform)
        add_routes(self, api.ref, {door: add_service_function(self, door, names, packages) for door in doors})
        CfnOutput(self, "HttpApiId", value=self.api_id)
        CfnOutput(self, "HttpApiUrl", value=self.api_url)
