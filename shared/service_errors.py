"""What goes wrong with services that jobs call. Each class's name is what state machines match on.

ServiceError                   the message is written for the job's owner
├── Retryable                  asking again later may help
│   ├── ModelThrottled  ModelUnavailable
│   ├── GitHubUnavailable  GitHubRateLimited
│   └── AccountsUnavailable  BillingUnavailable
├── ModelNotConfigured  ModelRefused
├── GitHubNotConnected  GitHubDenied  GitHubNotFound  GitHubRefused
└── NothingToExport  RepositoryTooLarge
"""

from __future__ import annotations

from shared.errors import PolarisError


class ServiceError(PolarisError):
    """A service outside the backend did not do what a job needs."""

    code = "SERVICE"


class Retryable(ServiceError):
    """Another try may help."""

    retryable = True


class ModelThrottled(Retryable):
    """The model's service is asked more than it allows."""


class ModelUnavailable(Retryable):
    """The model's service failed or did not answer in time."""


class AccountsUnavailable(Retryable):
    """The identity provider failed or did not answer in time when it was asked for a user's GitHub token."""


class BillingUnavailable(Retryable):
    """Autumn failed or did not answer in time."""


class ModelNotConfigured(ServiceError):
    """No model is chosen for this deployment."""


class ModelRefused(ServiceError):
    """The model's service does not take the request: its message says why."""


class GitHubUnavailable(Retryable):
    """GitHub failed or did not answer in time."""


class GitHubRateLimited(Retryable):
    """GitHub answers no more before a time that is too far away to wait for."""


class GitHubNotConnected(ServiceError):
    """The owner has not connected GitHub with their account, or the connection has ended."""


class GitHubDenied(ServiceError):
    """The token may not do this."""


class GitHubNotFound(ServiceError):
    """There is no such repository, or the token may not see it."""


class GitHubRefused(ServiceError):
    """GitHub does not take the request: its message says why."""


class NothingToExport(ServiceError):
    """The project has no files."""


class RepositoryTooLarge(ServiceError):
    """The repository is above a limit of imports."""
