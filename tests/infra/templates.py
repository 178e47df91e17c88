"""Synthesised templates, read as CloudFormation would in one region of one account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.names import Names
from infra.stage import Stage

PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::AccountId": "111122223333",
    "AWS::URLSuffix": "amazonaws.com",
}


def names_of(stage: Stage) -> Names:
    """Return the names as they are where the templates are read."""
    return Names(stage, *PSEUDO.values())


def integration_of(templates: Templates, route: Resource) -> Resource:
    """Return the integration that a route of an API leads to."""
    _, (_, integration) = route["Target"]["Fn::Join"]
    return templates.referred(route, integration)


def invoked_by(templates: Templates, integration: Resource) -> Resource:
    """Return the Lambda that an integration invokes; WebSocket APIs name it within a longer ARN."""
    match integration["IntegrationUri"]:
        case {"Fn::Join": [_, parts]}:
            (arn,) = (part for part in parts if isinstance(part, dict) and "Fn::GetAtt" in part)
            return templates.referred(integration, arn)
        case arn:
            return templates.referred(integration, arn)


def plain(value: Any) -> Any:
    """Fill in what CloudFormation knows by itself; other references stay."""
    match value:
        case {"Ref": str(name)} if name in PSEUDO:
            return PSEUDO[name]
        case {"Fn::Join": [separator, parts]}:
            filled = [plain(part) for part in parts]
            known = all(isinstance(part, str) for part in filled)
            return separator.join(filled) if known else {"Fn::Join": [separator, filled]}
        case dict():
            return {key: plain(part) for key, part in value.items()}
        case list():
            return [plain(part) for part in value]
    return value


@dataclass(frozen=True)
class Resource:
    """A resource of a template."""

    stack: str
    id: str
    body: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        """Its properties."""
        found: dict[str, Any] = self.body["Properties"]
        return found

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]


@dataclass(frozen=True)
class Templates:
    """The templates of a stage by stack name, and where they were written."""

    folder: Path
    stacks: dict[str, dict[str, Any]]

    @staticmethod
    def read(folder: Path) -> Templates:
        """Read what a synthesis left in `folder`."""
        files = sorted(folder.glob("*.template.json"))
        return Templates(folder, {file.name.split(".")[0]: plain(json.loads(file.read_text())) for file in files})

    def resources(self, type: str) -> list[Resource]:
        """Return the resources of a type, of all stacks."""
        return [resource for resource in self._all() if resource.body["Type"] == type]

    def only(self, type: str, **properties: Any) -> Resource:
        """Return the one resource of a type that has these properties."""
        (found,) = (r for r in self.resources(type) if properties.items() <= r.properties.items())
        return found

    def referred(self, by: Resource, reference: Any) -> Resource:
        """Return the resource of the same stack that `reference` names."""
        match reference:
            case {"Ref": id} | {"Fn::GetAtt": [id, _]}:
                return Resource(by.stack, id, self.stacks[by.stack]["Resources"][id])
        raise AssertionError(f"{reference} is no reference")

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of all stacks."""
        return {name: output["Value"] for t in self.stacks.values() for name, output in t.get("Outputs", {}).items()}

    def _all(self) -> Iterator[Resource]:
        for stack, template in self.stacks.items():
            yield from (Resource(stack, id, body) for id, body in template["Resources"].items())
