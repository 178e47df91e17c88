"""Which addresses are the public internet's."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""What is outside has special meanings: mapped and translated IPv4, link-local, private, multicast."""


_SPECIAL: Final = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""What older releases of Python take for the internet: protocols' own addresses, relays and examples."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet, as text without a scope."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved or any(ip in network for network in _SPECIAL):
        return False
    # Within 6to4 and Teredo an IPv4 address is embedded, which may be any.
    return ip.version == 4 or (ip in _UNICAST and ip.sixtofour is None and ip.teredo is None)


def resolved(host: str, port: int) -> list[tuple[str, int]]:
    """Return the addresses and ports at which `host` listens on `port`; errors as of `socket.getaddrinfo`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), int(address[1])) for *_, address in found]
