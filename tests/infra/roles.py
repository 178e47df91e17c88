"""What the roles in templates allow."""

from __future__ import annotations

from typing import Any

from shared.runtime.door import Door
from shared.runtime.function import Function
from tests.infra.templates import Resource, Templates

Rights = set[tuple[str, str]]
"""Pairs of an action and a resource."""


def lambda_of(templates: Templates, declared: Function[Any] | Door) -> Resource:
    """Return the Lambda of a function or door."""
    return templates.only("AWS::Lambda::Function", Handler=declared.handler)


def rights_of(templates: Templates, declared: Function[Any] | Door) -> Rights:
    """Return what the role of its Lambda allows."""
    function = lambda_of(templates, declared)
    return rights_in(templates.referred(function, function["Role"]))


def rights_in(role: Resource) -> Rights:
    """Return what a role allows, which it must do by one inline policy."""
    (policy,) = role["Policies"]
    assert "ManagedPolicyArns" not in role.properties
    pairs: Rights = set()
    for statement in policy["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        assert not {"NotAction", "NotResource"} & statement.keys()
        for action in _listed(statement["Action"]):
            pairs |= {(action, resource) for resource in _listed(statement["Resource"])}
    return pairs


def of_service(rights: Rights, service: str) -> Rights:
    """Return the rights on one service, such as `s3`."""
    return {(action, resource) for action, resource in rights if action.startswith(f"{service}:")}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
