"""The released PyPI client against the running backend."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from convex import ConvexError
from convex.http_client import ConvexHttpClient

from tests.e2e.conftest import DevServer


@pytest.fixture
def client(dev_server: DevServer) -> ConvexHttpClient:
    convex = ConvexHttpClient(dev_server.url)
    convex.set_auth(dev_server.token(f"person-{uuid.uuid4()}"))
    return convex


def test_a_project_is_created_listed_read_and_renamed(client: Any) -> None:
    project_id = client.mutation("projects:create", {"name": "My Project"})
    client.mutation("projects:rename", {"id": project_id, "name": "Renamed"})
    assert client.query("projects:getById", {"id": project_id})["name"] == "Renamed"
    assert [project["_id"] for project in client.query("projects:get")] == [project_id]


def test_files_are_written_and_read_by_path_with_the_internal_key(client: Any, dev_server: DevServer) -> None:
    project_id = client.mutation("projects:create", {"name": "Paths"})
    server = ConvexHttpClient(dev_server.url)
    common = {"internalKey": dev_server.internal_key, "projectId": project_id, "path": "a/b.txt"}
    server.mutation("system:writeFileByPath", {**common, "content": "text"})
    assert server.query("system:readFileByPath", common) == {"content": "text", "name": "b.txt"}


def test_a_refusal_is_a_convex_error_with_its_code(client: Any, dev_server: DevServer) -> None:
    project_id = client.mutation("projects:create", {"name": "Private"})
    other = ConvexHttpClient(dev_server.url)
    other.set_auth(dev_server.token("someone-else"))
    with pytest.raises(ConvexError) as refused:
        other.query("projects:getById", {"id": project_id})
    assert refused.value.data == {"code": "FORBIDDEN", "message": "Unauthorized"}
