"""Pages of every service: botocore's paginators decide how an operation pages, and tokens where it has none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.model import OperationModel
from botocore.session import Session

from reconciler.aws.pacer import Pacer
from reconciler.aws.paging import Paging, paging_of
from reconciler.errors import UnreadableAnswerError
from reconciler.kinds.services import SERVICES
from reconciler.pacing import Rates
from reconciler.sandbox import INSTANCE_ID
from tests.builders.kinds_of_services import TRUST
from tests.builders.roles import trust
from tests.worlds.least_privilege import UnrecordedAws
from tests.worlds.world import World, session

ARN = "arn:aws:logs:us-east-1:111122223333:log-group"


@cache
def operation(service: str, name: str) -> OperationModel:
    return Session().get_service_model(service).operation_model(name)


@pytest.fixture
def aws(world: World) -> UnrecordedAws:
    return UnrecordedAws(session(), INSTANCE_ID, Pacer(Rates(default=None)))


Make = Callable[[UnrecordedAws, int], None]


def _role(aws: UnrecordedAws, at: int) -> None:
    aws.write("iam", "CreateRole", {"RoleName": f"r{at}", "AssumeRolePolicyDocument": TRUST})


def _table(aws: UnrecordedAws, at: int) -> None:
    key = {"KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}
    types = {"AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
    aws.write("dynamodb", "CreateTable", {"TableName": f"table-{at}", "BillingMode": "PAY_PER_REQUEST", **key, **types})


def _log_group(aws: UnrecordedAws, at: int) -> None:
    aws.write("logs", "CreateLogGroup", {"logGroupName": f"/g{at}", "tags": {"team": "a"}})


def _group(aws: UnrecordedAws, at: int) -> None:
    aws.write("scheduler", "CreateScheduleGroup", {"Name": f"g{at}"})


def _machine(aws: UnrecordedAws, at: int) -> None:
    definition = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
    trusted = {"RoleName": f"r{at}", "AssumeRolePolicyDocument": json.dumps(trust("states.amazonaws.com"))}
    role = aws.write("iam", "CreateRole", trusted).members["Role"]["Arn"]
    aws.write("stepfunctions", "CreateStateMachine", {"name": f"m{at}", "definition": definition, "roleArn": role})


@pytest.mark.parametrize(
    ("make", "service", "lists", "items", "params"),
    [
        (_role, "iam", "ListRoles", "Roles", {"MaxItems": 2}),
        (_table, "dynamodb", "ListTables", "TableNames", {"Limit": 2}),
        (_log_group, "logs", "DescribeLogGroups", "logGroups", {"limit": 2}),
        (_log_group, "resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList", {"ResourcesPerPage": 2}),
        (_machine, "stepfunctions", "ListStateMachines", "stateMachines", {"maxResults": 2}),
    ],
    ids=["Marker", "LastEvaluatedTableName", "nextToken", "PaginationToken", "nextToken again"],
)
def test_every_page_is_read(
    aws: UnrecordedAws, make: Make, service: str, lists: str, items: str, params: dict[str, Any]
) -> None:
    for at in range(5):
        make(aws, at)

    pages = list(aws.pages(service, lists, items, params))

    assert len(pages) >= 3
    assert len({str(item) for item in chain.from_iterable(pages)}) == 5


def test_an_operation_without_pages_is_called_once(aws: UnrecordedAws) -> None:
    _log_group(aws, 0)

    pages = list(aws.pages("logs", "ListTagsForResource", "tags", {"resourceArn": f"{ARN}:/g0"}))

    assert pages == [{"team": "a"}]
    assert aws.counts()["logs:ListTagsForResource"] == 1


@pytest.fixture
def scripted(aws: UnrecordedAws) -> Iterator[Callable[[str, str, list[dict[str, Any]]], list[Any]]]:
    """Answers an operation with the pages that a test writes: pages that moto never sends."""
    registered = []

    def script(service: str, name: str, answers: list[dict[str, Any]]) -> list[Any]:
        asked: list[Any] = []
        left = iter(answers)
        hyphened = operation(service, name).service_model.service_id.hyphenize()
        events = aws._client(service, False).meta.events

        def answer(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
            return SimpleNamespace(status_code=200), {"ResponseMetadata": {}, **next(left)}

        def note(params: dict[str, Any], **_: Any) -> None:
            asked.append(dict(params))

        heard = {f"before-call.{hyphened}.{name}": answer, f"provide-client-params.{hyphened}.{name}": note}
        for event, hear in heard.items():
            events.register(event, hear)
            registered.append((events, event, hear))
        return asked

    yield script
    for events, event, hear in registered:
        events.unregister(event, hear)


Script = Callable[[str, str, list[dict[str, Any]]], list[Any]]


def test_empty_pages_with_a_token_are_passed(aws: UnrecordedAws, scripted: Script) -> None:
    answers = [{"Roles": [], "IsTruncated": True, "Marker": "a"}, {"Roles": [{"RoleName": "r"}], "IsTruncated": False}]
    asked = scripted("iam", "ListRoles", answers)

    assert list(aws.pages("iam", "ListRoles", "Roles", {})) == [[], [{"RoleName": "r"}]]
    assert asked == [{}, {"Marker": "a"}]


def test_a_marker_of_the_last_page_is_not_followed(aws: UnrecordedAws, scripted: Script) -> None:
    asked = scripted("iam", "ListRoles", [{"Roles": [{"RoleName": "r"}], "IsTruncated": False, "Marker": "a"}])

    assert list(aws.pages("iam", "ListRoles", "Roles", {})) == [[{"RoleName": "r"}]]
    assert len(asked) == 1


def test_a_continuation_token_asks_for_the_next_buckets(aws: UnrecordedAws, scripted: Script) -> None:
    asked = scripted("s3", "ListBuckets", [{"Buckets": [{"Name": "a"}], "ContinuationToken": "t"}, {"Buckets": []}])

    assert list(aws.pages("s3", "ListBuckets", "Buckets", {})) == [[{"Name": "a"}], []]
    assert asked == [{}, {"ContinuationToken": "t"}]


def test_an_empty_token_ends_the_list(aws: UnrecordedAws, scripted: Script) -> None:
    answers = [{"ResourceTagMappingList": [], "PaginationToken": ""}]
    asked = scripted("resourcegroupstaggingapi", "GetResources", answers)

    assert list(aws.pages("resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList", {})) == [[]]
    assert len(asked) == 1


def test_tokens_that_take_turns_stop_the_reading(aws: UnrecordedAws, scripted: Script) -> None:
    scripted("scheduler", "ListSchedules", [{"Schedules": [], "NextToken": token} for token in "abab"])

    with pytest.raises(UnreadableAnswerError, match="same page token twice"):
        list(aws.pages("scheduler", "ListSchedules", "Schedules", {}))


@pytest.mark.parametrize(
    ("service", "name", "paging"),
    [
        ("connect", "ListQueues", Paging((("NextToken", "NextToken"),))),
        ("lambda", "ListFunctions", Paging((("Marker", "NextMarker"),))),
        ("kms", "ListAliases", Paging((("Marker", "NextMarker"),), "Truncated")),
        ("iam", "SimulatePrincipalPolicy", Paging((("Marker", "Marker"),), "IsTruncated")),
        ("iam", "ListRoleTags", Paging((("Marker", "Marker"),), "IsTruncated")),
        ("scheduler", "ListTagsForResource", Paging()),
        ("logs", "ListLogGroups", Paging((("nextToken", "nextToken"),))),
    ],
)
def test_paginators_decide_and_tokens_where_there_is_none(service: str, name: str, paging: Paging) -> None:
    assert paging_of(operation(service, name)) == paging


# The operations whose tokens are computed. No kind needs them.
COMPUTED = {"s3": {"ListObjects"}}


def test_a_computed_token_is_refused_and_not_misread() -> None:
    with pytest.raises(ValueError, match="not a member"):
        paging_of(operation("s3", "ListObjects"))


# An older operation, whose paginator computes tokens. No kind lists objects.
COMPUTED = {"s3": {"ListObjects"}}


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_of_a_known_service_can_be_paged(service: str) -> None:
    model = Session().get_service_model(service)
    names = set(model.operation_names) - COMPUTED.get(service, set())

    pagings = {name: paging_of(model.operation_model(name)) for name in names}

    assert {name for name, paging in pagings.items() if not isinstance(paging, Paging)} == set()
    assert pagings.keys() == names
