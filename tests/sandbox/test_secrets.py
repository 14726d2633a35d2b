"""AWS Secrets Manager: secrets, values, deletions that wait, tags and policies."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.config import Config

from reconciler.sandbox import ACCOUNT, REGION, Control

from .calls import refused, words_of

ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
INVALID = ("InvalidParameterException", 400)
REFUSED = ("InvalidRequestException", 400)
EXISTS = ("ResourceExistsException", 400)
POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}'
)


@pytest.fixture
def secrets(sandbox: Control, session: Any) -> Any:
    return session.create_client("secretsmanager", region_name=REGION, config=ONCE)


def code(call: Any) -> str:
    return refused(call)[0]


def value(secrets: Any, name: str = "s") -> str:
    return str(secrets.get_secret_value(SecretId=name)["SecretString"])


def test_an_arn_ends_in_six_characters_that_only_aws_knows(secrets: Any) -> None:
    arns = {secrets.create_secret(Name=name)["ARN"] for name in ("a/b", "c")}

    start = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret"
    assert all(re.fullmatch(rf"{start}:(a/b|c)-[A-Za-z]{{6}}", arn) for arn in arns)


def test_a_secret_without_a_value_has_no_version(secrets: Any) -> None:
    answer = secrets.create_secret(Name="s")
    described = secrets.describe_secret(SecretId="s")

    assert "VersionId" not in answer
    assert described.keys() - {"ResponseMetadata"} == {"ARN", "Name", "CreatedDate", "LastChangedDate"}
    assert code(lambda: secrets.get_secret_value(SecretId="s")) == "ResourceNotFoundException"


def test_a_value_that_is_put_becomes_the_current_version(secrets: Any) -> None:
    secrets.create_secret(Name="s", SecretString="one")
    secrets.put_secret_value(SecretId="s", SecretString="two")

    assert value(secrets) == "two"
    assert secrets.get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")["SecretString"] == "one"


def test_a_token_makes_one_version_and_never_changes_its_value(secrets: Any) -> None:
    token = "0" * 32
    secrets.create_secret(Name="s")
    secrets.put_secret_value(SecretId="s", SecretString="one", ClientRequestToken=token)
    secrets.put_secret_value(SecretId="s", SecretString="one", ClientRequestToken=token)

    assert (
        refused(lambda: secrets.put_secret_value(SecretId="s", SecretString="two", ClientRequestToken=token)) == EXISTS
    )
    assert value(secrets) == "one"


@pytest.mark.parametrize("name", ["a b", "ä", "s!"])
def test_a_name_has_letters_digits_and_some_characters(secrets: Any, name: str) -> None:
    assert refused(lambda: secrets.create_secret(Name=name)) == INVALID


def test_a_name_is_taken_once(secrets: Any) -> None:
    secrets.create_secret(Name="s", SecretString="one")

    assert refused(lambda: secrets.create_secret(Name="s", SecretString="two")) == EXISTS
    assert value(secrets) == "one"


def test_a_text_and_bytes_together_are_refused(secrets: Any) -> None:
    assert refused(lambda: secrets.create_secret(Name="s", SecretString="s", SecretBinary=b"s")) == INVALID


def test_an_update_keeps_what_it_is_not_given_and_an_empty_text_removes(secrets: Any) -> None:
    secrets.create_secret(Name="s", Description="old", KmsKeyId="alias/mine")

    secrets.update_secret(SecretId="s", Description="new")
    kept = secrets.describe_secret(SecretId="s")
    secrets.update_secret(SecretId="s", Description="", KmsKeyId="")
    removed = secrets.describe_secret(SecretId="s")

    assert (kept["Description"], kept["KmsKeyId"]) == ("new", "alias/mine")
    assert not removed.keys() & {"Description", "KmsKeyId"}


# Deletions.


def test_a_deleted_secret_waits_and_its_name_stays_taken(secrets: Any) -> None:
    secrets.create_secret(Name="s", SecretString="one")
    secrets.delete_secret(SecretId="s", RecoveryWindowInDays=7)

    assert secrets.describe_secret(SecretId="s")["DeletedDate"]
    assert secrets.list_secrets()["SecretList"] == []
    assert [it["Name"] for it in secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]] == ["s"]
    assert "already scheduled for deletion" in words_of(lambda: secrets.create_secret(Name="s"))
    assert refused(lambda: secrets.create_secret(Name="s")) == REFUSED


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("get_secret_value", {}),
        ("put_secret_value", {"SecretString": "two"}),
        ("update_secret", {"Description": "x"}),
        ("delete_secret", {}),
        ("tag_resource", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("untag_resource", {"TagKeys": ["a"]}),
        ("put_resource_policy", {"ResourcePolicy": POLICY}),
        ("get_resource_policy", {}),
        ("delete_resource_policy", {}),
    ],
)
def test_a_secret_that_is_scheduled_for_deletion_is_refused_until_it_is_restored(
    secrets: Any, operation: str, params: dict[str, Any]
) -> None:
    secrets.create_secret(Name="s", SecretString="one")
    secrets.delete_secret(SecretId="s")

    assert refused(lambda: getattr(secrets, operation)(SecretId="s", **params)) == REFUSED
    secrets.restore_secret(SecretId="s")
    assert getattr(secrets, operation)(SecretId="s", **params)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_restored_secret_has_its_value(secrets: Any) -> None:
    secrets.create_secret(Name="s", SecretString="one")
    secrets.delete_secret(SecretId="s")
    secrets.restore_secret(SecretId="s")

    assert value(secrets) == "one"
    assert "DeletedDate" not in secrets.describe_secret(SecretId="s")


def test_a_deletion_without_recovery_frees_the_name(secrets: Any) -> None:
    secrets.create_secret(Name="s")
    secrets.delete_secret(SecretId="s")
    secrets.delete_secret(SecretId="s", ForceDeleteWithoutRecovery=True)

    assert secrets.create_secret(Name="s")["Name"] == "s"


@pytest.mark.parametrize("params", [{"RecoveryWindowInDays": 6}, {"RecoveryWindowInDays": 31}])
def test_the_recovery_window_has_seven_to_thirty_days(secrets: Any, params: dict[str, Any]) -> None:
    secrets.create_secret(Name="s")

    assert refused(lambda: secrets.delete_secret(SecretId="s", **params)) == INVALID


def test_a_recovery_window_and_none_contradict_each_other(secrets: Any) -> None:
    secrets.create_secret(Name="s")

    both = {"RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": True}
    assert refused(lambda: secrets.delete_secret(SecretId="s", **both)) == INVALID


@pytest.mark.parametrize("operation", ["describe_secret", "get_secret_value", "delete_secret", "restore_secret"])
def test_a_missing_secret_is_not_found(secrets: Any, operation: str) -> None:
    assert code(lambda: getattr(secrets, operation)(SecretId="none")) == "ResourceNotFoundException"


# Tags and policies.


def test_tags_are_added_replaced_and_removed(secrets: Any) -> None:
    secrets.create_secret(Name="s", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}])
    secrets.tag_resource(SecretId="s", Tags=[{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "1"}])
    secrets.untag_resource(SecretId="s", TagKeys=["b"])

    tags = {tag["Key"]: tag["Value"] for tag in secrets.describe_secret(SecretId="s")["Tags"]}
    assert tags == {"a": "2", "c": "1"}


def test_a_secret_has_fifty_tags_and_none_of_aws(secrets: Any) -> None:
    secrets.create_secret(Name="s", Tags=[{"Key": str(number), "Value": ""} for number in range(50)])

    assert refused(lambda: secrets.tag_resource(SecretId="s", Tags=[{"Key": "x", "Value": ""}])) == REFUSED
    assert refused(lambda: secrets.create_secret(Name="t", Tags=[{"Key": "aws:x", "Value": ""}])) == INVALID


def test_a_policy_is_put_shown_and_removed(secrets: Any) -> None:
    secrets.create_secret(Name="s")
    before = secrets.get_resource_policy(SecretId="s")
    secrets.put_resource_policy(SecretId="s", ResourcePolicy=POLICY)
    between = secrets.get_resource_policy(SecretId="s")
    secrets.delete_resource_policy(SecretId="s")

    assert "ResourcePolicy" not in before
    assert between["ResourcePolicy"] == POLICY
    assert "ResourcePolicy" not in secrets.get_resource_policy(SecretId="s")


@pytest.mark.parametrize("policy", ["none", "[]", "{}"])
def test_a_policy_is_json_with_statements(secrets: Any, policy: str) -> None:
    secrets.create_secret(Name="s")

    call = lambda: secrets.put_resource_policy(SecretId="s", ResourcePolicy=policy)  # noqa: E731
    assert code(call) == "MalformedPolicyDocumentException"
