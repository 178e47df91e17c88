"""Imports and exports of a deployment in memory, from and to a look-alike on loopback, step by step."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from functions.workflows import github_export, github_import
from shared import values
from shared.db.access import Access
from shared.db.database import MutationRequest
from shared.db.engine import Engine
from shared.db.writer import Writer
from shared.domain.jobs import GRACE_S, LIMIT_S
from shared.job_settings import JobSettings
from shared.runtime.door import Door
from shared.runtime.environment import use
from shared.schema.tables import Job, JobKind
from shared.sealing import seal_token
from tests.functions.callers import Client
from tests.support.backend import Backend
from tests.support.github import GitHubState, Node, serving
from tests.support.github.objects import SUBMODULE
from tests.support.memory_services import MemoryServices

TOKEN = "gho_the_token_of_ada"
LAMBDA = SimpleNamespace(aws_request_id="0" * 32, get_remaining_time_in_millis=lambda: 300_000)
Around = Callable[[str, Callable[[], Any]], Any]
"""From the name of a step and how to run it to what it returns."""


@dataclass
class World:
    """A deployment with a project of ada's, and a GitHub.

    Attributes:
        around: runs each step.
        said: what steps returned and raised, as text.
    """

    backend: Backend
    github: GitHubState
    project: str
    around: Around = lambda _name, run: run()
    said: list[str] = field(default_factory=list)

    @property
    def server(self) -> Client:
        return self.backend.internal()

    @property
    def ada(self) -> Client:
        return self.backend.as_user("ada")

    def start(self, kind: JobKind, job_id: str = "job-1", token: str | None = TOKEN, **given: Any) -> str:
        """Insert the row of a job of ada's."""
        store = self.backend.store

        def insert(db: Writer) -> str:
            db.insert(
                Job,
                job_id=job_id,
                kind=kind,
                project_id=self.project,
                owner_id="ada",
                status="running",
                input=given,
                sealed_token=None if token is None else seal_token(store.signer, "ada", token),
                started_at=float(store.clock.now_ms()),
                ends_by=store.clock.now_ms() + (LIMIT_S[kind] + GRACE_S) * 1000,
            )
            return values.dumps(None)

        request = MutationRequest("test:start", "internal", "")
        self.backend.environment.database.mutate(Access(writes=frozenset({Job})), insert, request)
        status = "importing" if kind == "import-github-repo" else "exporting"
        path = "system:updateImportStatus" if kind == "import-github-repo" else "system:updateExportStatus"
        self.server.call(path, projectId=self.project, status=status)
        return job_id

    def step(self, door: Door, **event: Any) -> Any:
        """Run a step."""
        name = f"{door.name} {json.dumps(event)}"

        def run() -> Any:
            with use(self.backend.environment):
                try:
                    answer = door(json.loads(json.dumps(event)), LAMBDA)
                except Exception as error:
                    self.said.append(str(error))
                    raise
            self.said.append(json.dumps(answer))
            return json.loads(json.dumps(answer))

        return self.around(name, run)

    def run_import(self, job_id: str = "job-1") -> None:
        """Take the steps of an import, in order."""
        for door in (github_import.resolve, github_import.clean):
            self.step(door, jobId=job_id)
        chunks = self.step(github_import.plan, jobId=job_id)["chunks"]
        self.step(github_import.folders, jobId=job_id)
        for chunk in chunks:
            self.step(github_import.files, jobId=job_id, chunk=chunk)
        self.step(github_import.report, jobId=job_id, chunks=chunks)

    def import_repo(self, repo: str = "sample", job_id: str = "job-1", owner: str = "ada") -> None:
        """Start an import, take its steps, and end it."""
        self.start("import-github-repo", job_id, owner=owner, repo=repo)
        self.run_import(job_id)
        self.finish("import-github-repo", job_id)

    def run_export(self, job_id: str = "job-1") -> str:
        """Take the steps of an export, in order, and return where it went."""
        for door in (github_export.whoami, github_export.ensure_repo):
            self.step(door, jobId=job_id)
        head = self.step(github_export.wait_ref, jobId=job_id)
        for chunk in self.step(github_export.snapshot, jobId=job_id, head=head)["chunks"]:
            self.step(github_export.blobs, jobId=job_id, chunk=chunk)
        while True:
            tree = self.step(github_export.tree, jobId=job_id, head=head)
            commit = self.step(github_export.commit, jobId=job_id, head=head, tree=tree)
            update = self.step(github_export.update_ref, jobId=job_id, head=head, commit=commit)
            if update["next"] == "report":
                url: str = self.step(github_export.report, jobId=job_id)["repoUrl"]
                return url
            head = self.step(github_export.wait_ref, jobId=job_id)

    def export(self, job_id: str = "job-1", **given: Any) -> None:
        """Start an export, take its steps, and end it."""
        self.start("export-to-github", job_id, **given)
        self.finish("export-to-github", job_id, repoUrl=self.run_export(job_id))

    def put(self, path: str, content: bytes) -> None:
        """Write a file of the project: text if it is UTF-8, or else a binary object."""
        try:
            text = content.decode()
        except UnicodeDecodeError:
            status, answer = self.backend.post(self.server.call("system:generateUploadUrl"), content)
            assert status == 200
            entry = {"path": path, "storageId": answer["storageId"]}
        else:
            entry = {"path": path, "content": text}
        name = "writer"
        self.server.call("system:claimJob", projectId=self.project, kind="generate-project", jobId=name)
        done = self.server.call("system:importBatch", projectId=self.project, jobId=name, entries=[entry])
        assert done["failed"] == []

    def finish(self, kind: JobKind, job_id: str = "job-1", status: str = "completed", **more: Any) -> None:
        self.server.call("system:finishJob", projectId=self.project, kind=kind, jobId=job_id, status=status, **more)

    def tree(self) -> dict[str, bytes | None]:
        """Return the bytes of each of the project's files, and None for folders, by their paths."""
        uuids = {row["_id"]: row["uuid"] for row in self.backend.rows("_storage")}
        found: dict[str, bytes | None] = {}
        for file in self.server.call("system:getAllProjectFiles", projectId=self.project):
            assert file["path"] not in found
            if file["type"] == "folder":
                found[file["path"]] = None
            elif "storageId" in file:
                found[file["path"]] = self.backend.s3.objects[f"api/storage/{uuids[file['storageId']]}"].body
            else:
                found[file["path"]] = file["content"].encode()
        return found

    def events(self) -> list[tuple[str, str]]:
        """Return the type and text of the project's events."""
        found = self.ada.call("projects:getGenerationEvents", projectId=self.project)
        return [(event["type"], event["message"]) for event in found]


