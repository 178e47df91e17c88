"""The console's page and its files, as CloudFront serves them of a deployment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from aiohttp import web

from infra.console_files import cache_control, content_type
from infra.guards import CONSOLE_GUARD
from infra.local.refusal import Refusal

_PAGE: Final = re.compile(r"/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]*")
"""The paths of the page itself, which shows what they name."""

_FILE: Final = re.compile(r"/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*\.[a-z0-9]+")
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Polaris</title>
<body style="font-family: system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em">
<h1>Polaris is running</h1>
<p>The console has not been built. To have it here, run</p>
<pre>make console</pre>
<p>and load this page again. Clients need nothing of it: the deployment's address is that of this page.</p>
</html>
"""


def serve(path: str, built: Path) -> web.StreamResponse:
    """Return the answer to a GET of a path that is neither the backend's nor the identity provider's.

    Args:
        path: as it was sent, without a query.
        built: the folder of the built console, which may not be there.

    Raises:
        Refusal: there is nothing.
    """
    if _PAGE.fullmatch(path):
        page = built / "index.html"
        headers = {**CONSOLE_GUARD, "Cache-Control": cache_control("index.html")}
        if page.is_file():
            return web.FileResponse(page, headers=headers)
        return web.Response(text=_NOT_BUILT, content_type="text/html", headers=headers)
    file = (built / path.lstrip("/")).resolve()
    if not _FILE.fullmatch(path) or not file.is_relative_to(built.resolve()) or not file.is_file():
        raise Refusal(404, "NotFound", f"There is nothing at {path}.")
    kept, kind = cache_control(path.lstrip("/")), content_type(file.name)
    return web.FileResponse(file, headers={**CONSOLE_GUARD, "Cache-Control": kept, "Content-Type": kind})
