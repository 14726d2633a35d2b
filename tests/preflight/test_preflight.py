"""The preflight checks with scripted answers of AWS: known, denied and unknown results."""

from __future__ import annotations

import pytest

from reconciler.errors import CallError, Fate, UnreachableError
from reconciler.preflight import CheckResult, preflight
from reconciler.preflight.run import APPLY
from tests.preflight.preflights import ARN, ENVIRONMENT, GOOD, SESSION, checked, desired
from tests.worlds.scripted_aws import ScriptedAnswer, ScriptedAws, denied, refusal


def test_every_check_of_a_good_account_is_ok() -> None:
    assert {check.result for check in checked().values()} == {CheckResult.OK}


def test_every_call_only_reads() -> None:
    aws = ScriptedAws(GOOD)

    preflight(aws, ENVIRONMENT, desired())

    assert all(
        name.partition(":")[2].startswith(("Get", "List", "Search", "Describe", "Simulate")) for name in aws.names()
    )


def test_every_check_that_is_not_ok_has_a_reason() -> None:
    nothing = ScriptedAws(dict.fromkeys(GOOD, refusal("a:B", "InternalServiceException")))

    assert all(check.message for check in preflight(nothing, ENVIRONMENT, desired()))


# Credentials.


def test_another_account_fails_before_any_other_call() -> None:
    aws = ScriptedAws({"sts:GetCallerIdentity": {"Account": "444455556666", "Arn": SESSION}})

    first, *others = preflight(aws, ENVIRONMENT, desired())

    assert first.result is CheckResult.FAILED
    assert "444455556666" in first.message
    assert "AWS_PROFILE" in first.remedy
    assert {other.result for other in others} == {CheckResult.UNKNOWN}
    assert aws.names() == ["sts:GetCallerIdentity"]


def test_no_credentials_fail_and_name_the_remedy() -> None:
    """S2-21."""
    check = checked({"sts:GetCallerIdentity": UnreachableError("no AWS credentials: Unable to locate")})["credentials"]

    assert check.result is CheckResult.FAILED
    assert "aws sso login" in check.remedy


def test_a_slow_answer_is_not_blamed_on_credentials() -> None:
    slow = CallError("sts:GetCallerIdentity", "ReadTimeoutError", "Read timeout", fate=Fate.UNKNOWN)

    check = checked({"sts:GetCallerIdentity": slow})["credentials"]

    assert check.result is CheckResult.FAILED
    assert check.remedy == "try again; if that does not help, check the network, the proxy and AWS_ENDPOINT_URL"


def test_the_root_user_is_a_warning_and_not_simulated() -> None:
    root = {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:root"}
    found = checked({"sts:GetCallerIdentity": root})

    assert found["credentials"].result is CheckResult.WARNING
    assert "root user" in found[APPLY].message
    assert found[APPLY].result is CheckResult.UNKNOWN


# The instance.


@pytest.mark.parametrize(
    ("answer", "result", "text"),
    [
        (
            {"Instance": {"Arn": ARN, "InstanceStatus": "CREATION_IN_PROGRESS"}},
            CheckResult.FAILED,
            "CREATION_IN_PROGRESS",
        ),
        (
            {"Instance": {"Arn": ARN, "InstanceStatus": "CREATION_FAILED", "StatusReason": {"Message": "no quota"}}},
            CheckResult.FAILED,
            "no quota",
        ),
        ({"Instance": {"Arn": f"{ARN}9", "InstanceStatus": "ACTIVE"}}, CheckResult.FAILED, f"{ARN}9"),
        (refusal("connect:DescribeInstance", "ResourceNotFoundException"), CheckResult.FAILED, "ResourceNotFound"),
        (UnreachableError("no answer to connect:DescribeInstance"), CheckResult.FAILED, "no answer"),
        (denied("connect:DescribeInstance"), CheckResult.UNKNOWN, "not known"),
        (refusal("connect:DescribeInstance", "ThrottlingException"), CheckResult.UNKNOWN, "ThrottlingException"),
    ],
)
def test_an_instance_is_ok_if_it_is_active(answer: ScriptedAnswer, result: CheckResult, text: str) -> None:
    check = checked({"connect:DescribeInstance": answer})["instance"]

    assert check.result is result
    assert text in check.message


def test_an_instance_shows_its_region_and_identity_management() -> None:
    message = checked()["instance"].message

    assert "ACTIVE" in message
    assert "SAML" in message
    assert "ca-central-1" in message


def test_a_missing_instance_ends_the_checks() -> None:
    aws = ScriptedAws(
        {**GOOD, "connect:DescribeInstance": refusal("connect:DescribeInstance", "ResourceNotFoundException")}
    )

    found = preflight(aws, ENVIRONMENT, desired())

    assert aws.names() == ["sts:GetCallerIdentity", "connect:DescribeInstance"]
    assert [check.result for check in found[2:]] == [CheckResult.UNKNOWN] * len(found[2:])


# Data tables, Amazon Q in Connect, and manifests with mistakes.


@pytest.mark.parametrize(("tables", "result"), [(1, CheckResult.FAILED), (0, CheckResult.WARNING)])
def test_missing_data_tables_fail_only_if_some_are_declared(tables: int, result: CheckResult) -> None:
    wrong = refusal("connect:ListDataTables", "InvalidRequestException", "not in this Region")

    check = checked({"connect:ListDataTables": wrong}, declared=desired(tables))["data tables"]

    assert check.result is result
    assert "not in this Region" in check.message


def test_data_tables_that_cannot_be_listed_are_unknown() -> None:
    assert (
        checked({"connect:ListDataTables": denied("connect:ListDataTables")})["data tables"].result
        is CheckResult.UNKNOWN
    )


def test_a_missing_assistant_is_not_a_failure() -> None:
    check = checked({"connect:ListIntegrationAssociations": {}})["Q in Connect"]

    assert check.result is CheckResult.OK
    assert "no assistant" in check.message


def test_manifests_with_mistakes_are_a_warning() -> None:
    found = {check.name: check for check in preflight(ScriptedAws(GOOD), ENVIRONMENT, None)}

    assert found["manifests"].result is CheckResult.WARNING
    assert "reconcile validate" in found["manifests"].remedy
    assert found["quota: cells per table"].result is CheckResult.OK
