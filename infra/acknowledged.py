"""Findings of cdk-nag that are meant to be so, each with its reason, next to the construct they are about."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(scope: IConstruct, rule: str, reason: str) -> None:
    """Accept what `rule` of AwsSolutions, such as `S1` or `IAM5[Resource::*]`, finds at `scope` and below."""
    Validations.of(scope).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))
