"""The files beside the code for those who deploy it: policy, metrics and alarms, environment, requirements."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

import reconciler.lambdas.agent_roster as package
from reconciler.lambdas.agent_roster import settings
from reconciler.lambdas.agent_roster.actions import ACTIONS
from reconciler.sandbox import INSTANCE_ID
from tests.lambdas.agent_roster.desk import ADA, OWNER, Desk
from tests.lambdas.emf import must_be_metrics
from tests.lambdas.invocations import Watched
from tests.lambdas.policies import Evaluated

FOLDER = Path(package.__file__).parent
POLICY = json.loads((FOLDER / "policy.json").read_text())
OPERATIONS = json.loads((FOLDER / "operations.json").read_text())
ENVIRONMENT = json.loads((FOLDER / "environment.schema.json").read_text())
HERE = "us-east-1:111122223333"
CONNECT = f"arn:aws:connect:{HERE}:instance/{INSTANCE_ID}"
KEY = f"arn:aws:kms:{HERE}:key/00000000-0000-4000-8000-000000000001"
VALUES = {
    **{"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": "111122223333", "FUNCTION_NAME": "agents-roster"},
    **{"CONNECT_INSTANCE_ID": INSTANCE_ID, "UPLOADS_TABLE": "uploads", "ROSTER_TABLE": "roster", "BUCKET_NAME": "b"},
    **{"RESULT_PREFIX": "results/", "SECRET_PREFIX": "agents/passwords", "KMS_KEY_ARN": KEY},
    **{"GROUPS_INSTANCE_ID": INSTANCE_ID, "DELETES_INSTANCE_ID": INSTANCE_ID},
    "FAILED_EVENTS_QUEUE_ARN": f"arn:aws:sqs:{HERE}:agents-dead",
}
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:agents/passwords/i/ada/password-AbCdEf"
REQUIRED = {
    **{"INSTANCE_ID": CONNECT, "UPLOADS_TABLE": "uploads", "ROSTER_TABLE": "roster", "BUCKET_NAME": "example-agents"},
    "OWNER": OWNER,
}
WRONG = {
    **{"INSTANCE_ID": "mine", "BUCKET_NAME": "Not-A-Bucket", "KMS_KEY_ARN": "alias/mine", "REMOVE": "burn"},
    **{"UPLOAD_PREFIX": "incoming", "RESULT_PREFIX": "/results/", "DEAD_LETTERS_URL": "queue:x"},
    **{"CREATE_HIERARCHY_GROUPS": "perhaps", "RATES": "CreateUser=fast", "MOST_TRIES": "many"},
}
# Lambda makes these with the function's role: it reads the stream, and hands over failed batches.
OF_LAMBDA = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("connect:CreateUser", f"{CONNECT}/agent/*", True),
        ("connect:CreateUser", f"{CONNECT}/security-profile/s", True),
        ("connect:CreateUser", "arn:aws:connect:us-east-1:111122223333:instance/other/agent/*", False),
        ("connect:UpdateUserIdentityInfo", f"{CONNECT}/agent/u", True),
        ("connect:UpdateUserIdentityInfo", f"{CONNECT}/queue/q", False),
        ("connect:UpdateSecurityProfile", f"{CONNECT}/security-profile/s", False),
        ("connect:TagResource", f"{CONNECT}/agent/u", True),
        ("connect:TagResource", f"{CONNECT}/queue/q", False),
        ("dynamodb:UpdateItem", f"arn:aws:dynamodb:{HERE}:table/roster", True),
        ("dynamodb:DeleteItem", f"arn:aws:dynamodb:{HERE}:table/roster", False),
        ("dynamodb:PutItem", f"arn:aws:dynamodb:{HERE}:table/roster", False),
        ("s3:PutObject", "arn:aws:s3:::b/results/agents.csv-1.csv", True),
        ("s3:GetObject", "arn:aws:s3:::b/quarantine/agents.csv", False),
        ("s3:GetObject", "arn:aws:s3:::b/uploads/agents.csv", False),
        ("secretsmanager:GetSecretValue", SECRET, True),
        ("secretsmanager:PutSecretValue", SECRET, False),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:other-AbCdEf", False),
        ("kms:Decrypt", KEY, True),
    ],
)
def test_the_filled_in_policy_allows_what_is_used_alone(action: str, resource: str, expected: bool) -> None:
    assert Evaluated(POLICY, VALUES).allows(action, resource) is expected


def test_every_metric_is_declared_with_its_unit_and_every_alarm_has_its_metric(desk: Desk) -> None:
    desk.upload(ADA)
    desk.run()

    must_be_metrics(desk.lines[-1])
    (directive,) = json.loads(desk.lines[-1])["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == OPERATIONS["namespace"]
    assert {it["Name"]: it["Unit"] for it in directive["Metrics"]} == {
        name: it["unit"] for name, it in OPERATIONS["metrics"].items()
    }
    assert {it["metric"] for it in OPERATIONS["alarms"].values()} <= OPERATIONS["metrics"].keys()


def test_a_row_gets_its_reason_before_lambda_gives_up_its_record() -> None:
    assert OPERATIONS["stream"]["maximumRetryAttempts"] > settings.MOST_TRIES
    assert OPERATIONS["reservedConcurrency"] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"INSTANCE_ID": ""}, "INSTANCE_ID is missing"),
        ({"INSTANCE_ID": "main"}, "INSTANCE_ID must be the id or the ARN"),
        ({"OWNER": ""}, "OWNER is missing"),
        ({"REMOVE": "burn"}, "REMOVE must be keep, deactivate or delete"),
        ({"REMOVE": "deactivate"}, "DEACTIVATED_SECURITY_PROFILE is missing"),
        ({"RATES": "CreateUser=fast"}, "RATES must be like"),
        ({"RATES": "CreateUser=0/1"}, "RATES must be like"),
        ({"MOST_TRIES": "0"}, "MOST_TRIES must be a number from 1 to 15"),
        ({"MOST_TRIES": "x"}, "MOST_TRIES must be a number from 1 to 15"),
        ({"CREATE_HIERARCHY_GROUPS": "perhaps"}, "CREATE_HIERARCHY_GROUPS must be true or false"),
    ],
)
def test_invalid_settings_stop_the_function_with_a_reason_and_no_call(
    desk: Desk, change: dict[str, str], words: str
) -> None:
    desk.environ |= change

    with pytest.raises(settings.WrongSettings, match=words):
        desk.run([])
    assert desk.calls() == {}
    assert "failed" in desk.logged()[-1]["message"]


def test_every_variable_of_the_settings_is_described_and_no_other() -> None:
    watched = Watched({**REQUIRED, "INSTANCE_ID": INSTANCE_ID})

    settings.read_settings(watched)

    assert watched.names == set(ENVIRONMENT["properties"])


@pytest.mark.parametrize("name", WRONG)
def test_the_schema_refuses_what_the_function_refuses(name: str) -> None:
    environ = {**REQUIRED, name: WRONG[name]}

    with pytest.raises(settings.WrongSettings, match=name) as raised:
        settings.read_settings(environ)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(environ, ENVIRONMENT)
    assert f" {WRONG[name]}" not in str(raised.value)


def test_an_instance_may_be_an_arn_that_names_the_region(desk: Desk) -> None:
    own = settings.read_settings(
        {**desk.environ, "INSTANCE_ID": CONNECT.replace("us-east-1", "eu-west-2"), "RATES": "CreateUser=1/2"}
    )

    assert (own.instance, own.region, own.rates["CreateUser"].burst) == (INSTANCE_ID, "eu-west-2", 2)


def recorded(desk: Desk) -> set[str]:
    """Runs the new records, and returns the calls of all services."""
    records = desk.records()
    desk.control.reset_stats()
    desk.run(records)
    return set(desk.control.stats()["calls"])


@pytest.fixture
def furnished(desk: Desk) -> Desk:
    """An instance with a level of groups and with other profiles, and a function that may do everything."""
    connect, instance = desk.clients["connect"], desk.environ["INSTANCE_ID"]
    connect.update_user_hierarchy_structure(InstanceId=instance, HierarchyStructure={"LevelOne": {"Name": "City"}})
    connect.create_security_profile(InstanceId=instance, SecurityProfileName="No access")
    queue = connect.list_queues(InstanceId=instance, QueueTypes=["STANDARD"])["QueueSummaryList"][0]["Id"]
    media = [{"Channel": "VOICE", "Concurrency": 1}]
    own = {"Name": "Second", "Description": "x", "DefaultOutboundQueueId": queue, "MediaConcurrencies": media}
    connect.create_routing_profile(InstanceId=instance, **own)
    desk.environ |= {"CREATE_HIERARCHY_GROUPS": "true", "REMOVE": "delete", "MOST_TRIES": "1"}
    desk.function = desk.container()
    desk.create_user("ada", reconciler_stack=OWNER)
    return desk


@pytest.mark.slow
def test_the_calls_that_it_makes_are_those_of_the_table(furnished: Desk) -> None:
    """Recorded where they arrive: an action that no path needs would be more than the least."""
    person = {"last_name": "King", "auto_accept": True, "hierarchy_group": "London", "tags": (("a", "b"),)}
    moved = replace(ADA, **person, routing_profile="Second", security_profiles=("No access",))
    calls = set[str]()

    for agent in (ADA, moved, replace(ADA, tags=())):
        furnished.upload(agent)
        calls |= recorded(furnished)
    furnished.upload(replace(ADA, username="bob"))
    furnished.control.set_faults({"error": {"every": 1, "operations": ["connect:CreateUser"]}})
    calls |= recorded(furnished)
    furnished.control.set_faults({})
    furnished.forget("ada")
    calls |= recorded(furnished)

    # IAM judges the writes of a transaction as the operations that they are.
    calls = calls - {"dynamodb:TransactWriteItems"} | {"dynamodb:PutItem"}
    assert calls == {it.allows for it in ACTIONS if it.operation not in OF_LAMBDA and it.service != "kms"}
