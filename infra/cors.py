"""What browsers on other origins may do: everything the clients need, from anywhere, without cookies."""

from __future__ import annotations

from typing import Final

CORS_ORIGINS: Final = ["*"]
CORS_METHODS: Final = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
CORS_HEADERS: Final = [
    "content-type",
    "convex-client",
    "authorization",
    "digest",
    "idempotency-key",
    "x-github-token",
]
CORS_MAX_AGE_S: Final = 86_400
