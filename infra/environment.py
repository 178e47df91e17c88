"""The environment of every function; `shared.settings` reads it."""

from __future__ import annotations

from infra.names import Names


def environment(names: Names) -> dict[str, str]:
    """Return the variables by name."""
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
        "POWERTOOLS_SERVICE_NAME": "polaris",
        "POWERTOOLS_METRICS_NAMESPACE": names.prefix,
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }
