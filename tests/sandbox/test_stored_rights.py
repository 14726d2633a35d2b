"""Versions of objects, and keys of objects and secrets, need permissions of their own."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from reconciler.lambdas.shared import calls
from reconciler.sandbox import in_process
from reconciler.sandbox.authorization.questions import questions_of

PLACE = ("111122223333", "us-east-1")
KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001"
LAKE = "arn:aws:s3:::lake"
SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-??????"  # noqa: S105 - a name
OF_KEY = [("kms:GenerateDataKey", KEY), ("kms:Decrypt", KEY)]


def needed(service: str, operation: str, **params: Any) -> list[tuple[str, str]]:
    questions = questions_of(service, operation, params, *PLACE)
    return [(question.action, question.resource) for question in questions]


@pytest.fixture
def version() -> Any:
    """Returns the version of an encrypted object in the bucket `lake`."""
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    with in_process():
        s3, secrets = (calls.client(name, PLACE[1], session=session) for name in ("s3", "secretsmanager"))
        s3.create_bucket(Bucket="lake")
        s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        secrets.create_secret(Name="s", SecretString="x", KmsKeyId=KEY)
        sse = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY}
        yield s3.put_object(Bucket="lake", Key="a", Body=b"x", **sse)["VersionId"]


def test_an_object_is_read_with_the_right_of_its_version_and_of_its_key(version: str) -> None:
    read = needed("s3", "GetObject", Bucket="lake", Key="a")
    read_version = needed("s3", "GetObject", Bucket="lake", Key="a", VersionId=version)

    assert read == [("s3:GetObject", f"{LAKE}/a"), ("kms:Decrypt", KEY)]
    assert read_version == [("s3:GetObjectVersion", f"{LAKE}/a"), ("kms:Decrypt", KEY)]


def test_an_object_that_is_not_there_is_missing_only_for_those_who_may_list_the_bucket(version: str) -> None:
    assert needed("s3", "GetObject", Bucket="lake", Key="b") == [("s3:GetObject", f"{LAKE}/b"), ("s3:ListBucket", LAKE)]


def test_a_version_is_deleted_with_a_right_of_its_own() -> None:
    assert needed("s3", "DeleteObject", Bucket="lake", Key="a", VersionId="v") == [
        ("s3:DeleteObjectVersion", f"{LAKE}/a")
    ]


def test_a_copy_reads_its_source_and_encrypts_itself(version: str) -> None:
    source = f"lake/a?versionId={version}"

    assert needed("s3", "CopyObject", Bucket="lake", Key="b", CopySource=source, KmsKeyId=KEY) == [
        ("s3:PutObject", f"{LAKE}/b"),
        ("s3:GetObjectVersion", f"{LAKE}/a"),
        ("kms:Decrypt", KEY),
        ("kms:GenerateDataKey", KEY),
    ]


def test_a_secret_with_tags_and_a_key_needs_both_rights() -> None:
    tags = [{"Key": "a", "Value": "b"}]

    assert needed("secretsmanager", "CreateSecret", Name="s", Tags=tags, KmsKeyId=KEY) == [
        ("secretsmanager:CreateSecret", SECRET),
        ("secretsmanager:TagResource", SECRET),
        *OF_KEY,
    ]


def test_a_secret_is_read_and_written_with_its_key(version: str) -> None:
    read = needed("secretsmanager", "GetSecretValue", SecretId="s")
    write = needed("secretsmanager", "PutSecretValue", SecretId="s")

    assert read[1:] == [("kms:Decrypt", KEY)]
    assert write[1:] == OF_KEY


def test_awss_own_key_needs_no_right() -> None:
    assert len(needed("s3", "PutObject", Bucket="lake", Key="a", KmsKeyId="alias/aws/s3")) == 1


@pytest.mark.parametrize("operation", ["CreateUser", "CreateUserHierarchyGroup"])
def test_a_user_or_group_with_tags_needs_the_right_to_tag_it(operation: str) -> None:
    actions = [action for action, _ in needed("connect", operation, InstanceId="i", Tags={"a": "b"})]

    assert actions == [f"connect:{operation}", "connect:TagResource"]


def test_a_create_with_tags_may_need_its_own_right_alone() -> None:
    with in_process() as sandbox:
        sandbox.set_faults({"switches": {"tagsOfACreate": "need_none"}})

        actions = [action for action, _ in needed("connect", "CreateUser", InstanceId="i", Tags={"a": "b"})]

    assert actions == ["connect:CreateUser"]
