"""Pipelines of type connectwise: stores, roles, functions, machine, schedules and alarms for many tenants."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reconciler.kinds.composite import CannotExpandError, Child
from reconciler.kinds.pipelines.connectwise import ALARMS, PARTS
from reconciler.kinds.pipelines.mapping_files import shipped_mappings
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.model import Linked
from tests.kinds.pipelines.expanding import CONNECTWISE, SCOPE, expanded, problems

OWN = "centre-prod-connectwise"
PLACE = "ca-central-1:111122223333"
MACHINE = f"arn:aws:states:{PLACE}:stateMachine:{OWN}"


def link(address: str, end: str = "") -> Linked:
    return Linked(f"${{{address}.arn}}{end}")


def statements(children: dict[str, Child], role: str) -> dict[str, list[str]]:
    """Returns the resources of each action of a role."""
    (policy,) = children[f"IamRole/{OWN}-{role}"].spec["inlinePolicies"]
    allowed: dict[str, list[str]] = {}
    for statement in policy["document"]["Statement"]:
        for action in statement["Action"]:
            allowed[action] = [*allowed.get(action, []), *statement["Resource"]]
    return allowed


def function(part: str, **more: Any) -> Any:
    return expanded({**CONNECTWISE, **more})[f"LambdaFunction/{OWN}-{part}"].spec


def test_a_document_stands_for_all_that_the_pipeline_needs() -> None:
    """S2-8: in the order in which AWS needs them."""
    alarms = [address for address in expanded(CONNECTWISE) if address.startswith("Alarm/")]

    assert [address for address in expanded(CONNECTWISE) if not address.startswith("Alarm/")] == [
        *(f"LogGroup//aws/lambda/{OWN}-{part}" for part in PARTS),
        f"LogGroup//aws/vendedlogs/states/{OWN}",
        f"SnsTopic/{OWN}-alerts",
        f"SnsSubscription/{OWN}-alerts/email:ops@example.com",
        f"DynamoDBTable/{OWN}-tenant-services",
        f"DynamoDBTable/{OWN}-last-updated",
        "S3Bucket/example-lake",
        "Secret/connectwise/redshift",
        f"SqsQueue/{OWN}-dead",
        *(f"IamRole/{OWN}-{part}" for part in (*PARTS, "tenant", "copy", "machine", "scheduler")),
        *(f"LambdaFunction/{OWN}-{part}" for part in PARTS),
        *(f"S3Object/example-lake/mappings/{table}.json" for table in shipped_mappings().tables),
        "S3Object/example-lake/mappings/columns.lock",
        f"StateMachine/{OWN}",
        f"ScheduleGroup/{OWN}",
        f"Schedule/{OWN}/quarter-hourly",
        f"Schedule/{OWN}/nightly-ids",
        f"Dashboard/{OWN}",
    ]
    assert len(alarms) == len(ALARMS) >= 9


def test_the_role_for_copy_joins_the_namespace_that_the_manifest_names() -> None:
    warehouse = {**CONNECTWISE["warehouse"], "namespace": "analytics"}

    children = list(expanded({**CONNECTWISE, "warehouse": warehouse}))

    role, member = f"IamRole/{OWN}-copy", f"RedshiftRole/analytics/{OWN}-copy"
    assert children[children.index(role) + 1] == member
    assert {*children} - {*expanded(CONNECTWISE)} == {member}


def test_tables_have_the_keys_of_the_ledger_and_backups() -> None:
    children = expanded(CONNECTWISE)
    tenants, ledger = (children[f"DynamoDBTable/{OWN}-{name}"].spec for name in ("tenant-services", "last-updated"))

    assert [key["attributeName"] for key in tenants["keySchema"]] == ["tenant_id"]
    assert [key["attributeName"] for key in ledger["keySchema"]] == ["tenant_id", "table_name"]
    assert ledger["timeToLiveSpecification"] == {"enabled": True, "attributeName": "expires"}
    assert tenants["declaredItems"] > 0
    assert "declaredItems" not in ledger
    for table in (tenants, ledger):
        assert table["pointInTimeRecoverySpecification"] == {"pointInTimeRecoveryEnabled": True}
        assert table["deletionProtectionEnabled"] is True


def test_objects_expire_by_the_tag_of_their_layer_because_no_prefix_selects_one() -> None:
    """`*/raw/` never matches; the layer is behind the tenant."""
    more = {"name": "example-lake", "rawDays": {"infrequent": 10, "expire": 200}, "supersededDays": 3}
    bucket = expanded({**CONNECTWISE, "bucket": more})["S3Bucket/example-lake"].spec

    rules = {rule["ID"]: rule for rule in bucket["lifecycleConfiguration"]["Rules"]}
    assert rules["raw"]["Filter"] == {"Tag": {"Key": "layer", "Value": "raw"}}
    assert [move["Days"] for move in rules["raw"]["Transitions"]] == [10, 90]
    assert rules["raw"]["Expiration"] == {"Days": 200}
    assert rules["superseded"]["Expiration"] == {"Days": 3}
    # Each pair of each run leaves a result, so without an end there would be millions.
    assert rules["results"]["Filter"] == {"Tag": {"Key": "layer", "Value": "run"}}
    assert [rules[name]["Expiration"] for name in ("results", "runs", "loads")] == [{"Days": 90}] * 3
    assert "*" not in json.dumps([rule["Filter"] for rule in rules.values()])
    (only_tls,) = bucket["policy"]["Statement"]
    assert only_tls["Effect"] == "Deny"


def test_a_function_gets_the_variables_that_it_knows_and_every_required_one() -> None:
    """S2-28: a function without a variable fails at its start."""
    for part in PARTS:
        schema, variables = shipped(f"connectwise_{part}").environment, function(part)["environment"]
        assert variables.keys() <= schema["properties"].keys(), part
        assert set(schema.get("required", ())) <= variables.keys(), part
        assert variables["BUCKET_NAME"] == "example-lake"


def test_http_is_allowed_in_a_sandbox_alone() -> None:
    here = expanded(CONNECTWISE, replace(SCOPE, is_sandbox=True))

    assert here[f"LambdaFunction/{OWN}-ingest"].spec["environment"]["ALLOW_HTTP"] == "true"
    assert "ALLOW_HTTP" not in function("ingest")["environment"]


def test_the_tenant_role_reaches_one_tenant_and_trusts_two_functions_with_its_tag() -> None:
    """No statement of it is without the session tag."""
    children = expanded(CONNECTWISE)
    (trust,) = children[f"IamRole/{OWN}-tenant"].spec["assumeRolePolicyDocument"]["Statement"]
    (policy,) = children[f"IamRole/{OWN}-tenant"].spec["inlinePolicies"]

    roles = [f"arn:aws:iam::111122223333:role/reconcile/centre/prod/{OWN}-{part}" for part in ("ingest", "transform")]
    assert trust["Condition"]["ArnEquals"] == {"aws:PrincipalArn": roles}
    assert trust["Condition"]["StringLike"] == {"aws:RequestTag/tenant": "?*"}
    assert all("${aws:PrincipalTag/tenant}" in json.dumps(it) for it in policy["document"]["Statement"])


def test_no_function_reads_a_secret_of_a_tenant_with_its_own_role() -> None:
    children = expanded(CONNECTWISE)

    for part in ("plan", "ingest", "transform", "report"):
        assert "secretsmanager:GetSecretValue" not in statements(children, part), part
    for part in ("ingest", "transform"):
        assert statements(children, part)["sts:AssumeRole"] == [link(f"IamRole/{OWN}-tenant")]


def test_without_a_secret_load_signs_in_by_its_role() -> None:
    place = {"workgroup": "analytics", "host": "analytics.example.com"}
    by_role, by_secret = expanded({**CONNECTWISE, "warehouse": place}), expanded(CONNECTWISE)
    variables = by_role[f"LambdaFunction/{OWN}-load"].spec["environment"]

    assert by_secret.keys() - by_role.keys() == {"Secret/connectwise/redshift"}
    assert (variables["REDSHIFT_WORKGROUP"], variables["REDSHIFT_HOST"]) == ("analytics", "analytics.example.com")
    assert "REDSHIFT_SECRET_ID" not in variables
    allowed = statements(by_role, "load")
    assert allowed["redshift-serverless:GetCredentials"] == [link("RedshiftWorkgroup/analytics")]
    assert "secretsmanager:GetSecretValue" not in allowed
    assert "redshift-serverless:GetCredentials" not in statements(by_secret, "load")


def test_the_machine_and_the_schedules_may_do_only_their_own_work() -> None:
    children = expanded(CONNECTWISE)
    machine, scheduler = statements(children, "machine"), statements(children, "scheduler")

    assert machine["lambda:InvokeFunction"] == [
        *(link(f"LambdaFunction/{OWN}-{part}") for part in PARTS),
        *(link(f"LambdaFunction/{OWN}-{part}", ":*") for part in PARTS),
    ]
    assert machine["s3:GetObject"] == [link("S3Bucket/example-lake", "/runs/*")]
    assert machine["states:StartExecution"] == scheduler["states:StartExecution"] == [MACHINE]
    assert scheduler.keys() == {"states:StartExecution", "sqs:SendMessage"}


def test_a_schedule_starts_the_machine_with_its_slot_and_its_input() -> None:
    target = expanded(CONNECTWISE)[f"Schedule/{OWN}/nightly-ids"].spec["target"]

    assert target["arn"] == link(f"StateMachine/{OWN}")
    event = {"slot": "<aws.scheduler.scheduled-time>", "mode": "ids"}
    assert target["input"] == {"schedule": "nightly-ids", "event": event}
    assert target["deadLetterConfig"] == {"arn": link(f"SqsQueue/{OWN}-dead")}


def test_children_of_the_map_never_fail_and_the_run_fails_at_its_end() -> None:
    states = expanded({**CONNECTWISE, "concurrency": 25})[f"StateMachine/{OWN}"].spec["definition"]["States"]
    pairs = states["Pairs"]
    inner = pairs["ItemProcessor"]["States"]

    assert pairs["MaxConcurrency"] == 25
    for task in ("Ingest", "Transform"):
        assert inner[task]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Ended"}]
    assert inner["Ended"] == {"Type": "Pass", "Result": {}, "End": True}
    assert [choice["Next"] for choice in inner["More"]["Choices"]] == ["Wait", "Ingest"]
    assert inner["Wait"] == {"Type": "Wait", "SecondsPath": "$.wait", "Next": "Ingest"}
    assert [choice["Next"] for choice in states["Judge"]["Choices"]] == ["LoadStopped", "PairsFailed"]


def test_every_metric_of_an_alarm_and_of_the_dashboard_is_one_that_code_emits() -> None:
    """S2-31: 16 of the older pipeline's alarms and graphs were about metrics that nothing wrote."""
    emitted = {metric for part in PARTS for metric in shipped(f"connectwise_{part}").operations["metrics"]}
    children = expanded(CONNECTWISE)
    own = [
        child.spec["metricName"]
        for child in children.values()
        if child.kind == "Alarm" and child.spec.get("namespace") == "reconcile/connectwise"
    ]
    body = children[f"Dashboard/{OWN}"].spec["dashboardBody"]
    shown = {line[1] for it in body["widgets"] for line in it["properties"]["metrics"] if line[0].startswith("recon")}

    assert set(own) <= emitted
    assert shown == emitted
    assert {"Invocations", "Errors", "Throttles", "Duration"} <= {
        line[1] for it in body["widgets"] for line in it["properties"]["metrics"]
    }


