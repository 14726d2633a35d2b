"""AWS Lambda's control plane: states, revisions, refusals, and the members that moto drops."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID, REGION, Control
from tests.builders.archives import archive_of

from .calls import refused, words_of
from .roles import ONCE, trust

pytestmark = pytest.mark.slow

CODE = archive_of({"main.py": "def handler(event, context): ..."})
ROLE = f"arn:aws:iam::{ACCOUNT}:role/functions"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:calls"
STREAM = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/calls/stream/2026-01-01T00:00:00.000"
LEVELS = {"ApplicationLogLevel": "WARN", "SystemLogLevel": "INFO"}
INVALID = ("InvalidParameterValueException", 400)
CONFLICT = ("ResourceConflictException", 409)
MISSING = ("ResourceNotFoundException", 404)
STALE = ("PreconditionFailedException", 412)


@pytest.fixture
def functions(sandbox: Control, session: Any) -> Any:
    iam = session.create_client("iam", region_name=REGION, config=ONCE)
    iam.create_role(RoleName="functions", AssumeRolePolicyDocument=trust())
    iam.create_role(RoleName="others", AssumeRolePolicyDocument=trust({"Service": "s3.amazonaws.com"}))
    return session.create_client("lambda", region_name=REGION, config=ONCE)


def create(functions: Any, name: str = "hello", **more: Any) -> Any:
    needed = {"Runtime": "python3.13", "Handler": "main.handler", "Role": ROLE, "Code": {"ZipFile": CODE}}
    return functions.create_function(FunctionName=name, **{**needed, **more})


def settled(functions: Any, name: str = "hello") -> Any:
    """Returns the configuration after its change is settled."""
    functions.get_function(FunctionName=name)
    return functions.get_function_configuration(FunctionName=name)


def statement(name: str, **more: Any) -> dict[str, Any]:
    needed = {"StatementId": name, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    return {"FunctionName": "hello", **needed, **more}


# States and revisions.


def test_a_new_function_is_pending_and_then_active(functions: Any) -> None:
    answer = create(functions)
    described = [functions.get_function_configuration(FunctionName="hello")["State"] for _ in range(2)]

    assert (answer["State"], described) == ("Pending", ["Pending", "Active"])


def test_no_two_changes_run_at_once(functions: Any) -> None:
    create(functions)
    pending = refused(lambda: functions.update_function_code(FunctionName="hello", ZipFile=CODE))
    settled(functions)
    functions.update_function_configuration(FunctionName="hello", Timeout=5)

    changing = words_of(lambda: functions.update_function_code(FunctionName="hello", ZipFile=CODE))

    assert pending == CONFLICT
    assert "An update is in progress for resource" in changing


def test_a_change_that_fails_says_why(sandbox: Control, functions: Any) -> None:
    create(functions)
    settled(functions)
    sandbox.set_faults({"settling": {"calls": 1, "fails": "no addresses"}})
    functions.update_function_configuration(FunctionName="hello", Timeout=5)

    live = settled(functions)

    assert (live["LastUpdateStatus"], live["LastUpdateStatusReason"]) == ("Failed", "no addresses")


def test_a_stale_revision_is_refused(functions: Any) -> None:
    create(functions)
    revision = settled(functions)["RevisionId"]
    functions.update_function_configuration(FunctionName="hello", Timeout=5, RevisionId=revision)
    settled(functions)

    assert refused(lambda: functions.update_function_code(FunctionName="hello", ZipFile=CODE, RevisionId=revision)) == (
        STALE
    )


@pytest.mark.parametrize(("switch", "stays"), [("stays", True), ("moves", False)])
def test_a_switch_decides_whether_settling_moves_the_revision(
    sandbox: Control, functions: Any, switch: str, stays: bool
) -> None:
    sandbox.set_faults({"switches": {"functionRevision": switch}})

    revision = create(functions)["RevisionId"]

    assert (settled(functions)["RevisionId"] == revision) is stays


# Members and refusals.


def test_members_that_moto_drops_are_kept_changed_and_cleared(functions: Any) -> None:
    given = {
        "DeadLetterConfig": {"TargetArn": QUEUE},
        "EphemeralStorage": {"Size": 1024},
        "KMSKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a",
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/aws/lambda/other", **LEVELS},
        "TracingConfig": {"Mode": "Active"},
    }
    create(functions)
    first = settled(functions)
    functions.update_function_configuration(FunctionName="hello", **given)
    second = settled(functions)
    functions.update_function_configuration(FunctionName="hello", DeadLetterConfig={"TargetArn": ""}, KMSKeyArn="")
    third = settled(functions)

    assert first["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/hello"}
    assert {name: second[name] for name in given} == given
    assert not {"DeadLetterConfig", "KMSKeyArn"} & third.keys()
    assert third["EphemeralStorage"] == {"Size": 1024}


def test_a_role_that_lambda_may_not_assume_is_refused(functions: Any) -> None:
    wrong = words_of(lambda: create(functions, Role=f"arn:aws:iam::{ACCOUNT}:role/others"))

    assert "cannot be assumed by Lambda" in wrong


@pytest.mark.parametrize(
    "more",
    [
        {"Code": {"ZipFile": b"text"}},
        {"Code": {"S3Bucket": "none", "S3Key": "none"}},
        {"Environment": {"Variables": {"AWS_REGION": "x"}}},
        {"Environment": {"Variables": {"A": "x" * 5000}}},
        {"Timeout": 1000},
    ],
    ids=str,
)
def test_what_aws_cannot_use_is_refused(functions: Any, more: dict[str, Any]) -> None:
    assert refused(lambda: create(functions, **more)) == INVALID


def test_a_name_is_taken(functions: Any) -> None:
    create(functions)

    assert refused(lambda: create(functions)) == CONFLICT


def test_functions_are_listed_in_pages_without_their_state(functions: Any) -> None:
    for number in range(3):
        create(functions, f"f{number}")

    pages = list(functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2}))

    assert [len(page["Functions"]) for page in pages] == [2, 1]
    assert not {"State", "LastUpdateStatus"} & pages[0]["Functions"][0].keys()


# Concurrency and asynchronous calls.


def test_a_reservation_of_zero_is_shown_and_100_stay_unreserved(functions: Any) -> None:
    create(functions)
    functions.put_function_concurrency(FunctionName="hello", ReservedConcurrentExecutions=0)

    shown = functions.get_function(FunctionName="hello")["Concurrency"]

    assert shown == {"ReservedConcurrentExecutions": 0}
    too_many = {"FunctionName": "hello", "ReservedConcurrentExecutions": 901}
    assert refused(lambda: functions.put_function_concurrency(**too_many)) == INVALID


def test_settings_of_asynchronous_calls_are_replaced_whole(functions: Any) -> None:
    create(functions)
    functions.put_function_event_invoke_config(FunctionName="hello", MaximumRetryAttempts=0)
    functions.put_function_event_invoke_config(FunctionName="hello", MaximumEventAgeInSeconds=60)

    live = functions.get_function_event_invoke_config(FunctionName="hello")

    assert "MaximumRetryAttempts" not in live
    assert live["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}
    assert live["FunctionArn"].endswith(":hello:$LATEST")


# Policies.


def test_a_statement_id_is_taken_and_a_missing_one_cannot_be_removed(functions: Any) -> None:
    create(functions)
    functions.add_permission(**statement("a"))

    assert refused(lambda: functions.add_permission(**statement("a"))) == CONFLICT
    assert refused(lambda: functions.remove_permission(FunctionName="hello", StatementId="b")) == MISSING


def test_a_policy_has_its_own_revision(functions: Any) -> None:
    create(functions)
    functions.add_permission(**statement("a"))
    revision = functions.get_policy(FunctionName="hello")["RevisionId"]
    functions.add_permission(**statement("b", RevisionId=revision))

    removed = {"FunctionName": "hello", "StatementId": "a", "RevisionId": revision}
    assert refused(lambda: functions.remove_permission(**removed)) == STALE


def test_every_condition_of_a_statement_is_kept(functions: Any) -> None:
    create(functions)
    given = {"SourceArn": "arn:aws:s3:::uploads", "SourceAccount": ACCOUNT, "EventSourceToken": "skill.1"}
    functions.add_permission(**statement("a", **given))
    functions.add_permission(**statement("b", Principal=ACCOUNT))

    first, second = json.loads(functions.get_policy(FunctionName="hello")["Policy"])["Statement"]

    assert first["Condition"] == {
        "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::uploads"},
        "StringEquals": {"AWS:SourceAccount": ACCOUNT, "lambda:EventSourceToken": "skill.1"},
    }
    assert second["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def test_connect_adds_and_removes_a_statement_of_its_own(functions: Any, connect: Any) -> None:
    arn = create(functions)["FunctionArn"]
    functions.add_permission(**statement("a"))
    connect.associate_lambda_function(InstanceId=INSTANCE_ID, FunctionArn=arn)
    with_it = functions.get_policy(FunctionName="hello")["Policy"]
    connect.disassociate_lambda_function(InstanceId=INSTANCE_ID, FunctionArn=arn)

    assert INSTANCE_ARN in with_it
    (left,) = json.loads(functions.get_policy(FunctionName="hello")["Policy"])["Statement"]
    assert left["Sid"] == "a"


# Event sources.


@pytest.fixture
def mapped(sandbox: Control, functions: Any) -> Any:
    sandbox.set_faults({"switches": {"missingEventSource": "accepted"}})
    create(functions)
    return functions


def test_a_mapping_has_states_and_is_refused_meanwhile(mapped: Any) -> None:
    answer = mapped.create_event_source_mapping(EventSourceArn=QUEUE, FunctionName="hello")
    early = refused(lambda: mapped.update_event_source_mapping(UUID=answer["UUID"], Enabled=False))
    mapped.update_event_source_mapping(UUID=answer["UUID"], Enabled=False)
    states = [mapped.get_event_source_mapping(UUID=answer["UUID"])["State"] for _ in range(2)]
    gone = mapped.delete_event_source_mapping(UUID=answer["UUID"])["State"]
    mapped.get_event_source_mapping(UUID=answer["UUID"])

    assert (answer["State"], early) == ("Creating", ("ResourceInUseException", 400))
    assert (states, gone) == (["Updating", "Disabled"], "Deleting")
    assert refused(lambda: mapped.get_event_source_mapping(UUID=answer["UUID"])) == MISSING


def test_a_function_reads_a_source_once(mapped: Any) -> None:
    mapped.create_event_source_mapping(EventSourceArn=QUEUE, FunctionName="hello")

    assert refused(lambda: mapped.create_event_source_mapping(EventSourceArn=QUEUE, FunctionName="hello")) == CONFLICT


def test_queues_and_streams_take_members_of_their_own(mapped: Any) -> None:
    of_queue = {"EventSourceArn": QUEUE, "FunctionName": "hello", "ParallelizationFactor": 2}
    of_stream = {"EventSourceArn": STREAM, "FunctionName": "hello"}

    assert refused(lambda: mapped.create_event_source_mapping(**of_queue)) == INVALID
    assert refused(lambda: mapped.create_event_source_mapping(**of_stream)) == INVALID
    live = mapped.create_event_source_mapping(**of_stream, StartingPosition="LATEST")
    assert (live["MaximumRetryAttempts"], live["BatchSize"]) == (-1, 100)


def test_a_source_that_is_not_there_is_refused_by_default(functions: Any) -> None:
    create(functions)

    assert refused(lambda: functions.create_event_source_mapping(EventSourceArn=QUEUE, FunctionName="hello")) == INVALID


@pytest.mark.parametrize(("switch", "count"), [("listed", 1), ("left_out", 0)])
def test_a_switch_decides_whether_the_tag_index_has_mappings(
    sandbox: Control, session: Any, functions: Any, switch: str, count: int
) -> None:
    switches = {"missingEventSource": "accepted", "indexEventSourceMappings": switch}
    sandbox.set_faults({"switches": switches})
    create(functions)
    functions.create_event_source_mapping(EventSourceArn=QUEUE, FunctionName="hello", Tags={"Team": "Care"})
    index = session.create_client("resourcegroupstaggingapi", region_name=REGION, config=ONCE)

    found = index.get_resources(ResourceTypeFilters=["lambda:event-source-mapping"])["ResourceTagMappingList"]

    assert len(found) == count
