"""What the local stage's template is made with, besides the sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from infra.local.cloud import STAGE
from infra.local.failure import LocalCloudFailure
from infra.local.identity import provider
from infra.stage import MOST_MAILBOXES
from shared.job_settings import VARIABLES
from shared.limit_settings import VARIABLE as LIMITS

SETTINGS: Final = {
    "CLERK_JWT_ISSUER_DOMAIN": "clerk_issuer",
    "STACK_PROJECT_ID": "stack_project_id",
    "PROJECT_ORDER": "project_order",
    LIMITS: "limits",
    **{variable: name for name, variable in VARIABLES.items() if name != "machines"},
}
"""The settings of a stage that the environment of `make dev` chooses, by the variable."""


def context(origin: str, apis: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the CDK context of a local cloud at `origin`, whose APIs are at `apis`: see `infra.stage`.

    The development identity provider comes first; those that `environment` names, as it does for deployed functions,
    are trusted too.

    Raises:
        LocalCloudFailure: POLARIS_AUTH_PROVIDERS is no JSON list.
    """
    return {
        "stage": STAGE,
        "platform": "local",
        "edge": "false",
        "alarms": "false",
        "removable": "true",
        "public_url": origin,
        "execute_api_url": apis,
        "mailboxes": str(MOST_MAILBOXES),
        "auth_providers": json.dumps([provider(origin), *_providers(environment)]),
        **{name: environment[variable] for variable, name in SETTINGS.items() if environment.get(variable)},
    }


def _providers(environment: Mapping[str, str]) -> list[Any]:
    try:
        providers = json.loads(environment.get("POLARIS_AUTH_PROVIDERS") or "[]")
    except ValueError:
        providers = None
    if not isinstance(providers, list):
        raise LocalCloudFailure("POLARIS_AUTH_PROVIDERS is no JSON list of identity providers")
    return providers
