"""Where actors find what they work with."""

from __future__ import annotations

from dataclasses import dataclass

from shared.push.mailbox import Mailbox
from shared.push.sockets import Sockets
from shared.push.subscriptions import Subscriptions
from shared.sync.connections import Connections
from shared.sync.evaluation import Evaluation
from shared.sync.shared_results import SharedResults


@dataclass(frozen=True)
class Rooms:
    """What actors work with.

    Attributes:
        evaluation: runs functions.
        connections: the rows of connections.
        subscriptions: the rows of topics.
        sockets: where messages are posted.
        mailbox: carries events to actors.
        results: what other connections of this process have found.
        began: the moment at which the batch came; nobody else has acted for its connections since.
    """

    evaluation: Evaluation
    connections: Connections
    subscriptions: Subscriptions
    sockets: Sockets
    mailbox: Mailbox
    results: SharedResults
    began: int
