"""What feeds Lambdas besides APIs: queues, streams, clocks, and the ends of executions."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.delay_queue import add_delay_queue
from infra.constructs.execution_ends import add_execution_ends
from infra.constructs.mailbox import add_mailbox
from infra.constructs.schedule import add_schedule
from infra.constructs.service_function import Service
from infra.constructs.table_stream import add_table_stream
from infra.names import Names


def add_feeds(
    scope: Construct, functions: Mapping[Service, lambda_.Function], streams: Mapping[str, str], names: Names
) -> None:
    """Let each of the functions be invoked by what its service declares as `sources`.

    Routes of WebSocket APIs and states of machines name their functions themselves.

    Args:
        scope: where the constructs go.
        functions: Lambdas by their services.
        streams: ARNs of tables' streams, by the table's name.
        names: of the stage.
    """
    for service, function in functions.items():
        for source in service.sources:
            kind, _, name = source.partition(":")
            match kind:
                case "queue":
                    add_mailbox(scope, name, function, names)
                case "delay":
                    # Those of a slot, and of the one before if it takes long.
                    add_delay_queue(scope, name, function, names, most_at_once=2 * names.stage.sweep_segments)
                case "stream":
                    add_table_stream(scope, name, streams[name], function, names)
                case "schedule":
                    add_schedule(scope, service.name, name, function, names)
                case "executions":
                    add_execution_ends(scope, service.name, function, names)