def test_a_run_that_failed_or_did_not_end_begins_an_alarm_and_missing_freshness_does_too() -> None:
    """S2-32."""
    children = expanded(CONNECTWISE)
    failed, fresh = (children[f"Alarm/{OWN}-{name}"].spec for name in ("run-failed", "report-freshness"))

    assert [it["metricStat"]["metric"]["metricName"] for it in failed["metrics"][:2]] == [
        "ExecutionsFailed",
        "ExecutionsTimedOut",
    ]
    assert (fresh["metricName"], fresh["treatMissingData"]) == ("OldestWatermarkAge", "breaching")
    assert failed["alarmActions"] == fresh["alarmActions"] == [link(f"SnsTopic/{OWN}-alerts")]


def test_transform_has_a_disk_for_new_bases_and_a_manifest_may_change_it() -> None:
    """The other functions have what AWS gives without a price."""
    other = {"transform": {"ephemeralStorageMegabytes": 10240}, "load": {"ephemeralStorageMegabytes": 1024}}

    assert function("transform")["ephemeralStorage"] == {"size": 4096}
    assert function("load")["ephemeralStorage"] is None
    sizes = [function(part, functions=other)["ephemeralStorage"]["size"] for part in ("transform", "load")]
    assert sizes == [10240, 1024]


