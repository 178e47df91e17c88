"""The environment of every function; `shared.settings` and `shared.job_settings` read it."""

from __future__ import annotations

import json

from infra.names import Names
from shared.job_settings import to_environment
from shared.limit_settings import VARIABLE as LIMITS
from shared.runtime.call_log import NAMESPACE_VARIABLE as NAMESPACE


def environment(names: Names, websocket_endpoint: str) -> dict[str, str]:
    """Return the variables by name.

    Args:
        names: of the stage.
        websocket_endpoint: where messages are posted to sockets, or empty: the function does not.
    """
    settings = names.settings
    return {
        "POLARIS_TABLE_PREFIX": settings.table_prefix,
        "POLARIS_CONTENT_BUCKET": settings.content_bucket,
        "POLARIS_STORAGE_BUCKET": settings.storage_bucket,
        "POLARIS_INTERNAL_KEY_SECRET": settings.internal_key_secret,
        "POLARIS_SIGNING_KEY_SECRET": settings.signing_key_secret,
        "POLARIS_PUBLIC_URL_PARAMETER": settings.public_url_parameter,
        "CLERK_JWT_ISSUER_DOMAIN": settings.clerk_issuer,
        "STACK_PROJECT_ID": settings.stack_project_id,
        "POLARIS_AUTH_PROVIDERS": settings.auth_providers,
        "PROJECT_ORDER": settings.project_order,
        "POLARIS_MAILBOXES": json.dumps(settings.mailboxes),
        "POLARIS_WEBSOCKET_ENDPOINT": websocket_endpoint,
        "POLARIS_SWEEPS": settings.sweeps,
        "POLARIS_SWEEP_SEGMENTS": str(settings.sweep_segments),
        "POLARIS_AUDIT_MINUTES": str(settings.audit_minutes),
        "POLARIS_EDGE_KEY_SECRET": settings.edge_key_secret,
        LIMITS: names.stage.limits,
        **to_environment(names.job_settings),
        NAMESPACE: names.prefix,
    }
