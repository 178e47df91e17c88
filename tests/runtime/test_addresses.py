"""From which address a client calls."""

from __future__ import annotations

from typing import Any

import pytest

from shared.runtime.addresses import address_of

EDGE = {"X-Polaris-Edge": "the key of the edge", "x-polaris-viewer": "203.0.113.7"}


class TheKey:
    def accepts(self, candidate: str) -> bool:
        return candidate == "the key of the edge"


KEY = TheKey()


def event(source: str, kind: str = "http", headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {"requestContext": {kind: {"sourceIp": source}}, "headers": headers}


@pytest.mark.parametrize("kind", ["http", "identity"])
def test_without_an_edge_it_is_the_one_that_the_api_was_reached_from(kind: str) -> None:
    assert address_of(event("203.0.113.9", kind, EDGE), None) == "203.0.113.9"


@pytest.mark.parametrize("kind", ["http", "identity"])
def test_the_edge_tells_whose_request_it_passes_on(kind: str) -> None:
    assert address_of(event("130.176.0.1", kind, EDGE), KEY) == "203.0.113.7"


@pytest.mark.parametrize("claimed", ["", "another key", "the key of the edgé"])
def test_who_only_claims_to_be_the_edge_is_not_believed(claimed: str) -> None:
    headers = EDGE | {"X-Polaris-Edge": claimed, "X-Forwarded-For": "198.51.100.1"}
    assert address_of(event("203.0.113.9", headers=headers), KEY) == "203.0.113.9"


def test_the_addresses_of_one_network_of_ipv6_are_one() -> None:
    found = {address_of(event(f"2001:db8:0:1::{host}"), None) for host in ("1", "2:3", "ffff")}
    assert found == {"2001:db8:0:1::/64"}
    assert address_of(event("2001:db8:0:2::1"), None) not in found


@pytest.mark.parametrize("source", ["127.0.0.1", "::1", ""])
def test_this_machine_is_no_address(source: str) -> None:
    assert address_of(event(source), None) == ""


def test_an_ipv4_address_written_as_ipv6_is_that_address() -> None:
    assert address_of(event("::ffff:203.0.113.7"), None) == "203.0.113.7"
