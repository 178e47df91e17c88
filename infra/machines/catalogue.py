"""All state machines there are, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from infra.machines import agent, github, sweeping
from infra.machines.states import States, ending
from infra.names import Names
from shared.domain.jobs import LIMIT_S
from shared.jobs.following import DELETE_PROJECT
from shared.schema.tables import JobKind

_OF_JOBS: Final[dict[JobKind, Callable[[Names], States]]] = {
    "process-message": agent.process_message,
    "import-github-repo": github.import_github_repo,
    "export-to-github": github.export_to_github,
    "generate-project": agent.generate_project,
}
_OTHERS: Final[dict[str, Callable[[Names], States]]] = {
    DELETE_PROJECT: sweeping.delete_project,
    "collect-garbage": sweeping.collect_garbage,
    "reconcile-billing": sweeping.reconcile_billing,
}
NIGHTLY: Final = {"collect-garbage": "cron(20 3 * * ? *)", "reconcile-billing": "cron(20 4 * * ? *)"}
"""Machines that a clock starts, and when (UTC)."""

_DAY_S: Final = 24 * 3600


def definitions(names: Names) -> dict[str, dict[str, Any]]:
    """Return the definition of every state machine by its name."""
    found = {name: _definition(build(names), _DAY_S) for name, build in _OTHERS.items()}
    for kind, build in _OF_JOBS.items():
        repo_url = "$.report.repoUrl" if kind == "export-to-github" else None
        found[kind] = _definition(build(names) | ending(names, repo_url=repo_url), LIMIT_S[kind])
    return found


def _definition(states: States, timeout_s: int) -> dict[str, Any]:
    """Return the machine that begins with the first of its states."""
    return {"StartAt": next(iter(states)), "States": states, "TimeoutSeconds": timeout_s}
