from __future__ import annotations

from typing import Any

import pytest

from infra.stage import Stage
from shared.schema.platform import all_tables
from shared.schema.table import Table
from tests.infra import sample
from tests.infra.conftest import Synthesize
from tests.infra.templates import Resource, Templates, names_of

TABLE = "AWS::DynamoDB::GlobalTable"
EVERY_TABLE = pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)


def deployed(templates: Templates, table: Table) -> Resource:
    return templates.only(TABLE, TableName=names_of(Stage()).table(table))


def key_schema(partition: tuple[str, ...], sort: tuple[str, ...]) -> list[dict[str, str]]:
    hashes = [{"AttributeName": name, "KeyType": "HASH"} for name in partition]
    return hashes + [{"AttributeName": name, "KeyType": "RANGE"} for name in sort]


def test_exactly_the_tables_of_the_schema_are_deployed(templates: Templates) -> None:
    names = names_of(Stage())
    assert sorted(r["TableName"] for r in templates.resources(TABLE)) == sorted(map(names.table, all_tables()))


@EVERY_TABLE
def test_a_table_has_the_schemas_key(templates: Templates, table: Table) -> None:
    sort = (table.sort_key,) if table.sort_key else ()
    assert deployed(templates, table)["KeySchema"] == key_schema((table.partition_key,), sort)


@EVERY_TABLE
def test_a_table_has_exactly_the_schemas_indexes(templates: Templates, table: Table) -> None:
    expected = {
        index.name: (key_schema(index.partition, index.sort), "ALL" if index.projects_all else "KEYS_ONLY")
        for index in table.indexes
    }
    found = deployed(templates, table).properties.get("GlobalSecondaryIndexes", [])
    assert {i["IndexName"]: (i["KeySchema"], i["Projection"]["ProjectionType"]) for i in found} == expected


@EVERY_TABLE
def test_key_attributes_have_the_schemas_types(templates: Templates, table: Table) -> None:
    used = {table.partition_key, *filter(None, [table.sort_key])}.union(
        *((*index.partition, *index.sort) for index in table.indexes)
    )
    found = deployed(templates, table)["AttributeDefinitions"]
    assert {d["AttributeName"]: d["AttributeType"] for d in found} == {name: table.type_of(name) for name in used}


@EVERY_TABLE
def test_rows_expire_and_are_streamed_where_the_schema_says_so(templates: Templates, table: Table) -> None:
    properties = deployed(templates, table).properties
    assert properties.get("TimeToLiveSpecification", {}).get("AttributeName") == table.ttl
    assert ("StreamSpecification" in properties) == table.streams


@EVERY_TABLE
def test_a_table_outlives_mistakes(templates: Templates, table: Table) -> None:
    resource = deployed(templates, table)
    (replica,) = resource["Replicas"]
    assert kept(resource.body)
    assert replica["DeletionProtectionEnabled"]
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert resource["SSESpecification"]["SSEEnabled"]


def kept(resource: dict[str, Any]) -> bool:
    return {resource["DeletionPolicy"], resource["UpdateReplacePolicy"]} == {"Retain"}


def test_a_throw_away_stage_can_be_deleted_and_is_the_same_otherwise(
    synthesize: Synthesize, templates: Templates
) -> None:
    removable = synthesize(sample.REGISTRY, sample.DOORS, removable="true")
    assert not any(kept(r.body) for r in removable.resources(TABLE) + removable.resources("AWS::S3::Bucket"))
    assert {s: [*t["Resources"]] for s, t in removable.stacks.items()} == {
        s: [*t["Resources"]] for s, t in templates.stacks.items()
    }
