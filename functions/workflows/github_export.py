"""The steps of `export-to-github`.

whoami → ensure_repo → wait_ref → snapshot → blobs, for each chunk → tree → commit → update_ref ┬→ report
                           ↑                                            once, if the branch moved ┘ (from tree on)

Until `update_ref`, nothing of the export can be seen in the repository; it moves the branch to a commit that holds
all of it. So a run that ends early leaves the branch as it was.
"""

from __future__ import annotations

import re
from typing import Any, Final

from functions.system.projects import append_generation_event
from shared.db.access import Access
from shared.db.reader import Reader
from shared.github.archive import blob_sha
from shared.github.repository import Commit, Description, Repository, create_repository, login_of
from shared.github.tree import entries_of
from shared.jobs.export_plan import Exported, exported_files, needs_blob, parts_of
from shared.jobs.github_steps import github_of, listed
from shared.jobs.step import Step, step
from shared.jobs.task import Json
from shared.schema.tables import File, Job, StoredFile
from shared.service_errors import (
    GitHubDenied,
    GitHubNotFound,
    GitHubRefused,
    GitHubUnavailable,
    NothingToExport,
    RepositoryTooLarge,
)

_MACHINE: Final = "export-to-github"
_LONG_S: Final = 900
_LARGE_MB: Final = 1024
"""What a step holds that works on whole chunks: up to 50 MB of contents, in several forms."""
_FILES: Final = Access(reads=frozenset({File, StoredFile}))
_OBJECTS: Final = Access(binary=True)

_CLOCKS_DIFFER_MS: Final = 10_000
_LOOKS: Final = 15
_BETWEEN_LOOKS_S: Final = 2.0
_LISTED: Final = 100_000
_KEPT_MODES: Final = ("100755", "120000")
_FILE_MODE: Final = "100644"
_MESSAGES: Final = {"create": "Initial commit from Polaris", "push": "Update from Polaris"}


@step(_MACHINE)
def whoami(step: Step) -> Json:
    """Finds out whose token it is."""
    step.scratch.put("login", login_of(github_of(step)))
    return {}


@step(_MACHINE)
def ensure_repo(step: Step) -> Json:
    """Finds the repository, or makes it."""
    if step.scratch.get("target") is not None:
        return {}
    wanted, github, login = step.job.input or {}, github_of(step), step.scratch.get("login")
    is_creation = wanted["mode"] == "create"
    owner = login if is_creation else wanted["owner"]
    name = _name(wanted["repoName"]) if is_creation else wanted["repo"]
    repository = Repository(github, owner, name)
    found = None if is_creation else repository.description_if_there()
    is_new = False
    if found is None:
        if not is_creation and not wanted.get("createIfMissing"):
            raise GitHubNotFound(f"GitHub does not find {repository.about}. Check its name, or have it created.")
        made = create_repository(
            github,
            owner,
            login,
            name=name,
            description=wanted.get("description") or "Exported from Polaris",
            private=wanted.get("private", True),
        )
        is_new = made is not None
        found = made or repository.description()
    is_new = is_new or _is_fresh(repository, found, step.job)
    if is_creation and not is_new:
        raise GitHubRefused(f"A repository {owner}/{name} exists already. Choose another name, or push to it.")
    if not found.may_push:
        raise GitHubDenied(f"The connected account may not write to {repository.about}.")
    target = {"owner": found.owner, "repo": found.name, "branch": found.branch, "url": found.url, "isNew": is_new}
    step.scratch.put("target", target)
    return {}


@step(_MACHINE, timeout_s=120)
def wait_ref(step: Step) -> Json:
    """Finds the commit that the export comes after; a repository without any gets one."""
    target, repository = _target(step)
    for look in range(_LOOKS):
        head = repository.head(target["branch"])
        if head is not None:
            return head._asdict()
        if not target["isNew"] or look == _LOOKS - 2:
            step.scratch.put("begun", True)
            repository.begin(target["branch"])
        step.environment.database.store.clock.sleep(_BETWEEN_LOOKS_S)
    raise GitHubUnavailable("GitHub has not made the branch of the repository yet. Please try again.")


@step(_MACHINE, access=_FILES, timeout_s=_LONG_S, memory_mb=_LARGE_MB)
def snapshot(step: Step) -> Json:
    """Writes down what is exported, and what the repository has already."""
    _, repository = _target(step)
    step.scratch.put("known", _known(repository, step.event["head"]["tree"]))
    notes: list[tuple[str, str]] = []
    files, stored = step.environment.database.query(_FILES, lambda db: _rows(db, step.job))
    content = step.environment.database.content
    count = parts = 0
    chunks = []
    for number, part in enumerate(parts_of(exported_files(files, stored, content, notes))):
        step.scratch.put(_part(number), part)
        count, parts = count + len(part), number + 1
        if any(map(needs_blob, part)):
            chunks.append(str(number))
    if not count:
        raise NothingToExport("No files to export: the project has none that can be.")
    step.scratch.put("manifest", {"parts": parts, "notes": notes})
    return {"chunks": chunks}


@step(_MACHINE, access=_OBJECTS, timeout_s=_LONG_S, memory_mb=_LARGE_MB)
def blobs(step: Step) -> Json:
    """Sends the files of one chunk that cannot be sent within a tree."""
    chunk = step.event["chunk"]
    if step.scratch.get(_shas(chunk)) is not None:
        return {}
    _, repository = _target(step)
    known = {sha for _, sha in step.scratch.get("known").values()}
    shas: dict[str, str | None] = {}
    for file in step.scratch.get(_part(chunk)):
        if needs_blob(file):
            shas[file["path"]] = _sent(step, repository, file, known)
    step.scratch.put(_shas(chunk), shas)
    return {}


