"""Amazon CloudWatch: alarms, composite alarms, dashboards, and their tags."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control

from .calls import refused, words_of
from .roles import ONCE

WRONG = ("ValidationError", 400)
MISSING = ("ResourceNotFound", 404)
ONE = {
    "AlarmName": "one",
    "Namespace": "n",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
ARN = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:"
BODY = '{"widgets": []}'


@pytest.fixture
def cloudwatch(sandbox: Control, session: Any) -> Any:
    return session.create_client("cloudwatch", region_name=REGION, config=ONCE)


def alarm(cloudwatch: Any, name: str = "one", **members: Any) -> None:
    given = {**ONE, "AlarmName": name, **members}
    cloudwatch.put_metric_alarm(**{key: value for key, value in given.items() if value is not None})


def described(cloudwatch: Any, name: str = "one") -> dict[str, Any]:
    (found,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return dict(found)


def tags(cloudwatch: Any, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]}


def test_an_alarm_has_what_was_put_and_no_data_at_first(cloudwatch: Any) -> None:
    alarm(cloudwatch, Tags=[{"Key": "a", "Value": "1"}], WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 5})

    found = described(cloudwatch)
    assert found.items() >= {**ONE, "StateValue": "INSUFFICIENT_DATA", "ActionsEnabled": True}.items()
    assert (found["AlarmArn"], found["OKActions"]) == (f"{ARN}one", [])
    assert found["WarmUpConfiguration"] == {"WarmUpPeriodDurationInMinutes": 5}
    assert tags(cloudwatch, f"{ARN}one") == {"a": "1"}


def test_a_put_replaces_all_but_the_state_and_the_tags(cloudwatch: Any) -> None:
    alarm(cloudwatch, AlarmDescription="old", Unit="Count", Tags=[{"Key": "a", "Value": "1"}])
    cloudwatch.set_alarm_state(AlarmName="one", StateValue="ALARM", StateReason="test")

    alarm(cloudwatch, Period=300, Tags=[{"Key": "b", "Value": "2"}])

    found = described(cloudwatch)
    assert not {"AlarmDescription", "Unit", "Tags"} & found.keys()
    assert (found["StateValue"], found["Period"]) == ("ALARM", 300)
    assert tags(cloudwatch, f"{ARN}one") == {"a": "1"}


@pytest.mark.parametrize(
    "members",
    [
        {"Statistic": None},
        {"ExtendedStatistic": "p95"},
        {"Namespace": None},
        {"MetricName": None},
        {"Threshold": None},
        {"DatapointsToAlarm": 2},
        {"Period": 90},
        {"EvaluationPeriods": 1441},
        {"Period": 3600, "EvaluationPeriods": 169},
        {"TreatMissingData": "nonsense"},
        {"Metrics": [{"Id": "a", "Expression": "1"}]},
        {"EvaluationCriteria": {"PromQLCriteria": {"Query": "up"}}},
    ],
    ids=str,
)
def test_what_does_not_fit_together_is_refused(cloudwatch: Any, members: dict[str, Any]) -> None:
    assert refused(lambda: alarm(cloudwatch, **members)) == WRONG


@pytest.mark.parametrize(
    "metrics",
    [
        [{"Id": "a", "Expression": "1"}, {"Id": "b", "Expression": "2"}],
        [{"Id": "a", "Expression": "1", "ReturnData": False}],
        [{"Id": "a"}],
        [{"Id": "a", "Expression": "1"}, {"Id": "a", "Expression": "1", "ReturnData": False}],
    ],
    ids=["two results", "no result", "nothing", "the same id twice"],
)
def test_metric_math_has_one_result(cloudwatch: Any, metrics: list[dict[str, Any]]) -> None:
    math = {**dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")), "Metrics": metrics}

    assert refused(lambda: alarm(cloudwatch, **math)) == WRONG


def test_a_name_has_one_type_of_alarm_or_the_later_one(cloudwatch: Any, sandbox: Control) -> None:
    alarm(cloudwatch)

    assert refused(lambda: cloudwatch.put_composite_alarm(AlarmName="one", AlarmRule="TRUE")) == WRONG
    sandbox.set_faults({"switches": {"alarmOfAnotherType": "replaced"}})
    cloudwatch.put_composite_alarm(AlarmName="one", AlarmRule="TRUE")

    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]["AlarmName"] == "one"


def test_alarms_are_described_by_type_name_state_and_action(cloudwatch: Any) -> None:
    alarm(cloudwatch, AlarmActions=["arn:aws:sns:us-east-1:111122223333:t"])
    alarm(cloudwatch, "other")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule=f'ALARM("one") AND NOT OK({ARN}other)')

    def names(**wanted: Any) -> set[str]:
        found = cloudwatch.describe_alarms(**wanted)
        return {each["AlarmName"] for each in (*found["MetricAlarms"], *found["CompositeAlarms"])}

    every = ["MetricAlarm", "CompositeAlarm"]
    assert names() == {"one", "other"}
    assert names(AlarmTypes=every) == {"one", "other", "both"}
    assert names(AlarmNamePrefix="o", AlarmTypes=every) == {"one", "other"}
    assert names(ActionPrefix="arn:aws:sns") == {"one"}
    assert names(StateValue="OK") == set()
    assert names(ChildrenOfAlarmName="both") == {"one", "other"}
    assert names(ParentsOfAlarmName="one") == {"both"}
    assert refused(lambda: names(AlarmNames=["one"], AlarmNamePrefix="o")) == WRONG
    assert refused(lambda: names(ChildrenOfAlarmName="both", StateValue="OK")) == WRONG


def test_alarms_come_in_pages(cloudwatch: Any) -> None:
    for number in range(5):
        alarm(cloudwatch, f"a{number}")

    pages = list(cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2}))

    assert [len(page["MetricAlarms"]) for page in pages] == [2, 2, 1]
    assert refused(lambda: cloudwatch.describe_alarms(NextToken="x")) == ("InvalidNextToken", 400)


@pytest.mark.parametrize("rule", ["ALARM(gone)", "TRUE AND", "(TRUE", "TRUE FALSE", "MAYBE(one)", "OR TRUE"])
def test_a_rule_is_an_expression_on_alarms_that_exist(cloudwatch: Any, rule: str) -> None:
    alarm(cloudwatch)

    assert refused(lambda: cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule=rule)) == WRONG


def test_a_suppressor_needs_its_periods_and_they_need_it(cloudwatch: Any) -> None:
    alarm(cloudwatch)
    both = {"ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 60}

    def put(**members: Any) -> None:
        cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="FALSE", **members)

    assert refused(lambda: put(ActionsSuppressor="one")) == WRONG
    assert refused(lambda: put(**both)) == WRONG
    assert refused(lambda: put(ActionsSuppressor="gone", **both)) == WRONG
    put(ActionsSuppressor="one", **both)


def test_an_alarm_in_a_rule_stays(cloudwatch: Any) -> None:
    alarm(cloudwatch)
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(one)")

    assert "Cannot delete one as there are composite alarm(s) depending on it." in words_of(
        lambda: cloudwatch.delete_alarms(AlarmNames=["one"])
    )
    cloudwatch.delete_alarms(AlarmNames=["c"])
    cloudwatch.delete_alarms(AlarmNames=["one"])
    assert not cloudwatch.describe_alarms()["MetricAlarms"]


def test_correct_names_are_deleted_beside_wrong_ones(cloudwatch: Any) -> None:
    alarm(cloudwatch)

    assert refused(lambda: cloudwatch.delete_alarms(AlarmNames=["one", "gone"])) == MISSING
    assert not cloudwatch.describe_alarms()["MetricAlarms"]


def test_two_composite_alarms_are_not_deleted_at_once(cloudwatch: Any) -> None:
    for name in ("c", "d"):
        cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule="FALSE")

    assert refused(lambda: cloudwatch.delete_alarms(AlarmNames=["c", "d"])) == WRONG


def test_actions_are_switched_off_and_on(cloudwatch: Any) -> None:
    alarm(cloudwatch)

    cloudwatch.disable_alarm_actions(AlarmNames=["one"])
    assert described(cloudwatch)["ActionsEnabled"] is False
    cloudwatch.enable_alarm_actions(AlarmNames=["one"])
    assert described(cloudwatch)["ActionsEnabled"] is True


def test_a_dashboard_belongs_to_the_account_in_every_region(cloudwatch: Any, session: Any) -> None:
    answer = cloudwatch.put_dashboard(DashboardName="d", DashboardBody=BODY, Tags=[{"Key": "a", "Value": "1"}])
    elsewhere = session.create_client("cloudwatch", region_name="eu-west-1", config=ONCE)

    found = elsewhere.get_dashboard(DashboardName="d")

    assert answer["DashboardValidationMessages"] == []
    assert (found["DashboardBody"], found["DashboardArn"]) == (BODY, f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/d")
    assert tags(elsewhere, found["DashboardArn"]) == {"a": "1"}


def test_a_put_replaces_the_body_of_a_dashboard_and_leaves_its_tags(cloudwatch: Any) -> None:
    cloudwatch.put_dashboard(DashboardName="d", DashboardBody=BODY, Tags=[{"Key": "a", "Value": "1"}])
    other = '{"widgets":[{"type":"text"}]}'

    cloudwatch.put_dashboard(DashboardName="d", DashboardBody=other, Tags=[{"Key": "b", "Value": "2"}])

    assert cloudwatch.get_dashboard(DashboardName="d")["DashboardBody"] == other
    assert tags(cloudwatch, f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/d") == {"a": "1"}
    (listed,) = cloudwatch.list_dashboards(DashboardNamePrefix="d")["DashboardEntries"]
    assert (listed["DashboardName"], listed["Size"]) == ("d", len(other))


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"widgets": {}}'])
def test_a_body_is_an_object_with_widgets(cloudwatch: Any, body: str) -> None:
    wrong = refused(lambda: cloudwatch.put_dashboard(DashboardName="d", DashboardBody=body))

    assert wrong == ("InvalidParameterInput", 400)


def test_missing_dashboards_are_an_error_and_others_are_deleted(cloudwatch: Any) -> None:
    cloudwatch.put_dashboard(DashboardName="d", DashboardBody=BODY)

    assert refused(lambda: cloudwatch.delete_dashboards(DashboardNames=["d", "gone"])) == MISSING
    assert refused(lambda: cloudwatch.get_dashboard(DashboardName="d")) == MISSING


def test_tags_are_added_and_removed_and_reserved_ones_refused(cloudwatch: Any) -> None:
    alarm(cloudwatch)
    arn = f"{ARN}one"

    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a", "gone"])

    assert tags(cloudwatch, arn) == {"b": "2"}
    reserved = [{"Key": "aws:a", "Value": "1"}]
    assert refused(lambda: cloudwatch.tag_resource(ResourceARN=arn, Tags=reserved)) == ("InvalidParameterValue", 400)
    assert refused(lambda: tags(cloudwatch, f"{ARN}gone")) == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize(("switch", "listed"), [("left_out", 0), ("listed", 1)])
def test_the_tag_index_lists_alarms_and_by_a_switch_dashboards(
    cloudwatch: Any, sandbox: Control, session: Any, switch: str, listed: int
) -> None:
    sandbox.set_faults({"switches": {"indexDashboards": switch}})
    alarm(cloudwatch, Tags=[{"Key": "a", "Value": "1"}])
    cloudwatch.put_dashboard(DashboardName="d", DashboardBody=BODY, Tags=[{"Key": "a", "Value": "1"}])
    index = session.create_client("resourcegroupstaggingapi", region_name=REGION, config=ONCE)

    found = index.get_resources(ResourceTypeFilters=["cloudwatch"])["ResourceTagMappingList"]

    assert len(found) == 1 + listed
    assert f"{ARN}one" in {entry["ResourceARN"] for entry in found}
