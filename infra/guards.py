"""What browsers are told about answers so that nothing of them can be turned against anybody."""

from __future__ import annotations

from typing import Final

HSTS_S: Final = 2 * 365 * 24 * 3600
"""For how long browsers ask a deployment by TLS only."""

CONSOLE_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # its components write their own
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
"""Whatever gets into the console's page runs no script of its own and sends nothing anywhere else."""

FILES_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Files are whatever users uploaded, and share the API's origin: they may be looked at, and neither run nor load."""

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"

_ALWAYS: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

API_GUARD: Final = {**_ALWAYS, "Content-Security-Policy": API_POLICY, "Cache-Control": "no-store"}

FILES_GUARD: Final = {**_ALWAYS, "Content-Security-Policy": FILES_POLICY}

CONSOLE_GUARD: Final = {**_ALWAYS, "Content-Security-Policy": CONSOLE_POLICY, "X-Frame-Options": "DENY"}

RUNNING: Final = ("audioworklet", "paintworklet", "script", "serviceworker", "sharedworker", "worker", "xslt")
"""What browsers say in `Sec-Fetch-Dest` of a request for something to run; pages cannot choose what it says."""
