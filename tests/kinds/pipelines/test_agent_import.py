"""Pipelines of type agent_import: stores, functions and roles that turn a spreadsheet into users."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds.composite import CannotExpandError, Child
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.lambdas.agents.item import STREAM_FILTERS
from reconciler.model import Linked
from tests.kinds.pipelines.expanding import AGENT_IMPORT, INSTANCE, expanded, problems

OWN = "centre-prod-agents"
PLACE = "ca-central-1:111122223333"
KEY = f"arn:aws:kms:{PLACE}:key/00000000-0000-4000-8000-000000000001"
WITH_KEY = {**AGENT_IMPORT, "kmsKey": KEY}
DEACTIVATING = {"remove": "deactivate", "deactivated": {"securityProfile": "None", "routingProfile": "Idle"}}


def link(address: str, word: str = "arn", end: str = "") -> Linked:
    return Linked(f"${{{address}.{word}}}{end}")


def statements(children: dict[str, Child], role: str) -> dict[str, list[str]]:
    """Returns the resources of each action of a role."""
    (policy,) = children[f"IamRole/{role}"].spec["inlinePolicies"]
    found: dict[str, list[str]] = {}
    for statement in policy["document"]["Statement"]:
        for action in statement["Action"]:
            found[action] = [*found.get(action, []), *statement["Resource"]]
    return found


def function(part: str, **more: Any) -> Any:
    return expanded({**AGENT_IMPORT, **more})[f"LambdaFunction/{OWN}-{part}"].spec


def test_a_document_stands_for_all_that_the_functions_need() -> None:
    """S4-21, S4-22, S4-23."""
    assert list(expanded(AGENT_IMPORT)) == [
        f"LogGroup//aws/lambda/{OWN}-upload",
        f"LogGroup//aws/lambda/{OWN}-roster",
        f"DynamoDBTable/{OWN}-uploads",
        f"DynamoDBTable/{OWN}-roster",
        f"SqsQueue/{OWN}-upload-dead",
        f"SqsQueue/{OWN}-roster-dead",
        "S3Bucket/example-agents",
        f"IamRole/{OWN}-upload",
        f"IamRole/{OWN}-roster",
        f"LambdaFunction/{OWN}-upload",
        f"LambdaFunction/{OWN}-roster",
        f"EventSourceMapping/{OWN}-roster",
        f"Alarm/{OWN}-upload-failed",
        f"Alarm/{OWN}-upload-dead-letters",
        f"Alarm/{OWN}-roster-failed",
        f"Alarm/{OWN}-roster-behind",
        f"Alarm/{OWN}-roster-dead-letters",
        f"Dashboard/{OWN}",
    ]


def test_the_bucket_is_private_encrypted_versioned_and_calls_the_function() -> None:
    """S4-6."""
    children = expanded(WITH_KEY)
    bucket = children["S3Bucket/example-agents"].spec

    (statement,) = bucket["policy"]["Statement"]
    (notification,) = bucket["lambdaFunctionConfigurations"]
    assert bucket["versioningConfiguration"] == {"status": "Enabled"}
    assert bucket["serverSideEncryptionConfiguration"] == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": KEY,
        "bucketKeyEnabled": True,
    }
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert "publicAccessBlockConfiguration" not in bucket  # The kind's default blocks all of it.
    assert notification["lambdaFunctionArn"] == link(f"LambdaFunction/{OWN}-upload")
    assert notification["events"] == ["s3:ObjectCreated:*"]
    assert notification["filter"] == {"key": {"filterRules": [{"name": "prefix", "value": "uploads/"}]}}


def test_only_the_bucket_of_this_account_may_call_the_function() -> None:
    (permission,) = function("upload")["permissions"]

    assert permission["principal"] == "s3.amazonaws.com"
    assert (permission["sourceArn"], permission["sourceAccount"]) == (link("S3Bucket/example-agents"), "111122223333")


def test_spreadsheets_and_their_old_versions_expire() -> None:
    """They may hold passwords, so an old version lives for a day."""
    days = {"quarantine": 3, "uploads": 20, "results": 90}
    children = expanded({**AGENT_IMPORT, "bucket": {"name": "example-agents", "expireDays": days}})

    rules = children["S3Bucket/example-agents"].spec["lifecycleConfiguration"]["Rules"]
    expiring = {it["ID"]: (it["Expiration"]["Days"], it["NoncurrentVersionExpiration"]) for it in rules[:3]}
    assert expiring == {
        "uploads": (20, {"NoncurrentDays": 1}),
        "quarantine": (3, {"NoncurrentDays": 1}),
        "results": (90, {"NoncurrentDays": 30}),
    }
    assert rules[3]["Expiration"] == {"ExpiredObjectDeleteMarker": True}


@pytest.mark.parametrize(
    ("table", "keys"), [("uploads", ["key", "sequencer"]), ("roster", ["instance_id", "username"])]
)
def test_the_tables_have_keys_backups_and_encryption_and_are_billed_by_use(table: str, keys: list[str]) -> None:
    """S4-7, S4-19, S4-32."""
    spec = expanded(WITH_KEY)[f"DynamoDBTable/{OWN}-{table}"].spec

    assert [it["attributeName"] for it in spec["keySchema"]] == keys
    assert [it["keyType"] for it in spec["keySchema"]] == ["HASH", "RANGE"]
    assert {it["attributeType"] for it in spec["attributeDefinitions"]} == {"S"}
    assert spec["billingMode"] == "PAY_PER_REQUEST"
    assert spec["pointInTimeRecoverySpecification"] == {"pointInTimeRecoveryEnabled": True}
    assert spec["sseSpecification"] == {"kmsMasterKeyId": KEY}
    assert spec["deletionProtectionEnabled"] is True


def test_settled_rows_of_uploads_expire() -> None:
    assert expanded(AGENT_IMPORT)[f"DynamoDBTable/{OWN}-uploads"].spec["timeToLiveSpecification"] == {
        "enabled": True,
        "attributeName": "expires",
    }


def test_a_bad_record_keeps_back_no_other() -> None:
    """S4-33: halves, partial answers, an end of retries, and a queue for what was given up."""
    children = expanded(AGENT_IMPORT)
    mapping = children[f"EventSourceMapping/{OWN}-roster"].spec

    assert mapping["eventSourceArn"] == link(f"DynamoDBTable/{OWN}-roster", "stream")
    assert children[f"DynamoDBTable/{OWN}-roster"].spec["streamSpecification"] == {
        "streamViewType": "NEW_AND_OLD_IMAGES"
    }
    assert mapping["bisectBatchOnFunctionError"] is True
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert 0 < mapping["maximumRetryAttempts"] <= 100
    assert mapping["destinationConfig"] == {"onFailure": {"destination": link(f"SqsQueue/{OWN}-roster-dead")}}
    assert mapping["filterCriteria"] == {"filters": [{"pattern": dict(pattern)} for pattern in STREAM_FILTERS]}


def test_the_functions_know_their_stores() -> None:
    shared = {
        "INSTANCE_ID": INSTANCE,
        "UPLOADS_TABLE": f"{OWN}-uploads",
        "ROSTER_TABLE": f"{OWN}-roster",
        "BUCKET_NAME": "example-agents",
        "UPLOAD_PREFIX": "uploads/",
        "RESULT_PREFIX": "results/",
        "CREATE_HIERARCHY_GROUPS": "false",
        "OWNER": "centre/prod:Pipeline/agents",
    }
    upload, roster = function("upload", kmsKey=KEY)["environment"], function("roster", kmsKey=KEY)["environment"]

    assert upload == shared | {
        "QUARANTINE_PREFIX": "quarantine/",
        "SECRET_PREFIX": f"{OWN}/passwords",
        "GENERATE_PASSWORDS": "false",
        "KMS_KEY_ARN": KEY,
    }
    assert roster == shared | {
        "REMOVE": "keep",
        "DEAD_LETTERS_URL": link(f"SqsQueue/{OWN}-roster-dead", "id"),
        "KMS_KEY_ARN": KEY,
    }
    assert upload.keys() <= shipped("agent_upload").environment["properties"].keys()
    assert roster.keys() <= shipped("agent_roster").environment["properties"].keys()


def test_each_function_has_its_own_settings_and_gets_the_variables_that_it_knows() -> None:
    more = {"functions": {"roster": {"memoryMegabytes": 1024}}, "environment": {"MOST_TRIES": "3"}}

    upload, roster = function("upload", **more), function("roster", **more)

    assert (upload["memorySize"], roster["memorySize"]) == (512, 1024)
    assert ("MOST_TRIES" in upload["environment"], roster["environment"]["MOST_TRIES"]) == (False, "3")
    assert roster["reservedConcurrentExecutions"] == 1


def test_a_role_may_do_only_the_work_of_its_function() -> None:
    """S4-18: no policy of AWS, no `*`, and each action on its own resources."""
    children = expanded(WITH_KEY)
    upload, roster = statements(children, f"{OWN}-upload"), statements(children, f"{OWN}-roster")
    secrets = f"arn:aws:secretsmanager:{PLACE}:secret:{OWN}/passwords/*"

    assert "connect:CreateUser" not in upload
    assert upload["secretsmanager:PutSecretValue"] == roster["secretsmanager:GetSecretValue"] == [secrets]
    assert roster["connect:UpdateUserIdentityInfo"] == [f"{INSTANCE}/agent/*"]
    assert roster["dynamodb:GetRecords"] == [f"arn:aws:dynamodb:{PLACE}:table/{OWN}-roster/stream/*"]
    assert upload["kms:GenerateDataKey"] == roster["kms:Decrypt"] == [KEY]
    assert "*" not in {resource for some in (upload, roster) for them in some.values() for resource in them}


def test_permissions_that_the_manifest_does_not_need_are_left_out() -> None:
    """A role may delete users, or create groups, only if the manifest says so."""
    plain = statements(expanded(AGENT_IMPORT), f"{OWN}-roster")
    settings = {"remove": "delete", "createHierarchyGroups": True}
    more = statements(expanded({**AGENT_IMPORT, "agents": settings}), f"{OWN}-roster")

    assert more.keys() - plain.keys() == {
        "connect:DeleteUser",
        "connect:SearchQuickConnects",
        "connect:CreateUserHierarchyGroup",
    }
    assert not [action for action in plain if action.startswith("kms:")]
    assert more["connect:DeleteUser"] == [f"{INSTANCE}/agent/*"]


def test_a_removed_agent_is_kept_deactivated_or_deleted() -> None:
    environment = function("roster", agents=DEACTIVATING)["environment"]

    assert (environment["REMOVE"], environment["DEACTIVATED_SECURITY_PROFILE"]) == ("deactivate", "None")
    assert environment["DEACTIVATED_ROUTING_PROFILE"] == "Idle"


def test_the_dashboard_has_the_metrics_of_both_functions() -> None:
    body = expanded(AGENT_IMPORT)[f"Dashboard/{OWN}"].spec["dashboardBody"]

    shown = {tuple(line) for widget in body["widgets"] for line in widget["properties"]["metrics"]}
    for part in ("upload", "roster"):
        operations = shipped(f"agent_{part}").operations
        own = {(operations["namespace"], metric, "FunctionName", f"{OWN}-{part}") for metric in operations["metrics"]}
        assert own <= shown
    places = [(widget["x"], widget["y"]) for widget in body["widgets"]]
    assert len(places) == len(set(places))


def test_every_alarm_of_both_functions_is_a_resource_and_may_be_changed() -> None:
    alarms = {"agent-roster-failed": {"threshold": 7}, "agent-upload-dead-letters": None}
    children = expanded({**AGENT_IMPORT, "alerts": {"alarms": alarms}})

    assert children[f"Alarm/{OWN}-roster-failed"].spec["threshold"] == 7
    assert f"Alarm/{OWN}-upload-dead-letters" not in children
    queue = children[f"Alarm/{OWN}-roster-dead-letters"].spec["dimensions"]
    assert queue == [{"name": "QueueName", "value": f"{OWN}-roster-dead"}]


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"bucket": None}, (), "needs bucket"),
        ({"agents": {"remove": "deactivate"}}, ("agents", "remove"), "cannot disable a user"),
        ({"agents": {"deactivated": {"securityProfile": "x"}}}, ("agents", "deactivated"), "write both or neither"),
        ({"functions": {"rooster": {}}}, ("functions", "rooster"), "write one of roster, upload"),
        ({"function": {"memoryMegabytes": 512}}, ("function",), "is not for pipelines of type agent_import"),
        (
            {"bucket": {"name": "x", "expireDays": {"raw": 3}}},
            ("bucket", "expireDays", "raw"),
            "write one of quarantine",
        ),
        ({"environment": {"OWNER": "x"}}, ("environment", "OWNER"), "follows from the stack"),
        ({"environment": {"MOST_TRY": "3"}}, ("environment", "MOST_TRY"), "did you mean MOST_TRIES?"),
        ({"environment": {"MOST_TRIES": "many"}}, ("environment", "MOST_TRIES"), "the function refuses 'many'"),
    ],
    ids=lambda value: "" if isinstance(value, str) else None,
)
def test_a_mistake_is_found_before_anything_is_read(change: dict[str, Any], path: tuple[str, ...], words: str) -> None:
    found = problems({**AGENT_IMPORT, **change})

    assert [(it.path, words in it.message) for it in found if it.path == path] == [(path, True)]


def test_a_right_pipeline_has_no_mistake() -> None:
    more = {"agents": DEACTIVATING, "functions": {"upload": {"timeoutSeconds": 300}}, "kmsKey": KEY}

    assert problems(AGENT_IMPORT) == problems({**AGENT_IMPORT, **more}) == []


SHEET = "user login,password,routing profile name,security_profile_name_1\nada,{},Basic,Agent\n"


def test_files_of_a_folder_are_objects_that_stay_where_they_are() -> None:
    """S4-8: the hash of a file decides whether apply uploads it again."""
    files = {"agents/ada.csv": SHEET.format(""), "agents/photo.png": "x"}

    children = expanded({**AGENT_IMPORT, "uploads": "agents"}, files=files)

    objects = {it.spec["name"]: it.spec for it in children.values() if it.kind == "S3Object"}
    assert list(objects) == [f"example-agents/uploads/declared/{name}" for name in ("ada.csv", "photo.png")]
    assert objects["example-agents/uploads/declared/ada.csv"]["content"] == {"file": "agents/ada.csv"}
    environment = children[f"LambdaFunction/{OWN}-upload"].spec["environment"]
    assert environment["KEPT_PREFIX"] == "uploads/declared/"
    assert "KEPT_PREFIX" not in function("upload")["environment"]


def test_a_password_in_a_file_of_the_folder_is_a_mistake() -> None:
    files = {"agents/ada.csv": SHEET.format("Plant3d-word")}

    with pytest.raises(CannotExpandError, match=r"ada\.csv has 1 password, and Git keeps them for ever") as wrong:
        expanded({**AGENT_IMPORT, "uploads": "agents"}, files=files)

    assert wrong.value.path == ("uploads",)
    assert "Plant3d" not in str(wrong.value)
