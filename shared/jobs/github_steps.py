"""What the steps of imports and exports share."""

from __future__ import annotations

from shared.github.client import GitHub
from shared.jobs.step import Step
from shared.sealing import open_token

_MOST_NAMED = 20


def github_of(step: Step) -> GitHub:
    """Return GitHub as the job's owner sees it.

    Raises:
        GitHubNotConnected: the job has no token.
    """
    store = step.environment.database.store
    token = open_token(store.signer, step.job.owner_id, step.job.sealed_token)
    return GitHub(step.environment.services.settings.github_api_url, token, store.clock, step.exchange.deadline_ms)


def listed(notes: list[tuple[str, str]]) -> str:
    """Return (path, why) as lines for people, cut short."""
    lines = [f"{path}: {why}" for path, why in notes[:_MOST_NAMED]]
    if len(notes) > _MOST_NAMED:
        lines.append(f"… and {len(notes) - _MOST_NAMED} more")
    return "\n".join(lines)
