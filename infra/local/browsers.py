"""Keeps web pages out of MiniStack, to which whoever reaches it is the account's owner; `leashed.py` runs it.

A page that is open in the developer's browser reaches loopback, and MiniStack lets any origin read its answers. So
what browsers mark as a page's is let through to the APIs and to presigned uploads only, and a name that was pointed
at this machine leads nowhere.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app as ministack  # type: ignore[import-not-found]  # it is in another environment

_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|[a-z0-9.-]+\.localhost|\[::1\])(?::\d+)?")
_APIS = "/_aws/execute-api/"
_UPLOAD = re.compile(r"/polaris-local-storage-[a-z0-9-]+/api/storage/[0-9a-f-]{36}")
_REFUSED = b'{"message": "The local cloud is not for web pages; use the address that `make dev` prints."}'


def keep_out() -> None:
    """Refuse what pages send."""
    if not hasattr(ministack, "app"):
        raise SystemExit("this release of MiniStack serves in another way; see infra/local/browsers.py")
    serve = ministack.app

    async def guarded(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] in ("http", "websocket") and not is_admitted(scope):
            await _refuse(scope, send)
        else:
            await serve(scope, receive, send)

    ministack.app = guarded


def is_admitted(scope: Any) -> bool:
    """Tell whether a request may be made: by no page, or for what pages may ask."""
    told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if not _LOOPBACK.fullmatch(told.get("host", "localhost").lower()):
        return False
    if "origin" not in told and told.get("sec-fetch-site", "none") == "none":
        return True
    is_upload = scope.get("method") in ("PUT", "OPTIONS") and _UPLOAD.fullmatch(scope["path"])
    return scope["path"].startswith(_APIS) or bool(is_upload)


async def _refuse(scope: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    kind = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 403, "headers": kind})
    await send({"type": "http.response.body", "body": _REFUSED})