def test_an_alarm_on_durations_follows_the_time_out() -> None:
    children = expanded({**CONNECTWISE, "functions": {"ingest": {"timeoutSeconds": 300}}})

    assert children[f"Alarm/{OWN}-ingest-slow"].spec["threshold"] == 240_000
    assert children[f"Alarm/{OWN}-transform-slow"].spec["threshold"] == 720_000


def test_environments_differ_as_they_declare() -> None:
    """S2-17: development has small functions, and neither alarms nor a dashboard."""
    small = {"ingest": {"memoryMegabytes": 512, "timeoutSeconds": 300}}
    off = dict.fromkeys(ALARMS)
    dev = expanded({**CONNECTWISE, "functions": small, "alerts": {"alarms": off}, "dashboard": False})
    prod = expanded(CONNECTWISE)

    assert (dev[f"LambdaFunction/{OWN}-ingest"].spec["memorySize"], function("ingest")["memorySize"]) == (512, 1024)
    assert {address.partition("/")[0] for address in prod.keys() - dev.keys()} == {
        *("Alarm", "Dashboard", "SnsSubscription", "SnsTopic")
    }


def test_a_name_that_is_too_long_for_a_role_is_a_mistake() -> None:
    with pytest.raises(CannotExpandError, match="and AWS takes 64"):
        expanded(CONNECTWISE, replace(SCOPE, stack="a" * 40))


