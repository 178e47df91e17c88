"""The functions of one module of `functions/`.

A stack holds at most 500 resources and a function takes five, so every module is a stack of its own. They are
deployed side by side, and a change of one module touches one stack.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aws_cdk import Stack
from constructs import Construct

from infra.constructs.http_api import add_routes
from infra.constructs.packages import add_packages
from infra.constructs.service_function import Service, add_service_function
from infra.names import Names


class FunctionsStack(Stack):
    """Lambdas with their roles, log groups and routes."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        names: Names,
        *,
        services: Iterable[Service],
        api_id: str,
        build: Path,
        **options: Any,
    ) -> None:
        super().__init__(scope, id, **options)
        packages = add_packages(self, build, names.stage.platform)
        add_routes(
            self, api_id, {service: add_service_function(self, service, names, packages) for service in services}
        )
