"""From which address a client calls, as far as that is known and cannot be made up.

The edge tells the client's address in a header, and proves by another that it is the edge: the APIs can be reached
past it, where anybody can send headers. Then, and without an edge, the address is the one that the API was reached
from. `X-Forwarded-For` is not looked at: clients begin it as they like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

EDGE_HEADER: Final = "x-polaris-edge"
VIEWER_HEADER: Final = "x-polaris-viewer"

_V6_NETWORK_BITS: Final = 64
"""What one client is given of IPv6, within which it may have any address."""


class Key(Protocol):
    """What the edge proves itself by."""

    def accepts(self, candidate: str) -> bool:
        """Tell whether `candidate` is the key."""


def address_of(event: Mapping[str, Any], edge_key: Key | None) -> str:
    """Return the address, or of IPv6 its network; empty: it is not known, or this machine's.

    Args:
        event: of the HTTP API or the WebSocket API.
        edge_key: by which the edge proves itself; None: there is no edge.
    """
    context = event["requestContext"]
    address: str = (context.get("http") or context.get("identity") or {}).get("sourceIp", "")
    if edge_key is not None:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        if EDGE_HEADER in headers and edge_key.accepts(headers[EDGE_HEADER]):
            address = headers.get(VIEWER_HEADER, "")
    return _network(address) if ":" in address else "" if address.startswith("127.") else address


def _network(address: str) -> str:
    from ipaddress import IPv6Address, ip_network  # noqa: PLC0415 - most clients have other addresses

    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return "" if parsed.is_loopback else str(ip_network((parsed, _V6_NETWORK_BITS), strict=False))
