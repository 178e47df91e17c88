"""What the WebSocket API tells of its sockets: opened, a frame came, closed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from shared.errors import RateLimited
from shared.push.mailbox import Event, Mailbox

if TYPE_CHECKING:
    from shared.push.sockets import Sockets
    from shared.runtime.environment import Environment
    from shared.sync.connections import Connections
    from shared.sync.ordering import Family

OK: Final = {"statusCode": 200}
_LOG: Final = logging.getLogger(__name__)


def open_connection(event: dict[str, Any], connections: Connections, environment: Environment) -> dict[str, Any]:
    """Begin a connection; whoever opens not too many is let in, since clients authenticate by a message."""
    from shared.runtime.addresses import address_of  # noqa: PLC0415 - frames come through this module too

    address = address_of(event, environment.edge_key)
    try:
        if address:
            environment.allowances.spend("openings", address)
    except RateLimited as error:
        return {"statusCode": 429, "headers": {"retry-after": str(error.retry_after_s)}}
    connections.open(_connection_id(event), _family(event), address)
    return OK


def take_frame(event: dict[str, Any], mailbox: Mailbox, sockets: Sockets) -> dict[str, Any]:
    """Put a client's frame into the mailbox; a client whose frame cannot be carried has to connect again."""
    connection = _connection_id(event)
    try:
        id = event["requestContext"]["messageId"]
        mailbox.send([Event.of_frame(connection, id, event.get("body") or "")])
    except Exception:  # noqa: BLE001 - an error answered here would be sent to the client, which takes no such message
        _close(sockets, connection)
    return OK


def _close(sockets: Sockets, connection: str) -> None:
    """Close a socket, or else leave it to the actor, which finds that a frame is missing once another comes."""
    try:
        sockets.close(connection)
    except Exception:  # noqa: BLE001 - nor is there anybody else to tell
        _LOG.exception("A frame was lost, and its socket cannot be closed")


def close_connection(event: dict[str, Any], mailbox: Mailbox) -> dict[str, Any]:
    """Let the actor know that the socket is closed."""
    mailbox.send([Event(_connection_id(event), "disconnect", "closed")])
    return OK


def _connection_id(event: dict[str, Any]) -> str:
    id: str = event["requestContext"]["connectionId"]
    return id


def _family(event: dict[str, Any]) -> Family:
    """Tell JavaScript's client, which has its version in the path and never a header, or says npm, from others."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    client = headers.get("convex-client", "")
    if client:
        return "js" if client.startswith("npm-") else "other"
    return "js" if (event.get("queryStringParameters") or {}).get("v") else "other"
