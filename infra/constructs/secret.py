"""A random key in Secrets Manager."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.names import Names


def add_secret(scope: Construct, id: str, name: str, description: str, names: Names) -> secretsmanager.Secret:
    """Create a secret of 64 letters and digits."""
    secret = secretsmanager.Secret(
        scope,
        id,
        secret_name=name,
        description=description,
        generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
        removal_policy=RemovalPolicy.DESTROY if names.stage.removable else RemovalPolicy.RETAIN,
    )
    acknowledge(secret, "SMG4", "rotated by hand, with both keys valid meanwhile: callers outside AWS hold a copy")
    return secret
