"""The values of services, checked against botocore's models: a table that is wrong finds its error here, not at AWS."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from botocore.model import OperationModel, ServiceModel
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Meaning
from reconciler.kinds.iam import EXAMPLE, reachable, statements
from reconciler.kinds.service import COMMON, By, Casing, Refusal, Service, Tagging, TagShape
from reconciler.kinds.services import (
    CLOUDWATCH,
    CONNECT,
    DYNAMODB,
    IAM,
    LOGS,
    S3,
    SCHEDULER,
    SECRETS,
    SERVICES,
    SNS,
    SQS,
    SSM,
    STATES,
    TAGGING,
    codes,
    service_of,
)

# An operation of each service that creates a resource with tags. S3 has its tags inside structures, which the laws of
# kinds check.
CREATES = {
    **{"connect": "CreateQueue", "dynamodb": "CreateTable", "lambda": "CreateFunction", "logs": "CreateLogGroup"},
    **{"iam": "CreateRole", "scheduler": "CreateScheduleGroup", "secretsmanager": "CreateSecret", "sqs": "CreateQueue"},
    **{"qconnect": "CreateAssistant", "cloudwatch": "PutMetricAlarm", "stepfunctions": "CreateStateMachine"},
    **{"sns": "CreateTopic", "ssm": "PutParameter", "redshift-serverless": "CreateNamespace"},
    **{"emr-serverless": "CreateApplication"},
}
# The codes of the query protocol, which SDKs read from a header of the answers; botocore's models of 2023 have them.
QUERY_CODES = {
    # The models of S3 have few errors (API reference, "Error responses"). Those of HeadBucket are statuses alone.
    "s3": {
        *("403", "404", "BucketNotEmpty", "InvalidArgument", "InvalidBucketName", "MalformedPolicy"),
        *("ConditionalRequestConflict", "OperationAborted", "PreconditionFailed", "TooManyBuckets"),
    },
    "sqs": {
        *("AWS.SimpleQueueService.NonExistentQueue", "AWS.SimpleQueueService.QueueDeletedRecently"),
        *("QueueAlreadyExists", "InvalidParameterValue"),
    },
}
every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
tagged = pytest.mark.parametrize("service", [SERVICES[name] for name in CREATES], ids=lambda service: service.name)


@cache
def model(service: Service) -> ServiceModel:
    return Session().get_service_model(service.name)


def operation(service: Service, name: str) -> OperationModel:
    return model(service).operation_model(name)


def parameters(service: Service, name: str) -> set[str]:
    shape = operation(service, name).input_shape
    return set(shape.members) if shape else set()


def tagging_of(service: Service) -> Tagging:
    assert service.tagging
    return service.tagging


@every_service
def test_every_named_operation_exists(service: Service) -> None:
    named = {
        *service.actions,
        *service.rates,
        *(name for grant in service.grants for name in (*grant.operations, *grant.also)),
    }

    assert named <= set(model(service).operation_names)


@every_service
def test_every_error_code_is_one_of_the_service(service: Service) -> None:
    operations = (operation(service, name) for name in model(service).operation_names)
    known = {shape.error_code for one in operations for shape in one.error_shapes}

    # Every service has the common ones, although no service model lists them.
    listed = known | {row.code for row in COMMON} | QUERY_CODES.get(service.name, set())
    assert {row.code for row in service.refusals} <= listed


@every_service
def test_every_row_of_errors_can_be_reached(service: Service) -> None:
    for row in service.refusals:
        assert service.meaning(row.code, f"Some {row.words} here.") is row.meaning, row


@every_service
def test_an_error_code_with_words_has_a_meaning_without_them(service: Service) -> None:
    for row in service.refusals:
        assert service.meaning(row.code, "") is not Meaning.OTHER, row


@tagged
def test_the_tag_operations_have_their_parameters(service: Service) -> None:
    tagging = tagging_of(service)

    assert {tagging.resource, tagging.tags} <= parameters(service, tagging.tag)
    assert {tagging.resource, tagging.keys} <= parameters(service, tagging.untag)
    assert tagging.create in parameters(service, CREATES[service.name])


@tagged
@pytest.mark.parametrize("writes", ["create", "tag"])
def test_tags_are_encoded_in_the_form_of_the_model(service: Service, writes: str) -> None:
    tagging = tagging_of(service)
    name, parameter = (CREATES[service.name], tagging.create) if writes == "create" else (tagging.tag, tagging.tags)
    shape = operation(service, name).input_shape
    assert shape
    form = shape.members[parameter]

    if tagging.shape is TagShape.MAP:
        assert form.type_name == "map"
    else:
        assert set(form.member.members) == set(tagging.shape.value)


@pytest.mark.parametrize("service", [CLOUDWATCH, LOGS, SCHEDULER, STATES], ids=lambda service: service.name)
def test_the_operation_that_lists_tags_returns_them_in_the_member_of_creates(service: Service) -> None:
    tagging = tagging_of(service)
    answer = operation(service, tagging.read).output_shape

    assert answer
    assert tagging.create in answer.members
    assert tagging.resource in parameters(service, tagging.read)


@pytest.mark.parametrize(
    "service",
    [CLOUDWATCH, CONNECT, DYNAMODB, LOGS, IAM, S3, SCHEDULER, SECRETS, SNS, SQS, SSM, STATES, TAGGING],
    ids=lambda service: service.name,
)
def test_the_casing_is_that_of_most_parameters(service: Service) -> None:
    names = [name for one in model(service).operation_names for name in parameters(service, one)]
    as_cased = [name for name in names if service.casing.of(name) == name]

    assert len(as_cased) > 0.9 * len(names)


def test_connect_alone_takes_an_instance() -> None:
    assert [service.name for service in SERVICES.values() if service.instance] == ["connect"]
    assert CONNECT.instance in parameters(CONNECT, "DescribeInstance")
    assert CONNECT.instance not in parameters(CONNECT, "TagResource")


@given(st.dictionaries(st.text(min_size=1), st.text()), st.sampled_from(TagShape))
def test_decoded_tags_are_the_encoded_ones(tags: dict[str, str], shape: TagShape) -> None:
    tagging = Tagging(shape=shape)

    assert tagging.decode(tagging.encode(tags)) == tags


@pytest.mark.parametrize("shape", TagShape)
def test_an_answer_without_tags_has_none(shape: TagShape) -> None:
    assert Tagging(shape=shape).decode(None) == {}


@pytest.mark.parametrize(
    ("service", "code", "message", "meaning"),
    [
        ("scheduler", "ConflictException", "Schedule group orders already exists.", Meaning.TAKEN),
        ("scheduler", "ConflictException", "It is being updated.", Meaning.CONFLICT),
        (
            "scheduler",
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
            Meaning.NOT_YET,
        ),
        ("scheduler", "ValidationException", "Invalid Schedule Expression bogus.", Meaning.INVALID),
        ("iam", "MalformedPolicyDocument", 'Invalid principal in policy: "AWS":"arn:…"', Meaning.NOT_YET),
        ("iam", "MalformedPolicyDocument", "Syntax errors in policy.", Meaning.INVALID),
        (
            "connect",
            "InvalidContactFlowException",
            "Invalid Action property value. Path: Actions[0].Parameters.QueueId",
            Meaning.UNFOUND,
        ),
        ("connect", "InvalidContactFlowException", "Invalid Action type", Meaning.INVALID),
        ("iam", "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000", Meaning.QUOTA),
        ("connect", "LimitExceededException", "", Meaning.QUOTA),
        ("connect", "TooManyRequestsException", "", Meaning.THROTTLED),
        ("resourcegroupstaggingapi", "ThrottledException", "", Meaning.THROTTLED),
        ("connect", "InternalServiceException", "", Meaning.OTHER),
        ("a-service-without-a-value", "AccessDeniedException", "", Meaning.DENIED),
    ],
)
def test_an_error_means_by_its_code_and_words(service: str, code: str, message: str, meaning: Meaning) -> None:
    assert service_of(service).meaning(code, message) is meaning


def test_a_row_of_the_service_comes_before_the_common_ones() -> None:
    dynamodb = Service("dynamodb", "", refusals=(Refusal("ServiceQuotaExceededException", Meaning.THROTTLED),))

    assert dynamodb.meaning("ServiceQuotaExceededException", "") is Meaning.THROTTLED


def test_the_codes_of_a_meaning_are_those_of_all_services() -> None:
    assert {"LimitExceeded", "LimitExceededException", "AccessDenied"} <= codes(Meaning.QUOTA, Meaning.DENIED)
    assert "ResourceNotFoundException" not in codes(Meaning.QUOTA, Meaning.DENIED)


def test_an_action_has_iams_prefix_and_name() -> None:
    s3 = Service("s3", "Amazon S3", actions={"ListBuckets": "ListAllMyBuckets"})

    assert s3.action("ListBuckets") == "s3:ListAllMyBuckets"
    assert s3.action("CreateBucket") == "s3:CreateBucket"
    assert TAGGING.action("GetResources") == "tag:GetResources"


def test_the_first_letter_follows_the_casing() -> None:
    assert Casing.CAMEL.of("RetentionInDays") == "retentionInDays"
    assert Casing.PASCAL.of("retentionInDays") == "RetentionInDays"


def test_roles_and_secrets_are_tagged_by_name_and_the_others_by_arn() -> None:
    assert {name: tagging_of(SERVICES[name]).by for name in CREATES} == {
        "connect": By.ARN,
        "lambda": By.ARN,
        "dynamodb": By.ARN,
        "logs": By.ARN,
        "iam": By.NAME,
        "scheduler": By.ARN,
        "secretsmanager": By.NAME,
        "cloudwatch": By.ARN,
        "qconnect": By.ARN,
        "emr-serverless": By.ARN,
        "redshift-serverless": By.ARN,
        "stepfunctions": By.ARN,
        "sns": By.ARN,
        "sqs": By.URL,
        "ssm": By.NAME,
    }


def test_actions_are_granted_on_the_resources_of_their_service() -> None:
    actions = ["logs:CreateLogGroup", "logs:DescribeLogGroups", "iam:GetRole", "scheduler:CreateSchedule", "ds:Other"]

    granted = {tuple(it["Resource"]): it["Action"] for it in statements(actions, EXAMPLE)}

    place = "ca-central-1:111122223333"
    schedules = (f"arn:aws:scheduler:{place}:schedule/*", f"arn:aws:scheduler:{place}:schedule-group/*")
    assert granted == {
        (f"arn:aws:logs:{place}:log-group:*",): ["logs:CreateLogGroup"],
        ("arn:aws:iam::111122223333:role/*",): ["iam:GetRole"],
        schedules: ["scheduler:CreateSchedule"],
        ("*",): ["ds:Other", "logs:DescribeLogGroups"],
    }


def test_without_an_instance_no_action_of_amazon_connect_is_of_use() -> None:
    actions = {"connect:ListQueues", "connect:CreateInstance", "logs:CreateLogGroup", "iam:GetRole"}
    without = replace(EXAMPLE, instance="")

    assert reachable(actions, without) == {"logs:CreateLogGroup", "iam:GetRole"}
    assert reachable(actions, EXAMPLE) == actions


def test_an_action_may_be_granted_on_two_resources() -> None:
    granted = {tuple(it["Resource"]): it["Action"] for it in statements(["connect:CreateQueue"], EXAMPLE)}

    numbers = "arn:aws:connect:ca-central-1:111122223333:phone-number/*"
    inside = (EXAMPLE.instance, f"{EXAMPLE.instance}/*")
    assert granted == {inside: ["connect:CreateQueue"], (numbers,): ["connect:CreateQueue"]}


@every_service
def test_a_global_service_has_no_endpoints_in_regions(service: Service) -> None:
    assert service.is_global == (not Session().get_available_regions(service.name))
