"""Sending to clients: each message is posted once, for a repeated one would freeze the client (protocol 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from shared.db.clock import Clock

_THROTTLED: Final = "LimitExceededException"
_PATIENCE_S: Final = 2.0
_PAUSE_S: Final = 0.05


class Gone(Exception):
    """The socket is closed."""


class Uncertain(Exception):
    """It is not known whether the client was sent a message, or it was not."""


class Sockets(Protocol):
    """The sockets of all clients."""

    def post(self, connection: str, text: str) -> None:
        """Send a message.

        Raises:
            Gone: the socket is closed.
            Uncertain: it may not have been sent.
        """

    def close(self, connection: str) -> None:
        """Close a socket, which makes the client connect again; it may be closed already."""


class GatewaySockets:
    """Sockets of an API Gateway WebSocket API.

    Args:
        client: returns a botocore client of its management API that attempts calls once; asked when first needed.
        clock: sleeps while the gateway throttles.
    """

    def __init__(self, client: Callable[[], Any], clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def post(self, connection: str, text: str) -> None:
        """Send a message; errors as in `Sockets`."""
        waited_s = 0.0
        while True:
            try:
                self._client().post_to_connection(ConnectionId=connection, Data=text.encode())
            except ClientError as error:
                if _is_gone(error):
                    raise Gone from None
                if not _is_throttled(error) or waited_s >= _PATIENCE_S:
                    raise Uncertain(str(error)) from error
                self._clock.sleep(_PAUSE_S)
                waited_s += _PAUSE_S
            except BotoCoreError as error:
                raise Uncertain(str(error)) from error
            else:
                return

    def close(self, connection: str) -> None:
        """Close a socket; what fails at once is asked for again, since closing twice does no harm."""
        patient_until_ns = self._clock.now_ns() + int(_PATIENCE_S * 1e9)
        while True:
            try:
                self._client().delete_connection(ConnectionId=connection)
            except (ClientError, BotoCoreError) as error:
                if isinstance(error, ClientError) and _is_gone(error):
                    return
                if self._clock.now_ns() > patient_until_ns:
                    raise
                self._clock.sleep(_PAUSE_S)
            else:
                return


class CountedSockets:
    """Sockets that count the messages sent.

    Attributes:
        posted: how many there were.
    """

    def __init__(self, sockets: Sockets) -> None:
        self.posted = 0
        self._sockets = sockets
        self.close = sockets.close

    def post(self, connection: str, text: str) -> None:
        """Send a message; errors as in `Sockets`."""
        self._sockets.post(connection, text)
        self.posted += 1


def _is_gone(error: ClientError) -> bool:
    return _status(error) == 410 or error.response["Error"]["Code"] == "GoneException"


def _is_throttled(error: ClientError) -> bool:
    return _status(error) == 429 or error.response["Error"]["Code"] == _THROTTLED


def _status(error: ClientError) -> int | None:
    return error.response["ResponseMetadata"].get("HTTPStatusCode")