@contextmanager
def world(seed: int = 0, engine: Engine | None = None) -> Iterator[World]:
    """Yield a deployment with an empty project, and a GitHub without repositories."""
    state = GitHubState(tokens={TOKEN: "ada"})
    with serving(state) as url:
        backend = Backend(engine, seed)
        services = MemoryServices(JobSettings(github_api_url=url))
        object.__setattr__(backend.environment, "services", services)
        yield World(backend, state, backend.as_user("ada").call("projects:create", name="one"))


def expected(files: dict[str, Node]) -> dict[str, bytes | None]:
    """Return the tree that a project holds after the import of these files."""
    found: dict[str, bytes | None] = {path: node.content for path, node in files.items() if node.mode != SUBMODULE}
    for path in files:
        names = path.split("/")[:-1]
        found |= {"/".join(names[:end]): None for end in range(1, len(names) + 1)}
    return found


class Crash(BaseException):
    """A process was killed: nothing in it can do anything about that."""


class Crashes:
    """Kills the process at random calls of its doors to the database and the buckets.

    Args:
        backend: the deployment.
        seed: of the randomness.
        chance: how likely each call is the last.
    """

    def __init__(self, backend: Backend, seed: int, chance: float) -> None:
        self._random = random.Random(seed)
        self._chance = chance
        self.count = 0
        engine: Any = backend.store.door
        for owner, names in (
            (engine, ("transact", "write")),
            (backend.store.objects, ("put", "get")),
            (backend.s3, ("put_object", "get_object")),
        ):
            for name in names:
                setattr(owner, name, self._deadly(getattr(owner, name)))

    def stop(self) -> None:
        """Let the process live."""
        self._chance = 0.0

    def _deadly(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **more: Any) -> Any:
            dies, is_late = self._random.random() < self._chance, self._random.random() < 0.5
            if dies and not is_late:
                self.count += 1
                raise Crash
            answer = call(*args, **more)
            if dies:
                self.count += 1
                raise Crash
            return answer

        return called

    def until_it_works(self, _name: str, run: Callable[[], Any]) -> Any:
        """Run a step again and again, until it is not killed."""
        while True:
            try:
                return run()
            except Crash:
                continue
