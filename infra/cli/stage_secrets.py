"""The secrets of a stage, in Secrets Manager."""

from __future__ import annotations

import secrets
from typing import Any, Final, NamedTuple

from infra.cli.deployment import Deployment
from infra.cli.failures import Misused
from shared.job_settings import settings_from
from shared.secrets import MIN_LENGTH

_GENERATED: Final = {"internal-key", "signing-key"}
_OF_SETTING: Final = {"provider-key": "provider_key_secret", "autumn-key": "autumn_key_secret"}
NAMES: Final = {
    "internal-key": "what the app's servers pass to internal functions",
    "signing-key": "signs cursors, upload URLs and tokens of administrators",
    "provider-key": "the identity provider's server key, for users' GitHub tokens",
    "autumn-key": "Autumn's key",
}
"""What each secret is for."""

_BYTES: Final = 32


class Described(NamedTuple):
    """What may be said of a secret to anybody.

    Attributes:
        id: its name in Secrets Manager.
        changed: when its value was last changed, or None: it has none.
    """

    id: str
    changed: Any


def secret_id(deployment: Deployment, name: str) -> str:
    """Return the Secrets Manager id of a secret.

    Raises:
        Misused: the stage's settings name none.
    """
    if name in _GENERATED:
        settings = deployment.settings
        return settings.internal_key_secret if name == "internal-key" else settings.signing_key_secret
    setting = _OF_SETTING[name]
    found: str = getattr(settings_from(deployment.variables), setting)
    if not found:
        raise Misused(f"The stage has no {name}: set {setting} to a name in Secrets Manager and deploy it first")
    return found


def described(deployment: Deployment, name: str) -> Described:
    """Return what may be said of a secret; errors as of `secret_id`."""
    client, id_ = deployment.client("secretsmanager"), secret_id(deployment, name)
    try:
        return Described(id_, client.describe_secret(SecretId=id_).get("LastChangedDate"))
    except client.exceptions.ResourceNotFoundException:
        return Described(id_, None)


def revealed(deployment: Deployment, name: str) -> str:
    """Return a secret's value; errors as of `secret_id`."""
    client, id_ = deployment.client("secretsmanager"), secret_id(deployment, name)
    try:
        return str(client.get_secret_value(SecretId=id_)["SecretString"])
    except client.exceptions.ResourceNotFoundException:
        raise Misused(f"{id_} has no value yet; `polaris env set {name}` gives it one") from None


def generated(name: str) -> str | None:
    """Return a new value for a secret that this backend makes up itself, else None."""
    return secrets.token_hex(_BYTES) if name in _GENERATED else None


def rotate(deployment: Deployment, name: str, value: str) -> None:
    """Give a secret another value; of the backend's own keys the one before stays valid until the next time.

    Raises:
        Misused: the value is too short for a key, or the stage's settings name no such secret.
    """
    if name in _GENERATED and len(value) < MIN_LENGTH:
        raise Misused(f"A key needs at least {MIN_LENGTH} characters; without a value one is made up")
    client, id_ = deployment.client("secretsmanager"), secret_id(deployment, name)
    try:
        client.put_secret_value(SecretId=id_, SecretString=value)
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=id_, SecretString=value)
