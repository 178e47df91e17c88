"""From an `Authorization` header to an identity."""
