"""`GET /api/health`."""

from __future__ import annotations

from datetime import datetime

from tests.routes.frontend import Frontend


def test_whoever_asks_is_told_that_the_backend_answers(ada: Frontend) -> None:
    status, body = ada.as_(None).ask("GET /api/health")
    assert (status, body["status"], body["environment"]) == (200, "ok", "test")
    assert datetime.fromisoformat(body["timestamp"]).timestamp() == ada.backend.store.clock.now_ms() // 1 / 1000
