"""`polaris export`, `import`, `ranges-check` and `codegen`, on a deployment in memory."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

import functions
from infra.cli.deployment import Deployment
from infra.local.workspace import ROOT
from shared.codegen.__main__ import frontend
from shared.db.engine import Operation
from tests.cli.command import deployment_of, lines, polaris
from tests.support.backend import Backend
from tests.support.memory_engine import MemoryEngine


@pytest.fixture
def backend() -> Backend:
    made = Backend()
    ada = made.as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    ada.call("files:createFile", projectId=project, name="main.py", content="print('hi')")
    return made


def stage_of(backend: Backend) -> Deployment:
    return deployment_of(backend, s3=backend.s3)


def test_what_is_exported_can_be_imported_elsewhere(backend: Backend, tmp_path: Path) -> None:
    archive = str(tmp_path / "polaris.zip")
    exported = polaris("export", archive, deployment=stage_of(backend))
    assert lines(exported.stderr) == [f"{archive}: 3 documents, 0 stored files of 0 bytes"]
    other = Backend()
    imported = polaris("import", archive, deployment=stage_of(other))
    assert (imported.exit_code, lines(imported.stderr)) == (0, lines(exported.stderr))
    assert [row["_id"] for row in other.rows("files")] == [row["_id"] for row in backend.rows("files")]


class Interrupted(MemoryEngine):
    """An engine at whose next write somebody presses Ctrl-C, once that is awaited."""

    is_awaited = False

    def write(self, operation: Operation) -> None:
        if self.is_awaited:
            self.is_awaited = False
            raise KeyboardInterrupt
        super().write(operation)


def test_an_import_that_is_interrupted_goes_on_when_it_is_run_again(backend: Backend, tmp_path: Path) -> None:
    archive = str(tmp_path / "polaris.zip")
    polaris("export", archive, deployment=stage_of(backend))
    engine = Interrupted()
    other = Backend(engine)
    engine.is_awaited = True
    stopped = polaris("import", archive, deployment=stage_of(other))
    assert (stopped.exit_code, lines(stopped.stderr)[0].split(";")[0]) == (130, "Stopped")
    assert polaris("import", archive, deployment=stage_of(other)).exit_code == 0
    assert [row["_id"] for row in other.rows("files")] == [row["_id"] for row in backend.rows("files")]


def test_an_archive_can_be_checked_without_a_stage(backend: Backend, tmp_path: Path) -> None:
    archive = str(tmp_path / "polaris.zip")
    polaris("export", archive, deployment=stage_of(backend))
    result = polaris("import", archive, "--check")
    assert (result.exit_code, lines(result.stdout)) == (
        0,
        [f"{archive} can be imported: 3 documents, 0 stored files of 0 bytes"],
    )


def test_a_file_that_is_there_is_replaced_only_if_that_is_said(backend: Backend, tmp_path: Path) -> None:
    archive = tmp_path / "polaris.zip"
    archive.write_text("mine")
    assert polaris("export", str(archive), deployment=stage_of(backend)).exit_code == 2
    assert archive.read_text() == "mine"
    assert polaris("export", str(archive), "--force", deployment=stage_of(backend)).exit_code == 0


def test_what_is_no_archive_is_refused_in_one_line(tmp_path: Path) -> None:
    damaged = tmp_path / "polaris.zip"
    damaged.write_text("damaged")
    result = polaris("import", str(damaged), deployment=stage_of(Backend()))
    assert (result.exit_code, len(lines(result.stderr))) == (1, 1)


def test_a_stage_with_data_takes_no_archive(backend: Backend, tmp_path: Path) -> None:
    archive = str(tmp_path / "polaris.zip")
    polaris("export", archive, deployment=stage_of(backend))
    result = polaris("import", archive, deployment=stage_of(backend))
    assert result.exit_code == 1
    assert "empty" in lines(result.stderr)[0]


def test_indexes_that_agree_are_told(backend: Backend) -> None:
    result = polaris("ranges-check", deployment=stage_of(backend))
    assert (result.exit_code, result.stdout) == (0, "Everything agrees.\n")


def test_a_difference_is_told_and_can_be_repaired(backend: Backend) -> None:
    claim = next(row for row in backend.rows("claims") if row["key"].startswith("users."))
    claim["id"] = "somebody else"
    found = polaris("ranges-check", deployment=stage_of(backend))
    assert found.exit_code == 1
    assert claim["key"] in found.stdout
    assert polaris("ranges-check", "--repair", deployment=stage_of(backend)).exit_code == 0
    assert polaris("ranges-check", deployment=stage_of(backend)).exit_code == 0


def test_codegen_writes_what_frontends_need_and_tells_what_is_stale(tmp_path: Path) -> None:
    folder = tmp_path / "convex/_generated"
    assert polaris("codegen", "--out", str(folder), "--check").exit_code == 1
    assert polaris("codegen", "--out", str(folder)).exit_code == 0
    assert {file.name: file.read_text() for file in folder.iterdir()} == frontend(functions, "http://127.0.0.1:3210")
    assert polaris("codegen", "--out", str(folder), "--check").exit_code == 0


def test_the_function_specification_is_printed() -> None:
    spec = json.loads(polaris("function-spec", "--url", "https://polaris.example").stdout)
    assert spec["url"] == "https://polaris.example"
    assert "projects.js:create" in {function["identifier"] for function in spec["functions"]}


def test_the_makefiles_verbs_are_commands() -> None:
    makefile = (ROOT / "Makefile").read_text()
    called = re.findall(r"^\t@\$\(POLARIS\) (\S+)", makefile, re.MULTILINE)
    assert set(called) == {"codegen", "deploy", "token", "ranges-check"}


class NothingToRestore:
    """A DynamoDB that has no past."""

    def describe_table(self, **request: str) -> None:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "DescribeTable")

    def restore_table_to_point_in_time(self, **request: object) -> None:
        why = "Choose a time of the last 35 days"
        raise ClientError({"Error": {"Code": "InvalidRestoreTimeException", "Message": why}}, "Restore")


def test_a_moment_that_cannot_be_restored_is_told_in_one_line(backend: Backend, tmp_path: Path) -> None:
    stage = deployment_of(backend, s3=backend.s3, dynamodb=NothingToRestore())
    archive = tmp_path / "then.zip"
    result = polaris("export", str(archive), "--at", "2020-01-01T00:00:00Z", deployment=stage)
    assert result.exit_code == 1
    assert "cannot be restored to 2020-01-01T00:00:00Z" in lines(result.stderr)[-1]
    assert not archive.exists()


def test_a_moment_that_is_none_is_wrong_usage(backend: Backend, tmp_path: Path) -> None:
    result = polaris("export", str(tmp_path / "then.zip"), "--at", "yesterday", deployment=stage_of(backend))
    assert result.exit_code == 2
