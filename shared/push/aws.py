"""The queues and sockets of a deployment on AWS."""

from __future__ import annotations

import os
from functools import cache, partial

from shared import aws
from shared.db.clock import system_clock
from shared.push.delays import Delays, QueueDelays
from shared.push.mailbox import Mailbox, QueueMailbox
from shared.push.sockets import GatewaySockets, Sockets
from shared.settings import Settings


@cache
def open_mailbox(settings: Settings) -> Mailbox:
    """Return the mailboxes that `settings` name."""
    return QueueMailbox(partial(aws.client, "sqs"), settings.mailboxes)


@cache
def open_delays(settings: Settings) -> Delays:
    """Return the queue of sweeps that `settings` name."""
    return QueueDelays(partial(aws.client, "sqs"), settings.sweeps)


@cache
def open_sockets(settings: Settings) -> Sockets:
    """Return the sockets of the WebSocket API that `settings` name."""
    client = partial(aws.client, "apigatewaymanagementapi", repeats=False, endpoint=settings.websocket_endpoint)
    return GatewaySockets(client, system_clock(os.urandom))
