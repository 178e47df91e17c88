"""The physical side of a table: what CDK creates and what the database door addresses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

AttributeType = Literal["S", "N"]


class SecondaryIndex(NamedTuple):
    """A global secondary index.

    Attributes:
        name: the index name of the original schema.
        partition: attributes that a query fixes by equality, in order (at most 4, DynamoDB's limit).
        sort: attributes that order the entries, in order (at most 4).
        projects_all: whether entries carry whole documents; otherwise keys only.
    """

    name: str
    partition: tuple[str, ...]
    sort: tuple[str, ...]
    projects_all: bool


class Table(NamedTuple):
    """A DynamoDB table.

    Attributes:
        name: logical name; the physical name adds the deployment's prefix (`Settings.table_name`).
        partition_key: attribute name, always a string.
        sort_key: attribute name, always a string, or None.
        indexes: the global secondary indexes.
        attribute_types: DynamoDB type of each key attribute that is not a string.
        ttl: the attribute that holds the expiry in epoch seconds, or None when rows do not expire.
        streams: whether changes are published on a DynamoDB stream.
        description: one sentence for the docs.
    """

    name: str
    partition_key: str
    description: str
    sort_key: str | None = None
    indexes: tuple[SecondaryIndex, ...] = ()
    attribute_types: Mapping[str, AttributeType] = MappingProxyType({})
    ttl: str | None = None
    streams: bool = False

    def type_of(self, attribute: str) -> AttributeType:
        """Return the DynamoDB type of the key attribute `attribute`."""
        return self.attribute_types.get(attribute, "S")
