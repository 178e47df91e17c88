"""A DynamoDB table as the schema declares it."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.names import Names
from shared.schema.table import SecondaryIndex, Table


def add_table(scope: Construct, table: Table, names: Names) -> dynamodb.TableV2:
    """Create `table`: on demand, encrypted, restorable to any second of 35 days, and not deleted by accident.

    CloudFormation adds or removes one index of an existing table per update, so a change of several indexes takes as
    many deployments.
    """
    removable = names.stage.removable
    return dynamodb.TableV2(
        scope,
        table.name.lstrip("_"),
        table_name=names.table(table),
        partition_key=_attribute(table, table.partition_key),
        sort_key=None if table.sort_key is None else _attribute(table, table.sort_key),
        global_secondary_indexes=[_index(table, index) for index in table.indexes],
        billing=dynamodb.Billing.on_demand(),
        encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
        time_to_live_attribute=table.ttl,
        dynamo_stream=dynamodb.StreamViewType.NEW_IMAGE if table.streams else None,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=not removable,
        removal_policy=RemovalPolicy.DESTROY if removable else RemovalPolicy.RETAIN,
    )


def _index(table: Table, index: SecondaryIndex) -> dynamodb.GlobalSecondaryIndexPropsV2:
    projection = dynamodb.ProjectionType.ALL if index.projects_all else dynamodb.ProjectionType.KEYS_ONLY
    return dynamodb.GlobalSecondaryIndexPropsV2(
        index_name=index.name,
        partition_keys=[_attribute(table, name) for name in index.partition],
        sort_keys=[_attribute(table, name) for name in index.sort],
        projection_type=projection,
    )


def _attribute(table: Table, name: str) -> dynamodb.Attribute:
    types = {"S": dynamodb.AttributeType.STRING, "N": dynamodb.AttributeType.NUMBER}
    return dynamodb.Attribute(name=name, type=types[table.type_of(name)])