def test_mappings_are_objects_as_transform_reads_them() -> None:
    child = expanded(CONNECTWISE)["S3Object/example-lake/mappings/tickets.json"]
    compiled = json.loads(child.spec["content"]["text"])

    assert (compiled["canonical_table"], compiled["schema_version"]) == ("tickets", 35)
    assert child.effects == {"content": "open rows are rewritten in place, and no new versions are made"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bucket": None}, "needs bucket"),
        ({"warehouse": None}, "needs warehouse"),
        ({"schedules": None}, "needs schedules"),
        ({"bucket": {"name": "example-lake", "prefix": "a"}}, "begin with the tenant"),
        ({"bucket": {"name": "example-lake", "expireDays": {"raw": 3}}}, "is not for pipelines of type connectwise"),
        ({"warehouse": {"workgroup": "a"}}, "needs host"),
        ({"functions": {"extract": {}}}, "there is no function extract"),
        ({"environment": {"BUCKET_NAME": "a"}}, "BUCKET_NAME follows from bucket.name"),
        ({"environment": {"PAGE_SIZ": "5"}}, "did you mean PAGE_SIZE?"),
        ({"alerts": {"alarms": {"connectwise-slow": None}}}, "there is no alarm connectwise-slow"),
        ({"connect": {"associate": True}}, "connect is not for pipelines of type connectwise"),
    ],
)
def test_a_mistake_is_found_offline(change: dict[str, Any], message: str) -> None:
    declared = {key: value for key, value in {**CONNECTWISE, **change}.items() if value is not None}

    assert message in " ".join(problem.message for problem in problems(declared))
