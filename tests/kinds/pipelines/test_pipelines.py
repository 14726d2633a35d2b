"""Pipelines of every type: their names, their functions, alarms and dashboards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.kinds.pipelines.shipped import shipped
from reconciler.model import Linked
from tests.kinds.pipelines.expanding import (
    AGENT_IMPORT,
    CONNECTWISE,
    CONTACT_CALLS,
    NAMES,
    SCOPE,
    SESSION_DATA,
    expanded,
    problems,
)

EVERY = (SESSION_DATA, CONTACT_CALLS, AGENT_IMPORT, CONNECTWISE)
BOTH = pytest.mark.parametrize("spec", [SESSION_DATA, CONTACT_CALLS], ids=["session_data", "contact_calls"])
BOUNDARY = "arn:aws:iam::111122223333:policy/centre-boundary"


def of_kind(spec: dict[str, Any], kind: str) -> dict[str, Any]:
    """Returns the fields of the children of a kind, by name."""
    return {str(it.spec["name"]): it.spec for it in expanded(spec).values() if it.kind == kind}


@BOTH
def test_names_begin_with_stack_environment_and_pipeline(spec: dict[str, Any]) -> None:
    """Roles and dashboards belong to the account, which may have several environments."""
    own = f"centre-prod-{NAMES[spec['type']]}"
    given = {"S3Bucket/example-calls", "Secret/contact-calls/redshift"}

    others = [address for address in expanded(spec) if address not in given]

    assert [it for it in others if not it.partition("/")[2].removeprefix("/aws/lambda/").startswith(own)] == []


@pytest.mark.parametrize("spec", EVERY, ids=lambda spec: spec["type"])
def test_every_function_has_its_log_its_role_and_the_alarms_of_its_folder(spec: dict[str, Any]) -> None:
    """S2-9: the functions of all types are built by the same code."""
    functions, children = of_kind(spec, "LambdaFunction"), expanded(spec)
    alarms = of_kind(spec, "Alarm").values()

    for name, function in functions.items():
        operations = shipped(function["code"]["package"]).operations
        own = [it for it in alarms if {"name": operations["dimension"], "value": name} in it.get("dimensions", ())]
        assert {f"LogGroup//aws/lambda/{name}", f"IamRole/{name}"} <= children.keys()
        assert [it["metricName"] for it in own] == [rule["metric"] for rule in operations["alarms"].values()]
    assert len(functions) >= 1


@BOTH
def test_a_prefix_takes_the_place_of_stack_and_environment(spec: dict[str, Any]) -> None:
    assert f"LambdaFunction/{NAMES[spec['type']]}" in expanded({**spec, "namePrefix": ""})
    assert f"LambdaFunction/desk-{NAMES[spec['type']]}" in expanded({**spec, "namePrefix": "desk-"})


@BOTH
def test_the_function_is_as_its_folder_says(spec: dict[str, Any]) -> None:
    operations = shipped(spec["type"]).operations
    (function,) = of_kind(spec, "LambdaFunction").values()

    assert function["code"] == {"package": spec["type"]}
    assert function["handler"] == f"reconciler.lambdas.{spec['type']}.handler.handler"
    assert function["timeout"] == operations["timeoutSeconds"]
    assert function["memorySize"] == operations["memoryMegabytes"]
    assert function["role"] == function["name"]


@BOTH
def test_a_manifest_says_what_is_different(spec: dict[str, Any]) -> None:
    settings = {"memoryMegabytes": 2048, "timeoutSeconds": 60, "logRetentionDays": 7}
    changed = {**spec, "function": settings, "tags": {"Team": "desk"}, "permissionsBoundary": BOUNDARY}

    (function,) = of_kind(changed, "LambdaFunction").values()
    (logs,) = of_kind(changed, "LogGroup").values()
    roles = of_kind(changed, "IamRole").values()

    assert (function["memorySize"], function["timeout"], logs["retentionInDays"]) == (2048, 60, 7)
    assert function["tags"] == logs["tags"] == {"Team": "desk"}
    assert {role["permissionsBoundary"] for role in roles} == {BOUNDARY}


@BOTH
def test_roles_have_the_boundary_that_the_environment_demands(spec: dict[str, Any]) -> None:
    children = expanded(spec, replace(SCOPE, permissions_boundary=BOUNDARY))

    assert {it.spec["permissionsBoundary"] for it in children.values() if it.kind == "IamRole"} == {BOUNDARY}


@BOTH
def test_the_log_group_is_there_before_the_function_needs_it(spec: dict[str, Any]) -> None:
    """Otherwise AWS makes one without retention."""
    (function,) = of_kind(spec, "LambdaFunction").values()

    assert function["loggingConfig"] == {"logGroup": f"/aws/lambda/{function['name']}"}
    assert list(of_kind(spec, "LogGroup")) == [f"/aws/lambda/{function['name']}"]


@BOTH
def test_each_alarm_of_the_function_is_a_resource(spec: dict[str, Any]) -> None:
    operations = shipped(spec["type"]).operations
    alarms = of_kind(spec, "Alarm")

    own = {it["metricName"]: it for it in alarms.values() if it["namespace"] == operations["namespace"]}
    assert own.keys() == {rule["metric"] for rule in operations["alarms"].values()}
    for rule in operations["alarms"].values():
        assert own[rule["metric"]]["threshold"] == rule["threshold"]
        assert own[rule["metric"]]["treatMissingData"] == rule["missingData"]


@BOTH
def test_an_alarm_is_changed_or_left_out(spec: dict[str, Any]) -> None:
    first, second = list(shipped(spec["type"]).operations["alarms"])[:2]
    alarms = of_kind({**spec, "alerts": {"alarms": {first: {"threshold": 77}, second: None}}}, "Alarm")

    assert len(alarms) == len(of_kind(spec, "Alarm")) - 1
    assert 77 in {it["threshold"] for it in alarms.values()}


@BOTH
def test_alarms_tell_the_topic_when_they_begin_and_when_they_end(spec: dict[str, Any]) -> None:
    alarms = of_kind({**spec, "alerts": {"topic": "centre-alerts"}}, "Alarm").values()

    topic = Linked("${SnsTopic/centre-alerts.arn}")
    assert [it["name"] for it in alarms if [it["alarmActions"], it["okActions"]] != [[topic], [topic]]] == []


@BOTH
def test_emails_have_a_topic_of_their_own(spec: dict[str, Any]) -> None:
    children = expanded({**spec, "alerts": {"emails": ["ops@example.com"]}})
    topic = f"centre-prod-{NAMES[spec['type']]}-alerts"

    assert f"SnsTopic/{topic}" in children
    (subscription,) = [it.spec for it in children.values() if it.kind == "SnsSubscription"]
    assert (subscription["name"], subscription["protocol"]) == (f"{topic}/email:ops@example.com", "email")
    assert subscription["endpoint"] == "ops@example.com"


@BOTH
def test_the_dashboard_has_every_metric_of_the_function(spec: dict[str, Any]) -> None:
    operations = shipped(spec["type"]).operations
    (dashboard,) = of_kind(spec, "Dashboard").values()

    shown = [line for widget in dashboard["dashboardBody"]["widgets"] for line in widget["properties"]["metrics"]]

    assert {line[1] for line in shown if line[0] == operations["namespace"]} == set(operations["metrics"])
    assert {line[3] for line in shown} == {f"centre-prod-{NAMES[spec['type']]}"}
    assert of_kind({**spec, "dashboard": False}, "Dashboard") == {}


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"environment": {"AI_ASSISTANT": "x"}}, ("environment", "AI_ASSISTANT"), "did you mean AI_ASSISTANT_ID?"),
        ({"environment": {"FAIL_MODE": "rise"}}, ("environment", "FAIL_MODE"), "the function refuses 'rise'"),
        ({"bucket": {"name": "example-calls"}}, ("bucket",), "bucket is not for pipelines of type session_data"),
        ({"environment": {}}, ("environment",), "write AI_ASSISTANT_ID"),
        ({"alerts": {"alarms": {"slow": None}}}, ("alerts", "alarms", "slow"), "there is no alarm slow"),
        ({"alerts": {"topic": "a", "emails": ["ops@example.com"]}}, ("alerts", "emails"), "delete one"),
    ],
    ids=lambda value: "" if isinstance(value, str) else None,
)
def test_a_mistake_is_found_before_anything_is_read(change: dict[str, Any], path: tuple[str, ...], words: str) -> None:
    found = problems({**SESSION_DATA, **change})

    assert [(it.path, words in it.message) for it in found if it.path == path] == [(path, True)]


def test_right_pipelines_have_no_mistake() -> None:
    assert problems(SESSION_DATA) == problems(CONTACT_CALLS) == []
