"""Identities that administrators choose."""

from __future__ import annotations

from typing import Any

import pytest

from shared.auth.assumed import assumed_identity
from shared.errors import BadRequest
from tests.runtime.backend import SETTINGS

TRUSTING = SETTINGS._replace(clerk_issuer="id.example", stack_project_id="p-1")


def test_its_issuer_is_the_first_that_the_deployment_trusts() -> None:
    identity = assumed_identity({"subject": "ada"}, TRUSTING)
    assert identity.token_identifier == "https://id.example|ada"


def test_another_issuer_can_be_named() -> None:
    identity = assumed_identity({"subject": "ada", "issuer": "https://other.example"}, TRUSTING)
    assert identity.token_identifier == "https://other.example|ada"


def test_it_says_what_a_token_would() -> None:
    fields = {"subject": "ada", "email": "ada@example.com", "name": "Ada", "pictureUrl": "https://a.example/a.png"}
    identity = assumed_identity({**fields, "language": "en"}, TRUSTING)
    assert (identity.email, identity.name, identity.picture_url) == tuple(list(fields.values())[1:])
    assert identity.claims["language"] == "en"


def test_without_a_trusted_provider_the_issuer_must_be_named() -> None:
    with pytest.raises(BadRequest, match="say which `issuer`"):
        assumed_identity({"subject": "ada"}, SETTINGS)


@pytest.mark.parametrize(
    "fields", ["ada", None, [], {}, {"subject": ""}, {"subject": 1}, {"subject": "ada", "email": 1}]
)
def test_what_describes_nobody_is_refused(fields: Any) -> None:
    with pytest.raises(BadRequest, match="identity"):
        assumed_identity(fields, TRUSTING)
