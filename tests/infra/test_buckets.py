from __future__ import annotations

import pytest

from infra.constructs.bucket import RESTORABLE_DAYS
from infra.stage import Stage
from tests.infra import sample
from tests.infra.conftest import Synthesize
from tests.infra.templates import Resource, Templates, names_of

BUCKETS = [names_of(Stage()).settings.content_bucket, names_of(Stage()).settings.storage_bucket]
SECRETS = [names_of(Stage()).settings.internal_key_secret, names_of(Stage()).settings.signing_key_secret]


def policy_of(templates: Templates, bucket: Resource) -> list[dict[str, object]]:
    (policy,) = (
        policy
        for policy in templates.resources("AWS::S3::BucketPolicy")
        if templates.referred(policy, policy["Bucket"]) == bucket
    )
    statements: list[dict[str, object]] = policy["PolicyDocument"]["Statement"]
    return statements


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_is_private_encrypted_and_kept(templates: Templates, name: str) -> None:
    bucket = templates.only("AWS::S3::Bucket", BucketName=name)
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["BucketEncryption"]
    assert bucket.body["DeletionPolicy"] == bucket.body["UpdateReplacePolicy"] == "Retain"
    assert policy_of(templates, bucket)[0]["Effect"] == "Deny"
    assert policy_of(templates, bucket)[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("name", BUCKETS)
def test_deleted_objects_outlive_the_rows_that_can_be_restored(templates: Templates, name: str) -> None:
    bucket = templates.only("AWS::S3::Bucket", BucketName=name)
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] > RESTORABLE_DAYS == 35
    assert "ExpirationInDays" not in rule


def test_cloudfront_reads_stored_files_and_the_console_and_nothing_else(templates: Templates) -> None:
    content, storage = (templates.only("AWS::S3::Bucket", BucketName=name) for name in BUCKETS)
    allowed = [s for s in policy_of(templates, storage) if s["Effect"] == "Allow"]
    assert [(s["Action"], s["Principal"]) for s in allowed] == [
        ("s3:GetObject", {"Service": "cloudfront.amazonaws.com"}),
        ("s3:GetObject", {"Service": "cloudfront.amazonaws.com"}),
        ("s3:ListBucket", {"Service": "cloudfront.amazonaws.com"}),
    ]
    read = [statement["Resource"] for statement in allowed[:2]]
    assert read == [f"arn:aws:s3:::{BUCKETS[1]}/{prefix}/*" for prefix in ("api/storage", "_console")]
    assert all("AWS:SourceArn" in s["Condition"]["ArnLike"] for s in allowed)  # type: ignore[index]
    assert all(s["Effect"] == "Deny" for s in policy_of(templates, content))


def test_without_an_edge_nobody_outside_reads_stored_files(synthesize: Synthesize) -> None:
    local = synthesize(sample.REGISTRY, sample.DOORS, platform="local", public_url="http://127.0.0.1:3210")
    storage = local.only("AWS::S3::Bucket", BucketName=BUCKETS[1])
    assert all(s["Effect"] == "Deny" for s in policy_of(local, storage))


def test_browsers_may_upload_to_the_storage_bucket(templates: Templates) -> None:
    (rule,) = templates.only("AWS::S3::Bucket", BucketName=BUCKETS[1])["CorsConfiguration"]["CorsRules"]
    assert {"PUT", "POST"} == {*rule["AllowedMethods"]}


@pytest.mark.parametrize("name", SECRETS)
def test_a_key_is_generated_and_kept(templates: Templates, name: str) -> None:
    secret = templates.only("AWS::SecretsManager::Secret", Name=name)
    assert secret["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 64}
    assert secret.body["DeletionPolicy"] == "Retain"
