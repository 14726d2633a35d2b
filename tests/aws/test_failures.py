"""AWS's errors as errors with a meaning and a remedy, asked by real clients."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.aws.failures import failure
from reconciler.aws.pacer import Pacer
from reconciler.errors import CallError, Fate, Meaning
from reconciler.pacing import Rates
from reconciler.sandbox import INSTANCE_ID
from tests.builders.kinds_of_services import TRUST
from tests.worlds.least_privilege import UnrecordedAws
from tests.worlds.world import World, session

RIGHTS = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]}'


@pytest.fixture
def aws(world: World) -> UnrecordedAws:
    return UnrecordedAws(session(), INSTANCE_ID, Pacer(Rates(default=None)))


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("connect", "DescribeQueue", {"QueueId": "00000000-0000-4000-8000-000000000009"}),
        ("logs", "DeleteLogGroup", {"logGroupName": "/absent"}),
        ("iam", "GetRole", {"RoleName": "absent"}),
        ("scheduler", "GetScheduleGroup", {"Name": "absent"}),
    ],
)
def test_what_does_not_exist_is_gone(aws: UnrecordedAws, service: str, operation: str, params: dict[str, Any]) -> None:
    with pytest.raises(CallError) as raised:
        aws.read(service, operation, params)

    assert (raised.value.meaning, raised.value.fate) == (Meaning.GONE, Fate.REFUSED)


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("logs", "CreateLogGroup", {"logGroupName": "/twice"}),
        ("iam", "CreateRole", {"RoleName": "twice", "AssumeRolePolicyDocument": TRUST}),
        ("scheduler", "CreateScheduleGroup", {"Name": "twice"}),
    ],
)
def test_what_is_created_twice_is_taken(
    aws: UnrecordedAws, service: str, operation: str, params: dict[str, Any]
) -> None:
    aws.write(service, operation, params)

    with pytest.raises(CallError) as raised:
        aws.write(service, operation, params)

    assert (raised.value.meaning, raised.value.fate) == (Meaning.TAKEN, Fate.REFUSED)


def test_a_role_with_a_policy_is_in_use(aws: UnrecordedAws) -> None:
    aws.write("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": TRUST})
    aws.write("iam", "PutRolePolicy", {"RoleName": "r", "PolicyName": "p", "PolicyDocument": RIGHTS})

    with pytest.raises(CallError) as raised:
        aws.write("iam", "DeleteRole", {"RoleName": "r"})

    assert raised.value.meaning is Meaning.IN_USE


def test_a_role_that_a_service_may_not_assume_yet_is_not_yet(aws: UnrecordedAws) -> None:
    target = {"Arn": "arn:aws:sqs:us-east-1:111122223333:q", "RoleArn": "arn:aws:iam::111122223333:role/absent"}
    when = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}}

    with pytest.raises(CallError) as raised:
        aws.write("scheduler", "CreateSchedule", {"Name": "s", "Target": target, **when})

    assert (raised.value.meaning, raised.value.fate) == (Meaning.NOT_YET, Fate.REFUSED)


def refused(code: str, status: int = 400, message: str = "no") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, "x"
    )


@pytest.mark.parametrize(
    ("service", "code"),
    [
        *(("connect", code) for code in ("ThrottlingException", "TooManyRequestsException", "Throttling")),
        ("connect", "RequestLimitExceeded"),
        ("resourcegroupstaggingapi", "ThrottledException"),
        ("sqs", "RequestThrottled"),
        ("sns", "Throttled"),
        ("s3", "SlowDown"),
        ("kms", "KmsThrottlingException"),
    ],
)
def test_a_throttled_call_was_not_done_whatever_its_status(service: str, code: str) -> None:
    wrong = failure(service, "X", refused(code, 503))

    assert isinstance(wrong, CallError)
    assert (wrong.meaning, wrong.fate) == (Meaning.THROTTLED, Fate.NOT_DONE)


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("connect", "CreateQueue", "connect:CreateQueue; `reconcile init` writes"),
        ("service-quotas", "ListServiceQuotas", "servicequotas:ListServiceQuotas"),
        ("resourcegroupstaggingapi", "GetResources", "tag:GetResources"),
    ],
)
def test_a_denial_names_the_action_in_iams_words(service: str, operation: str, action: str) -> None:
    wrong = failure(service, operation, refused("AccessDeniedException", message=""))

    assert isinstance(wrong, CallError)
    assert wrong.meaning is Meaning.DENIED
    assert f"not allowed; the role needs the action {action}" in wrong.message


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("/reconcile/copy", "the role needs the action iam:PassRole; `reconcile init` writes it into iam/"),
        ("/theirs", "CreateFunction hands over arn:aws:iam::111122223333:role/theirs, which is not below /reconcile/"),
    ],
)
def test_a_role_that_may_not_be_handed_over_is_named_with_the_right(path: str, remedy: str) -> None:
    passing = f"is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role{path} because"

    wrong = failure("lambda", "CreateFunction", refused("AccessDeniedException", 403, passing))

    assert isinstance(wrong, CallError)
    assert remedy in wrong.message


def test_an_error_of_the_service_has_no_meaning_and_an_unknown_fate() -> None:
    wrong = failure("connect", "CreateQueue", refused("InternalServiceException", 500))

    assert isinstance(wrong, CallError)
    assert (wrong.meaning, wrong.fate) == (Meaning.OTHER, Fate.UNKNOWN)
