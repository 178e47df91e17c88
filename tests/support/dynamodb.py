"""Real tables on a DynamoDB endpoint, made from the schema."""

from __future__ import annotations

from typing import Any

from shared.schema.platform import all_tables
from shared.schema.table import SecondaryIndex, Table


def create_tables(client: Any, prefix: str) -> None:
    """Create every table of the backend under `prefix`."""
    for table in all_tables():
        client.create_table(
            TableName=prefix + table.name.lstrip("_"),
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": table.type_of(name)}
                for name in sorted(_key_attributes(table))
            ],
            KeySchema=_key_schema((table.partition_key,), (table.sort_key,) if table.sort_key else ()),
            **({"GlobalSecondaryIndexes": [_index(index) for index in table.indexes]} if table.indexes else {}),
        )


def _key_attributes(table: Table) -> set[str]:
    own = {table.partition_key, *filter(None, [table.sort_key])}
    return own.union(*((*index.partition, *index.sort) for index in table.indexes))


def _key_schema(partition: tuple[str, ...], sort: tuple[str, ...]) -> list[dict[str, str]]:
    hashes = [{"AttributeName": name, "KeyType": "HASH"} for name in partition]
    return hashes + [{"AttributeName": name, "KeyType": "RANGE"} for name in sort]


def _index(index: SecondaryIndex) -> dict[str, Any]:
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index.partition, index.sort),
        "Projection": {"ProjectionType": "ALL" if index.projects_all else "KEYS_ONLY"},
    }
