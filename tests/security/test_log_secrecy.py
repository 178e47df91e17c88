"""The log tells operators what went wrong, and nothing of what users keep or prove themselves with."""

from __future__ import annotations

import json

import pytest

from shared.auth.admin import issue
from shared.runtime.call_log import redacted
from tests.functions.rows import Rows
from tests.security.test_hostile_requests import send
from tests.support.backend import Backend

SECRET = 'correct horse\n"battery"\tstaplé'


@pytest.mark.parametrize(
    "text", [SECRET, repr(SECRET), json.dumps(SECRET), json.dumps(SECRET, ensure_ascii=False), f"{[SECRET]}"]
)
def test_what_was_sent_is_left_out_however_it_is_quoted(text: str) -> None:
    logged = redacted(f"ValueError: cannot cope with {text}!", [{"args": [SECRET]}])
    assert not [word for word in ("correct", "battery", "stapl") if word in logged]


def test_the_contents_of_a_damaged_row_are_not_logged(
    backend: Backend, rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    row = next(row for row in backend.rows("projects") if row["_id"] == rows.project)
    row["importStatus"] = {"ssn": "a user's own words"}
    rename = {"path": "projects:rename", "args": {"id": rows.project, "name": "two"}}
    status, _ = send(backend, "POST /api/mutation", json.dumps(rename))
    out = capsys.readouterr().out
    assert status == 200
    assert "ValidationError" in out
    assert "own words" not in out


def test_no_request_writes_a_line_of_its_own(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    forged = '\n{"level":"INFO","function":"forged"}\n'
    token = issue(backend.store.signer, f"root{forged}", 2e9)
    path = json.dumps({"path": f"projects:get{forged}", "args": {}})
    send(backend, "POST /api/query", path, user_agent=forged)
    send(backend, "POST /api/admin/run", path, authorization=f"Bearer {token}")
    send(backend, "POST /api/admin/redrive", json.dumps({"queue": forged}), authorization=f"Bearer {token}")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(json.loads(line)["function"] != "forged" for line in lines)
