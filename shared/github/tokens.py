"""Users' GitHub tokens, from the identity provider through which they have connected GitHub with their account.

Clerk       GET  /v1/users/{subject}/oauth_access_tokens/oauth_github
Stack Auth  POST /api/v1/connected-accounts/{subject}/github/access-token
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from shared.auth.identity import Identity
from shared.auth.providers import STACK_ISSUER, normal_issuer
from shared.job_settings import JobSettings
from shared.json_api import Answer, JsonApi, NoAnswer
from shared.service_errors import AccountsUnavailable
from shared.settings import Settings

_CLERK_NAMES: Final = ("oauth_github", "github")
"""What Clerk calls GitHub; older and newer versions of its API differ."""


class ConnectedAccounts:
    """The accounts that users have connected at the identity provider.

    Args:
        jobs: the deployment's settings of jobs.
        key: returns the provider's server key; asked only if the settings name its secret.
    """

    def __init__(self, jobs: JobSettings, key: Callable[[], str]) -> None:
        self._jobs = jobs
        self._key = key

    def github_token(self, identity: Identity, settings: Settings) -> str | None:
        """Return a user's GitHub token, or None: they have connected none, or their provider is not asked for any.

        Raises:
            AccountsUnavailable: the provider does not answer.
            RuntimeError: it refuses the key.
        """
        if not self._jobs.provider_key_secret:
            return None
        issuer = normal_issuer(identity.issuer)
        try:
            if settings.clerk_issuer and issuer == normal_issuer(settings.clerk_issuer):
                return self._of_clerk(identity.subject)
            if settings.stack_project_id and issuer == STACK_ISSUER + settings.stack_project_id:
                return self._of_stack(identity.subject, settings.stack_project_id)
        except NoAnswer as error:
            raise AccountsUnavailable(
                f"The connection with GitHub cannot be looked up at present ({error}). Please try again."
            ) from None
        return None

    def _of_clerk(self, subject: str) -> str | None:
        headers = {"Authorization": f"Bearer {self._key()}"}
        for name in _CLERK_NAMES:
            path = f"/v1/users/{quote(subject, safe='')}/oauth_access_tokens/{name}"
            body = _accepted(self._clerk.ask("GET", path, headers))
            found = body.get("data") if isinstance(body, dict) else body
            if isinstance(found, list) and found:
                return _text(found[0], "token")
        return None

    def _of_stack(self, subject: str, project_id: str) -> str | None:
        headers = {
            "X-Stack-Access-Type": "server",
            "X-Stack-Project-Id": project_id,
            "X-Stack-Secret-Server-Key": self._key(),
        }
        path = f"/api/v1/connected-accounts/{quote(subject, safe='')}/github/access-token"
        return _text(_accepted(self._stack.ask("POST", path, headers, {})), "access_token")

    @cached_property
    def _clerk(self) -> JsonApi:
        return JsonApi(self._jobs.clerk_api_url)

    @cached_property
    def _stack(self) -> JsonApi:
        return JsonApi(self._jobs.stack_api_url)


def _accepted(answer: Answer) -> Any:
    """Return the body of a good answer; of one that says that there is no token, None.

    Raises:
        RuntimeError: the key is not accepted.
    """
    if answer.status in (401, 403):
        raise RuntimeError(
            f"The identity provider refuses the server key (status {answer.status}): put the right one into the "
            "secret that the setting provider_key_secret names"
        )
    return answer.body if answer.status < 300 else None


def _text(found: Any, name: str) -> str | None:
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) and value else None
