"""Everything that holds state: tables, buckets, keys. Kept when the stack is deleted."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.constructs.bucket import add_content_bucket, add_storage_bucket
from infra.constructs.secret import add_secret
from infra.constructs.table import add_table
from infra.names import Names
from shared.schema.platform import all_tables


class DataStack(Stack):
    """The state of a stage.

    Attributes:
        streams: ARNs of the streams of tables that have one, by the table's name.
    """

    def __init__(self, scope: Construct, id: str, names: Names, **options: Any) -> None:
        super().__init__(scope, id, **options)
        self.streams: dict[str, str] = {}
        for table in all_tables():
            arn = add_table(self, table, names).table_stream_arn
            if arn is not None:
                self.streams[table.name] = arn
        add_content_bucket(self, names)
        add_storage_bucket(self, names)
        settings = names.settings
        add_secret(self, "InternalKey", settings.internal_key_secret, "What internal callers pass.", names)
        add_secret(self, "SigningKey", settings.signing_key_secret, "Signs cursors and upload tokens.", names)
        if names.stage.edge:
            add_secret(self, "EdgeKey", settings.edge_key_secret, "Proves whose addresses are told.", names)
        CfnOutput(self, "StageName", value=names.stage.name)
        CfnOutput(self, "TablePrefix", value=settings.table_prefix)
        CfnOutput(self, "ContentBucket", value=settings.content_bucket)
        CfnOutput(self, "StorageBucket", value=settings.storage_bucket)
        CfnOutput(self, "InternalKeySecret", value=settings.internal_key_secret)
        CfnOutput(self, "SigningKeySecret", value=settings.signing_key_secret)
        CfnOutput(self, "PublicUrlParameter", value=settings.public_url_parameter)
