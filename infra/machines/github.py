"""Repositories that come and go.

import-github-repo    Resolve → Clean → Plan → Folders → Files ∥ → Report → Complete
export-to-github      Whoami → EnsureRepo → WaitRef → Snapshot → Blobs ∥ → Tree → Commit → UpdateRef → Moved?
↑                             ├→ Report → …
└──────── WaitRefAgain ←──────┘  (once)
"""

from __future__ import annotations

from functions.workflows import github_export, github_import
from infra.machines.states import State, States, choice, each, task
from infra.names import Names


def import_github_repo(names: Names) -> States:
    """Return the states up to `Complete`."""
    file_chunk: States = {
        "File": task(names, github_import.files, then=None, catches=()),
    }
    return {
        "Resolve": task(names, github_import.resolve, then="Clean", result=None),
        "Clean": task(names, github_import.clean, then="Plan", result=None),
        "Plan": task(names, github_import.plan, then="Folders", result="$.plan"),
        "Folders": task(names, github_import.folders, then="Files", result=None),
        "Files": each("$.plan.chunks", "chunk", 5, "File", file_chunk, then="Report"),
        "Report": task(
            names,
            github_import.report,
            then="Complete",
            parameters={"jobId.$": "$.jobId", "chunks.$": "$.plan.chunks"},
            result=None,
        ),
    }


def export_to_github(names: Names) -> States:
    """Return the states up to `Complete`, which finds the repository's URL at `$.report.repoUrl`."""
    blob_chunk: States = {
        "Blob": task(names, github_export.blobs, then=None, catches=()),
    }
    return {
        "Whoami": task(names, github_export.whoami, then="EnsureRepo", result=None),
        "EnsureRepo": task(names, github_export.ensure_repo, then="WaitRef", result=None),
        "WaitRef": task(names, github_export.wait_ref, then="Snapshot", result="$.head"),
        "Snapshot": task(names, github_export.snapshot, then="Blobs", parameters=_with("head"), result="$.plan"),
        "Blobs": each("$.plan.chunks", "chunk", 4, "Blob", blob_chunk, then="Tree"),
        "Tree": task(names, github_export.tree, then="Commit", parameters=_with("head"), result="$.tree"),
        "Commit": task(
            names, github_export.commit, then="UpdateRef", parameters=_with("head", "tree"), result="$.commit"
        ),
        "UpdateRef": task(
            names, github_export.update_ref, then="Moved", parameters=_with("head", "commit"), result="$.update"
        ),
        "Moved": choice(("$.update.next", "wait_ref", "WaitRefAgain"), otherwise="Report"),
        "WaitRefAgain": task(names, github_export.wait_ref, then="Tree", result="$.head"),
        "Report": task(names, github_export.report, then="Complete", result="$.report"),
    }


def _with(*fields: str) -> State:
    return {f"{name}.$": f"$.{name}" for name in ("jobId", *fields)}
