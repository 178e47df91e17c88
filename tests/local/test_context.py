from __future__ import annotations

import json

import pytest

from infra.local.context import context
from infra.local.failure import LocalCloudFailure
from infra.local.identity import provider
from infra.stage import stage_from
from tests.local.served import ORIGIN

APIS = "http://127.0.0.1:1/_aws/execute-api"


def test_it_is_what_a_stage_is_made_of() -> None:
    stage = stage_from(context(ORIGIN, APIS, {}).get)
    assert (stage.name, stage.platform, stage.edge, stage.public_url) == ("local", "local", False, ORIGIN)


def test_the_development_identity_provider_is_trusted() -> None:
    assert json.loads(context(ORIGIN, APIS, {})["auth_providers"]) == [provider(ORIGIN)]


def test_the_developers_own_identity_providers_are_trusted_too() -> None:
    own = {"domain": "https://id.example.com", "applicationID": "app"}
    made = context(
        ORIGIN, APIS, {"POLARIS_AUTH_PROVIDERS": json.dumps([own]), "CLERK_JWT_ISSUER_DOMAIN": "https://c.dev"}
    )
    assert json.loads(made["auth_providers"])[1] == own
    assert stage_from(made.get).clerk_issuer == "https://c.dev"


@pytest.mark.parametrize("text", ["{}", "clerk"])
def test_what_is_no_list_of_providers_is_refused(text: str) -> None:
    with pytest.raises(LocalCloudFailure, match="POLARIS_AUTH_PROVIDERS"):
        context(ORIGIN, APIS, {"POLARIS_AUTH_PROVIDERS": text})
