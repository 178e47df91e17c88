"""What is lost and recovered: several owners, files small and large, binary files, messages."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Final
from urllib.request import Request, urlopen

from convex.http_client import ConvexHttpClient

from tests.e2e.dev_server import DevServer
from tests.e2e.test_cli import polaris

OWNERS: Final = ("ada", "grace", "barbara")
TABLES: Final = ("users", "projects", "_storage", "files", "conversations", "messages", "jobs", "generationEvents")
SPILLED: Final = "Zürich 🚀\n" * 20_000
LARGEST: Final = "x" * 1024 * 1024
PICTURE: Final = b"\x89PNG" + bytes(range(256)) * 400
FILM: Final = bytes(range(251)) * 26_000
"""Too large for an upload through the API."""

Rows = dict[str, list[dict[str, Any]]]


class Owner:
    """Somebody with data."""

    def __init__(self, server: DevServer, name: str) -> None:
        self.token = server.token(name)
        self._server = server
        self._client = ConvexHttpClient(server.url)
        self._client.set_auth(self.token)

    def mutate(self, function: str, **arguments: Any) -> Any:
        """Call a mutation."""
        return self._client.mutation(function, arguments)

    def query(self, function: str, **arguments: Any) -> Any:
        """Call a query."""
        return self._client.query(function, arguments)

    def projects(self) -> list[str]:
        """Return the ids of their projects."""
        return [project["_id"] for project in self.query("projects:get")]

    def furnish(self, title: str) -> None:
        """Make a project with a folder, texts, two binary files and a conversation."""
        project = self.mutate("projects:create", name=title)
        folder = self.mutate("files:createFolder", projectId=project, name="src")
        for name in ("a.py", "b.py", "c.py", "d.py"):
            self.mutate("files:createFile", projectId=project, parentId=folder, name=name, content=f"# {name}")
        for name, content in (("spilled.txt", SPILLED), ("largest.txt", LARGEST)):
            self.mutate("files:createFile", projectId=project, name=name, content=content)
        picture, film = self._uploaded(project, PICTURE), self._uploaded_large(project, FILM)
        self.mutate("files:uploadFile", projectId=project, name="logo.png", storageId=picture)
        self.mutate("files:uploadFile", projectId=project, name="film.mp4", storageId=film)
        self._talk(project)

    def _talk(self, project: str) -> None:
        conversation = self.mutate("conversations:create", projectId=project)
        app = ConvexHttpClient(self._server.url)
        for number in range(4):
            said = {"role": ("user", "assistant")[number % 2], "content": f"{number}: {SPILLED[:200]}"}
            where = {"conversationId": conversation, "projectId": project}
            app.mutation("system:createMessage", {"internalKey": self._server.internal_key, **where, **said})

    def _uploaded(self, project: str, body: bytes) -> str:
        url = self.mutate("files:generateUploadUrl", projectId=project)
        with urlopen(Request(url, body, {"Content-Type": "image/png"})) as answer:  # noqa: S310 - the drill's own server
            return str(json.load(answer)["storageId"])

    def _uploaded_large(self, project: str, body: bytes) -> str:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        begun = self.mutate(
            "files:beginLargeUpload", projectId=project, size=float(len(body)), contentType="video/mp4", sha256=digest
        )
        put = Request(begun["uploadUrl"], body, dict(begun["headers"]), method="PUT")  # noqa: S310 - as above
        with urlopen(put):  # noqa: S310 - as above
            return str(self.mutate("files:finishLargeUpload", uploadId=begun["uploadId"]))


def rows_of(server: DevServer) -> Rows:
    """Return all rows of all tables with their large fields, without the names of the commits that wrote them."""
    return {table: sorted(_rows(server, table), key=lambda row: str(row["_id"])) for table in TABLES}


def bytes_of(server: DevServer, rows: Rows) -> dict[str, str]:
    """Return the SHA-256 of what is served at the address of each stored file."""
    return {row["uuid"]: _digest(f"{server.url}/api/storage/{row['uuid']}") for row in rows["_storage"]}


def _rows(server: DevServer, table: str) -> list[dict[str, Any]]:
    printed = polaris(server, "data", table, "--limit", "10000", "--full", "--format", "jsonl")
    rows = [json.loads(line) for line in printed.splitlines()]
    return [{name: value for name, value in row.items() if name != "_version"} for row in rows]


def _digest(url: str) -> str:
    with urlopen(url) as answer:  # noqa: S310 - as above
        return hashlib.sha256(answer.read()).hexdigest()
