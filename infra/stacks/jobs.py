"""Jobs: the state machines, the Lambdas of their states, and what starts and watches them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from aws_cdk import Stack
from constructs import Construct

from infra.constructs.feeds import add_feeds
from infra.constructs.packages import add_packages
from infra.constructs.service_function import Service, add_service_function
from infra.constructs.state_machine import add_nightly_start, add_state_machine
from infra.machines.catalogue import NIGHTLY
from infra.names import Names


class JobsStack(Stack):
    """Where work in the background is done."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        names: Names,
        *,
        doors: Collection[Service],
        machines: Mapping[str, dict[str, Any]],
        streams: Mapping[str, str],
        build: Path,
        **options: Any,
    ) -> None:
        super().__init__(scope, id, **options)
        packages = add_packages(self, build, names.stage.platform)
        functions = {door: add_service_function(self, door, names, packages) for door in doors}
        add_feeds(self, functions, streams, names)
        for name, definition in machines.items():
            machine = add_state_machine(self, name, definition, names)
            if name in NIGHTLY:
                add_nightly_start(self, name, NIGHTLY[name], machine, names)
