"""The doors of the WebSocket API: sockets open, speak and close; their actors work; clients are told of changes.

`receive` stands between a client and every message that it sends: it loads next to nothing, so that it starts fast.
What the other doors need is therefore imported inside them.
"""

from __future__ import annotations

import time
from typing import Any

from shared.db.access import Access
from shared.push.aws import open_delays, open_mailbox, open_sockets
from shared.runtime.door import Event, Response, door
from shared.settings import settings
from shared.sync import ingress
from shared.sync.slots import Part, put_off


@door(access=Access(), sources=("websocket:$connect",))
def connect(event: Event, _context: Any) -> Response:
    """Begins a connection."""
    from shared.runtime.environment import environment  # noqa: PLC0415 - see above
    from shared.sync.connections import Connections  # noqa: PLC0415

    here = environment()
    return ingress.open_connection(event, Connections(here.database.store), here)


@door(access=Access(), sources=("websocket:$disconnect",))
def disconnect(event: Event, _context: Any) -> Response:
    """Tells a connection's actor that its socket is closed."""
    return ingress.close_connection(event, open_mailbox(settings()))


@door(access=Access(), sources=("websocket:$default",))
def receive(event: Event, _context: Any) -> Response:
    """Puts what a client sends into its connection's mailbox."""
    return ingress.take_frame(event, open_mailbox(settings()), open_sockets(settings()))


@door(access=None, sources=("queue:mailbox",), uses=("rows",))
def session(event: Event, context: Any) -> Response:
    """Handles what has happened to connections, for each in order."""
    from functions.admin.gateway import administration  # noqa: PLC0415 - see above
    from functions.gateway import registry  # noqa: PLC0415 - see above
    from shared.sync.session import handle  # noqa: PLC0415

    return handle(event, context, registry(), administration())


@door(access=Access(), sources=("stream:commits",))
def on_change(event: Event, _context: Any) -> Response:
    """Tells connections of commits that may concern their live queries."""
    from shared.runtime.environment import environment  # noqa: PLC0415 - see above
    from shared.sync.commits import announce  # noqa: PLC0415

    return announce(event, environment())


@door(access=Access(), sources=("schedule:cron(* * * * ? *)",))
def clock(event: Event, _context: Any) -> Response:
    """Puts off the sweeps of the next minute until their time."""
    here = settings()
    put_off(event["time"], time.time(), here.sweep_segments, open_delays(here))
    return {}


@door(access=Access(), sources=("delay:sweeps",))
def sweep(event: Event, _context: Any) -> Response:
    """Keeps connections alive, and ends those that are lost."""
    from shared.runtime.environment import environment  # noqa: PLC0415 - see above
    from shared.sync.sweep import Sweep  # noqa: PLC0415

    here = environment()
    looking = Sweep(here.database.store, here.sockets, here.mailbox, here.settings.audit_minutes)
    for record in event["Records"]:
        looking.run(Part.read(record["body"]))
    return {}
