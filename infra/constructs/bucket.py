"""The two buckets: large text fields, and binary files."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.console_files import PREFIX as CONSOLE
from infra.cors import CORS_MAX_AGE_S
from infra.names import Names
from shared.storage import PREFIX

RESTORABLE_DAYS: Final = 35
"""How far back DynamoDB's point-in-time recovery reaches."""


def add_content_bucket(scope: Construct, names: Names) -> s3.Bucket:
    """Create the bucket of large text fields."""
    return _add_bucket(scope, "Content", names.settings.content_bucket, names)


def add_storage_bucket(scope: Construct, names: Names) -> s3.Bucket:
    """Create the bucket of binary files. Browsers upload large ones to it directly, with a presigned URL."""
    bucket = _add_bucket(scope, "Storage", names.settings.storage_bucket, names)
    bucket.add_cors_rule(
        allowed_methods=[s3.HttpMethods.PUT, s3.HttpMethods.POST],
        allowed_origins=["*"],
        allowed_headers=["*"],
        max_age=CORS_MAX_AGE_S,
    )
    if names.stage.edge:
        _let_cloudfront_read(bucket, names)
    return bucket


def _add_bucket(scope: Construct, id: str, name: str, names: Names) -> s3.Bucket:
    """Create a bucket whose deleted objects can be brought back for as long as rows that refer to them can."""
    bucket = s3.Bucket(
        scope,
        id,
        bucket_name=name,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                noncurrent_version_expiration=Duration.days(RESTORABLE_DAYS + 5),
                expired_object_delete_marker=True,
                abort_incomplete_multipart_upload_after=Duration.days(1),
            )
        ],
        removal_policy=RemovalPolicy.DESTROY if names.stage.removable else RemovalPolicy.RETAIN,
    )
    acknowledge(bucket, "S1", "keys of stored files are capabilities, which must not be written to logs")
    return bucket


def _let_cloudfront_read(bucket: s3.Bucket, names: Names) -> None:
    """Let this account's distributions read the files, and those of the console.

    The policy stands here and not with the distribution, which would make the two stacks depend on each other. The
    right to list is what turns S3's answer for a missing object from 403 into 404; no path of the distribution leads
    to a listing.
    """
    conditions = {
        "StringEquals": {"AWS:SourceAccount": names.account},
        "ArnLike": {"AWS:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{names.account}:distribution/*"},
    }
    for action, resource in (
        ("s3:GetObject", names.objects_arn(names.settings.storage_bucket, PREFIX)),
        ("s3:GetObject", names.objects_arn(names.settings.storage_bucket, CONSOLE)),
        ("s3:ListBucket", bucket.bucket_arn),
    ):
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=[action],
                resources=[resource],
                conditions=conditions,
            )
        )
