"""The steps of `import-github-repo`.

resolve → clean → plan → folders → files, for each chunk → report

Nothing but names goes from step to step. The commit is fixed by the first step, the project is emptied once, and all
that follows writes by path: so steps, and the whole run, can be repeated.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from functions.system.files import cleanup
from functions.system.imports import import_batch
from functions.system.projects import append_generation_event
from shared.db.access import Access
from shared.errors import Overloaded
from shared.github.archive import blob_sha, files_in_archive
from shared.github.repository import Repository
from shared.github.tree import entries_of
from shared.jobs.github_steps import github_of, listed
from shared.jobs.import_contents import ListedFile, Parts, object_name, part_name
from shared.jobs.import_plan import MAX_ENTRIES, MAX_TOTAL_BYTES, Plan, chunks_of, megabytes, plan_of
from shared.jobs.step import Step, step
from shared.jobs.stored_objects import ACCESS, store
from shared.jobs.task import Json
from shared.jobs.text_or_binary import text_of
from shared.schema.tables import File
from shared.service_errors import (
    GitHubDenied,
    GitHubNotFound,
    GitHubRefused,
    GitHubUnavailable,
    RepositoryTooLarge,
)

_MACHINE: Final = "import-github-repo"
_LONG_S: Final = 900
_LARGE_MB: Final = 1024
"""What a step holds that works on whole chunks: up to 50 MB of contents, in several forms."""
_FOLDERS_OF_CALL: Final = 100
_LEFT: Final = Access(reads=frozenset({File}))


@step(_MACHINE)
def resolve(step: Step) -> Json:
    """Finds the repository and the commit to import."""
    if step.scratch.get("source") is not None:
        return {}
    wanted = step.job.input or {}
    repository = Repository(github_of(step), wanted["owner"], wanted["repo"])
    found = repository.description()
    if found.size_kb * 1024 > MAX_TOTAL_BYTES:
        raise RepositoryTooLarge(
            f"The repository has {megabytes(found.size_kb * 1024)};"
            f" at most {megabytes(MAX_TOTAL_BYTES)} can be imported."
        )
    repository = Repository(repository.github, found.owner, found.name)  # by its present name, if it was renamed
    head = repository.head(found.branch)
    commit = {} if head is None else {"commit": head.sha, "tree": head.tree}
    step.scratch.put("source", {"owner": found.owner, "repo": found.name, "branch": found.branch, **commit})
    return {}


@step(_MACHINE, calls=(cleanup,), access=_LEFT, timeout_s=_LONG_S)
def clean(step: Step) -> Json:
    """Removes what the project holds, once."""
    rounds = 0
    # By a key, so that a try that is thought lost but still runs removes nothing that comes later.
    while step.call(cleanup, f"clean/{rounds}", project_id=step.job.project_id)["deleted"]:
        rounds += 1
    if not step.scratch.get("cleaned"):
        left = step.environment.database.query(
            _LEFT, lambda db: db.query(File.by_project, project_id=step.job.project_id).first()
        )
        if left is not None:
            raise Overloaded("The project's files are still being removed; try again.")
        step.scratch.put("cleaned", True)
    return {}


@step(_MACHINE, calls=(append_generation_event,), timeout_s=_LONG_S, memory_mb=_LARGE_MB)
def plan(step: Step) -> Json:
    """Lists what is imported, and fetches the contents."""
    source = step.scratch.get("source")
    if "commit" not in source:
        step.scratch.put("plan", Plan([], [], []))
        return {"chunks": []}
    repository = _repository(step)
    planned = plan_of(entries_of(repository, source["tree"], MAX_ENTRIES))
    files = f"{len(planned.files)} files of {source['owner']}/{source['repo']} ({source['branch']})"
    step.call(
        append_generation_event, "planned", project_id=step.job.project_id, type="step", message=f"Importing {files}"
    )
    chunks = chunks_of(planned.files)
    parts = Parts(step.scratch, [part for chunk in chunks for part in chunk])
    # What the archive lacks is fetched file by file, so an import does not depend on it.
    with suppress(GitHubUnavailable, GitHubNotFound, GitHubDenied, GitHubRefused):
        for path, content in files_in_archive(repository, source["commit"], parts.sizes):
            parts.take(path, content)
    parts.close()
    step.scratch.put("plan", planned._replace(files=[]))
    return {"chunks": _names([len(chunk) for chunk in chunks])}


@step(_MACHINE, calls=(import_batch,), timeout_s=_LONG_S)
def folders(step: Step) -> Json:
    """Makes the folders."""
    paths = Plan(*step.scratch.get("plan")).folders
    failed: list[Any] = []
    for start in range(0, len(paths), _FOLDERS_OF_CALL):
        entries = [{"path": path, "type": "folder"} for path in paths[start : start + _FOLDERS_OF_CALL]]
        failed += _write(step, entries)["failed"]
    step.scratch.put("results/folders", {"written": 0, "failed": failed})
    return {}


@step(_MACHINE, calls=(import_batch,), access=ACCESS, timeout_s=_LONG_S, memory_mb=_LARGE_MB)
def files(step: Step) -> Json:
    """Writes the files of one chunk."""
    chunk = step.event["chunk"]
    first, _, last = chunk.partition("-")
    written, failed, repository = 0, [], _repository(step)
    for number in range(int(first), int(last or first) + 1):
        entries, lost = _entries(step, repository, step.scratch.get(part_name(number)))
        done = _write(step, entries)
        written += len(entries) - len(done["failed"])
        failed += [*lost, *done["failed"]]
    step.scratch.put(f"results/{chunk}", {"written": written, "failed": failed})
    return {}


@step(_MACHINE, calls=(append_generation_event,))
def report(step: Step) -> Json:
    """Tells the owner what was imported, and what was not."""
    source, planned = step.scratch.get("source"), Plan(*step.scratch.get("plan"))
    results = [step.scratch.get(f"results/{name}") for name in ("folders", *step.event["chunks"])]
    failed = [(entry["path"], entry["error"]) for result in results for entry in result["failed"]]
    count = sum(result["written"] for result in results)
    told = {
        "info": f"Imported {count} files and {len(planned.folders)} folders of {source['owner']}/{source['repo']}",
        "skipped": f"Not imported as in the repository:\n{listed(planned.notes)}" if planned.notes else "",
        "error": f"Could not be imported:\n{listed(failed)}" if failed else "",
    }
    for name, message in told.items():
        if message:
            type = "error" if name == "error" else "info"
            step.call(
                append_generation_event, f"report/{name}", project_id=step.job.project_id, type=type, message=message
            )
    return {}


def _repository(step: Step) -> Repository:
    source = step.scratch.get("source")
    return Repository(github_of(step), source["owner"], source["repo"])


def _write(step: Step, entries: list[dict[str, Any]]) -> Any:
    return step.call(import_batch, project_id=step.job.project_id, job_id=step.job.job_id, entries=entries)


def _entries(
    step: Step, repository: Repository, part: list[ListedFile]
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return the entries of a part's files, whose objects are stored, and which of them could not be had."""
    entries: list[dict[str, Any]] = []
    binary: dict[str, bytes] = {}
    lost: list[dict[str, str]] = []
    for file in part:
        content = None if "text" in file else _content(step, repository, file)
        text = file.get("text") if content is None else text_of(content)
        if text is not None:
            entries.append({"path": file["path"], "content": text})
        elif content is not None:
            binary[file["path"]] = content
        else:
            lost.append({"path": file["path"], "error": "GitHub did not give what the commit holds"})
    ids = store(step, binary) if binary else {}
    return [*entries, *({"path": path, "storageId": id} for path, id in ids.items())], lost


def _content(step: Step, repository: Repository, file: ListedFile) -> bytes | None:
    """Return the content of a file whose text has not come with the archive, or None: it cannot be had."""
    kept = step.scratch.get_bytes(object_name(file["sha"])) if "isStored" in file else None
    if kept is not None:
        return kept
    try:
        content = repository.blob(file["sha"])
    except (GitHubNotFound, GitHubRefused):
        return None
    return content if blob_sha(content) == file["sha"] else None


def _names(sizes: list[int]) -> list[str]:
    """Return the names of chunks that have so many parts: the numbers of the first and the last."""
    names, first = [], 0
    for size in sizes:
        names.append(str(first) if size == 1 else f"{first}-{first + size - 1}")
        first += size
    return names
