"""Lose everything, and have it back as it was at a moment: the commands are those of docs/recovery.md.

seed ── moment ── nightly export ── accident ── both buckets emptied ── export --at ── cloud lost
── new cloud at the same address ── import ── rebuild ── audit ── compare ── clients converge
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import boto3

from infra.local.cloud import NOBODY, REGION
from infra.local.ministack import running_endpoint
from infra.local.workspace import ROOT, Workspace
from shared.archive.layout import MANIFEST
from shared.archive.moment import restored_tables
from tests.archive.sample import entries_of
from tests.e2e.dev_server import DevServer
from tests.e2e.test_cli import polaris
from tests.recovery.data import OWNERS, Owner, bytes_of, rows_of
from tests.recovery.watching import Watcher, javascript, pypi

_TABLES: Final = "polaris-local-"


class Watched(NamedTuple):
    """A live query, whose it is, and what shows it."""

    owner: str
    query: str
    args: dict[str, Any]
    watcher: Watcher

    def fresh(self, owners: dict[str, Owner]) -> Any:
        """Return its result, asked for anew."""
        return owners[self.owner].query(self.query, **self.args)


def main() -> None:
    """Run the drill; it fails at the first thing that is not as it was."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        with _step("a deployment, and three owners with texts, large texts, binary files and messages"):
            lost = _served(stack, DevServer(place / "lost"))
            owners = _owners(lost)
            for owner in owners.values():
                owner.furnish("Apollo")
                owner.furnish("Gemini")
        with _step("what there is at the moment, row by row and byte by byte"):
            watched = [*_watching(stack, lost, owners, place)]
            rows = rows_of(lost)
            digests = bytes_of(lost, rows)
            shown = [one.fresh(owners) for one in watched]
            for one, expected in zip(watched, shown, strict=True):
                one.watcher.until(expected)
        print(f"    {sum(map(len, rows.values()))} rows, {len(digests)} stored files, {len(watched)} live queries")
        at, backups = _moment(lost)
        with _step("polaris export nightly.zip"):
            polaris(lost, "export", str(place / "nightly.zip"))
        with _step("an accident: projects deleted, texts overwritten, both buckets emptied"):
            _have_an_accident(lost, owners)
        with _step(f"polaris export then.zip --at {at}"):
            _restore(lost, at, backups)
            polaris(lost, "export", str(place / "then.zip"), "--at", at)
            assert not [name for name in _dynamodb(lost).list_tables()["TableNames"] if "-at-" in name]
        _require_equal(_entries(place / "then.zip"), _entries(place / "nightly.zip"), "then.zip and nightly.zip")
        with _step("the deployment is lost, and a new one made at the same address"):
            lost.stop()
            found = _successor(stack, lost, place / "found")
        with _step("polaris import then.zip --check, polaris import then.zip"):
            assert "can be imported" in polaris(found, "import", str(place / "then.zip"), "--check")
            polaris(found, "import", str(place / "then.zip"))
        with _step("polaris ranges-check --repair, polaris ranges-check"):
            polaris(found, "ranges-check", "--repair")
            assert polaris(found, "ranges-check") == "Everything agrees.\n"
        with _step("compare row by row and byte by byte, and export it once more"):
            recovered = rows_of(found)
            _require_equal(recovered, rows, "rows")
            _require_equal(bytes_of(found, recovered), digests, "stored files")
            polaris(found, "export", str(place / "again.zip"))
        _require_equal(_entries(place / "again.zip"), _entries(place / "then.zip"), "again.zip and then.zip")
        with _step("clients that were connected all the time converge, and what changes shows again"):
            for one, expected in zip(watched, shown, strict=True):
                one.watcher.until(expected)
            owners = _owners(found)
            for owner in owners.values():
                owner.mutate("projects:rename", id=owner.projects()[0], name="Recovered")
            for one in watched:
                one.watcher.until(one.fresh(owners))
    print("Everything is as it was.")


def _served(stack: ExitStack, server: DevServer) -> DevServer:
    server.start()
    stack.callback(server.stop)
    return server


def _owners(server: DevServer) -> dict[str, Owner]:
    return {name: Owner(server, name) for name in OWNERS}


def _watching(stack: ExitStack, server: DevServer, owners: dict[str, Owner], place: Path) -> Iterator[Watched]:
    for name, owner in owners.items():
        project = owner.projects()[0]
        queries: dict[str, dict[str, Any]] = {"projects:get": {}, "files:getFolderContents": {"projectId": project}}
        for query, args in queries.items():
            for client in (javascript, pypi):
                output = place / f"{name}-{query.replace(':', '-')}-{client.__name__}.jsonl"
                watcher = Watcher(client(server.url, owner.token), query, args, output)
                stack.callback(watcher.stop)
                yield Watched(name, query, args, watcher)


def _moment(server: DevServer) -> tuple[str, dict[str, str]]:
    """Return the time, and a backup of each table by its name, as the local cloud restores none to a past time."""
    dynamodb = _dynamodb(server)
    backups = {}
    for name in (table.name.lstrip("_") for table in restored_tables()):
        made = dynamodb.create_backup(TableName=_TABLES + name, BackupName="then")
        backups[name] = made["BackupDetails"]["BackupArn"]
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", backups


def _restore(server: DevServer, at: str, backups: dict[str, str]) -> None:
    """Do what DynamoDB does of `restore_table_to_point_in_time`."""
    prefix = f"{_TABLES}at-{at.replace('-', '').replace(':', '')}-"
    for name, backup in backups.items():
        _dynamodb(server).restore_table_from_backup(TargetTableName=prefix + name, BackupArn=backup)


def _have_an_accident(server: DevServer, owners: dict[str, Owner]) -> None:
    for owner in owners.values():
        first, second = owner.projects()
        owner.mutate("projects:deleteProject", id=first)
        for file in owner.query("files:getFolderContents", projectId=second):
            if "content" in file:
                owner.mutate("files:updateFile", id=file["_id"], content="lost")
    s3 = _client(server, "s3")
    for bucket in (found["Name"] for found in s3.list_buckets()["Buckets"] if found["Name"].startswith(_TABLES)):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for found in page.get("Contents", ()):
                s3.delete_object(Bucket=bucket, Key=found["Key"])


def _successor(stack: ExitStack, lost: DevServer, state: Path) -> DevServer:
    """Return a new deployment at the address of the lost one; the identity provider is another's, and still there."""
    state.mkdir()
    shutil.copy(lost.state / "identity.pem", state)
    return _served(stack, DevServer(state, port=lost.port))


def _entries(archive: Path) -> dict[str, bytes]:
    return {name: body for name, body in entries_of(archive).items() if name != MANIFEST}


def _require_equal(found: dict[str, Any], expected: dict[str, Any], what: str) -> None:
    different = [name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)]
    assert not different, f"{what} differ in {sorted(different)}"


def _dynamodb(server: DevServer) -> Any:
    return _client(server, "dynamodb")


def _client(server: DevServer, service: str) -> Any:
    session = boto3.Session(aws_access_key_id=NOBODY, aws_secret_access_key=NOBODY, region_name=REGION)
    endpoint = running_endpoint(Workspace(ROOT, server.state, server.port))
    return session.client(service, endpoint_url=endpoint)  # type: ignore[call-overload]


@contextmanager
def _step(told: str) -> Iterator[None]:
    print(f"  {told} ", end="", flush=True)
    began = time.monotonic()
    yield
    print(f"({time.monotonic() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
