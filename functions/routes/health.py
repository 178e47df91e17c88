"""Whether the backend is there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from shared.db.access import Access
from shared.runtime.door import Event, Response, door
from shared.runtime.exchange import Exchange
from shared.runtime.http import serve
from shared.runtime.http_response import respond


@door("GET /api/health", access=Access())
def check(_: Event, context: Any) -> Response:
    """Tells that the backend answers; what it needs to do more is not tried."""
    return serve(context, "GET /api/health", _healthy)


def _healthy(exchange: Exchange) -> Response:
    here = exchange.environment
    now_s = here.database.store.clock.now_ms() / 1000
    told = {
        "status": "ok",
        "timestamp": datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "environment": here.settings.stage,
    }
    return respond(200, json.dumps(told))