@step(_MACHINE, timeout_s=_LONG_S, memory_mb=_LARGE_MB)
def tree(step: Step) -> Json:
    """Makes the tree of the export: in a new repository the only one, in another on top of what it holds."""
    target, repository = _target(step)
    head = Commit(**step.event["head"])
    is_new = (target["isNew"] or step.scratch.get("begun") is not None) and not head.parents
    known = step.scratch.get("known")
    base = None if is_new else head.tree
    for number in range(step.scratch.get("manifest")["parts"]):
        shas = step.scratch.get(_shas(str(number))) or {}
        part = [_entry(file, known, shas) for file in step.scratch.get(_part(number))]
        entries = [entry for entry in part if entry is not None]
        if entries:
            base = repository.add_tree(entries, base)
    if base is None:
        raise NothingToExport("No files to export: they have been deleted meanwhile.")
    return {"sha": base}


@step(_MACHINE)
def commit(step: Step) -> Json:
    """Makes the commit of the export, unless nothing has changed."""
    head = Commit(**step.event["head"])
    if step.event["tree"]["sha"] == head.tree:
        return {"sha": head.sha}
    _, repository = _target(step)
    wanted = step.job.input or {}
    message = wanted.get("commitMessage") or _MESSAGES[wanted["mode"]]
    return {"sha": repository.add_commit(message, step.event["tree"]["sha"], head.sha)}


@step(_MACHINE)
def update_ref(step: Step) -> Json:
    """Moves the branch to the commit; if the branch has moved meanwhile, the export is made anew, once."""
    target, repository = _target(step)
    sha = step.event["commit"]["sha"]
    if sha == step.event["head"]["sha"] or repository.move_branch(target["branch"], sha):
        return {"next": "report"}
    moved = step.scratch.get("moved")
    if moved not in (None, sha):
        raise GitHubRefused(f"The branch {target['branch']} keeps changing while the project is exported. Try again.")
    step.scratch.put("moved", sha)
    return {"next": "wait_ref"}


@step(_MACHINE, calls=(append_generation_event,))
def report(step: Step) -> Json:
    """Tells the owner what was exported, and what was not."""
    target, _ = _target(step)
    notes = [(path, why) for path, why in step.scratch.get("manifest")["notes"]]
    told = {"info": f"Exported to {target['owner']}/{target['repo']} ({target['branch']})"}
    if notes:
        told["error"] = f"Not exported:\n{listed(notes)}"
    for type, message in told.items():
        step.call(
            append_generation_event, f"report/{type}", project_id=step.job.project_id, type=type, message=message
        )
    return {"repoUrl": target["url"]}


def _target(step: Step) -> tuple[Json, Repository]:
    target: Json = step.scratch.get("target")
    return target, Repository(github_of(step), target["owner"], target["repo"])


def _name(wanted: str) -> str:
    """Return a repository's name as GitHub would make it of what was typed."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", wanted.strip())[:100]


def _is_fresh(repository: Repository, found: Description, job: Job) -> bool:
    """Tell whether an earlier try of this job made a repository: since the job began, and nothing is in it."""
    if found.created_at_ms + 1000 < job.started_at - _CLOCKS_DIFFER_MS:
        return False
    head = repository.head(found.branch)
    if head is None:
        return True
    return not head.parents and _known(repository, head.tree).keys() == {"README.md"}


def _known(repository: Repository, sha: str) -> dict[str, tuple[str, str]]:
    """Return the mode and hash of what is in a tree, by its path; nothing of a tree that is too large to list."""
    try:
        entries = entries_of(repository, sha, _LISTED)
    except RepositoryTooLarge:
        return {}
    return {entry.path: (entry.mode, entry.sha) for entry in entries if entry.type != "tree"}


def _rows(db: Reader, job: Job) -> tuple[list[File], dict[str, StoredFile]]:
    files = db.query(File.by_project, project_id=job.project_id).collect()
    return files, db.get_all(StoredFile, [file.storage_id for file in files if file.storage_id is not None])


def _sent(step: Step, repository: Repository, file: Exported, known: set[str]) -> str | None:
    """Return the hash of a file that the repository holds from now on, or None: it has been deleted."""
    content = step.environment.storage.get(file["uuid"]) if "uuid" in file else file["text"].encode()
    if content is None:
        return None
    sha = blob_sha(content)
    return sha if sha in known else repository.add_blob(content)


def _entry(file: Exported, known: dict[str, Any], shas: dict[str, str | None]) -> Json | None:
    """Return a file's entry of a tree, or None: it has been deleted; what is there already is not sent again."""
    path = file["path"]
    mode, known_sha = known.get(path, (_FILE_MODE, None))
    entry = {"path": path, "type": "blob", "mode": mode if mode in _KEPT_MODES else _FILE_MODE}
    if needs_blob(file):
        return entry | {"sha": shas[path]} if shas.get(path) else None
    if known_sha is not None and blob_sha(file["text"].encode()) == known_sha:
        return entry | {"sha": known_sha}
    return entry | {"content": file["text"]}


def _part(number: int | str) -> str:
    return f"parts/{number}"


def _shas(chunk: str) -> str:
    return f"shas/{chunk}"
