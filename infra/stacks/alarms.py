"""Who is told when something is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws_cdk import Stack
from constructs import Construct

from infra.constructs.alarms import Watched, add_alarms
from infra.names import Names


class AlarmsStack(Stack):
    """The alarms of a stage."""

    def __init__(
        self, scope: Construct, id: str, names: Names, *, api_id: str, more: Iterable[Watched] = (), **options: Any
    ) -> None:
        super().__init__(scope, id, **options)
        add_alarms(self, names, api_id, more)
