"""CloudWatch: alarms change their state as the clock moves, and their topics and functions hear of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, Control
from reconciler.sandbox.events.clock import iso

from .clocks import Clock
from .deployed import Deployment

pytestmark = pytest.mark.slow

PERIOD = 300


@pytest.fixture
def clock() -> Clock:
    found = Clock()
    found.now = datetime(2026, 3, 6, 12, tzinfo=UTC).timestamp()
    return found


@pytest.fixture
def aws(later: Control, session: Any) -> Deployment:
    return Deployment(session)


def topic(aws: Deployment) -> str:
    """Creates a topic whose messages go to the queue `seen`, and returns its ARN."""
    arn = str(aws("sns").create_topic(Name="alerts")["TopicArn"])
    raw = {"RawMessageDelivery": "true"}
    aws("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=aws.queue("seen"), Attributes=raw)
    return arn


def alarm(aws: Deployment, name: str = "a", **members: Any) -> None:
    settings = {
        "Namespace": "shop",
        "MetricName": "Age",
        "Statistic": "Maximum",
        "Period": PERIOD,
        "EvaluationPeriods": 1,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
        **members,
    }
    aws("cloudwatch").put_metric_alarm(AlarmName=name, **{key: value for key, value in settings.items() if value})


def put(aws: Deployment, value: float, metric: str = "Age") -> None:
    aws("cloudwatch").put_metric_data(Namespace="shop", MetricData=[{"MetricName": metric, "Value": value}])


def state(aws: Deployment, name: str = "a") -> str:
    types = ["MetricAlarm", "CompositeAlarm"]
    found = aws("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=types)
    return str([*found["MetricAlarms"], *found["CompositeAlarms"]][0]["StateValue"])


def test_an_alarm_begins_without_data_goes_off_and_recovers(aws: Deployment, later: Control) -> None:
    arn = topic(aws)
    alarm(aws, AlarmActions=[arn], OKActions=[arn], TreatMissingData="notBreaching")
    assert state(aws) == "INSUFFICIENT_DATA"

    put(aws, 11)
    first = later.advance("5m")
    put(aws, 3)
    second = later.advance("5m")
    third = later.advance("5m")

    at = "2026-03-06T12:05:00Z"
    assert first["alarms"] == [{"alarm": "a", "from": "INSUFFICIENT_DATA", "to": "ALARM", "at": at}]
    assert [change["to"] for change in second["alarms"]] == ["OK"]
    assert (third["alarms"], state(aws)) == ([], "OK")
    went_off, recovered = aws.messages("seen", 2)
    assert (went_off["NewStateValue"], went_off["OldStateValue"]) == ("ALARM", "INSUFFICIENT_DATA")
    assert (went_off["AlarmName"], went_off["AWSAccountId"]) == ("a", ACCOUNT)
    assert went_off["StateChangeTime"] == "2026-03-06T12:05:00.000+0000"
    assert went_off["Trigger"]["MetricName"] == "Age"
    assert recovered["NewStateValue"] == "OK"


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [("missing", "INSUFFICIENT_DATA"), ("ignore", "ALARM"), ("breaching", "ALARM"), ("notBreaching", "OK")],
)
def test_missing_data_is_treated_as_the_alarm_says(
    aws: Deployment, later: Control, treatment: str, expected: str
) -> None:
    alarm(aws, TreatMissingData=treatment)
    put(aws, 11)
    later.advance("5m")
    assert state(aws) == "ALARM"

    later.advance("20m")

    assert state(aws) == expected


def test_an_alarm_needs_so_many_points_of_its_periods(aws: Deployment, later: Control) -> None:
    alarm(aws, EvaluationPeriods=3, DatapointsToAlarm=2, TreatMissingData="notBreaching")
    found = []

    for value in (11, 1, 11, 1, 1):
        put(aws, value)
        later.advance("5m")
        found.append(state(aws))

    assert found == ["OK", "OK", "ALARM", "OK", "OK"]


def test_metric_math_is_evaluated(aws: Deployment, later: Control) -> None:
    def query(id: str, metric: str) -> dict[str, Any]:
        stat = {"Metric": {"Namespace": "shop", "MetricName": metric}, "Period": PERIOD, "Stat": "Sum"}
        return {"Id": id, "MetricStat": stat, "ReturnData": False}

    total = {"Id": "total", "Expression": "FILL(failed, 0) + FILL(late, 0)", "ReturnData": True}
    single = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}
    queries = [query("failed", "Failed"), query("late", "Late"), total]
    alarm(aws, Metrics=queries, Threshold=1, ComparisonOperator="GreaterThanOrEqualToThreshold", **single)

    later.advance("5m")
    assert state(aws) == "OK"
    put(aws, 1, "Late")
    later.advance("5m")
    assert state(aws) == "ALARM"


def test_an_alarm_names_the_function_that_the_sandbox_does_not_evaluate(aws: Deployment, later: Control) -> None:
    stat = {"Metric": {"Namespace": "shop", "MetricName": "Age"}, "Period": PERIOD, "Stat": "Sum"}
    queries = [
        {"Id": "m", "MetricStat": stat, "ReturnData": False},
        {"Id": "r", "Expression": "RATE(m)", "ReturnData": True},
    ]
    single = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}
    alarm(aws, Metrics=queries, **single)
    aws("cloudwatch").set_alarm_state(AlarmName="a", StateValue="OK", StateReason="by hand")

    later.advance("5m")

    found = aws("cloudwatch").describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]
    assert found["StateValue"] == "INSUFFICIENT_DATA"
    assert found["StateReason"] == "Unchecked: the sandbox does not evaluate the function RATE"


def test_a_composite_alarm_follows_its_children(aws: Deployment, later: Control) -> None:
    arn = topic(aws)
    alarm(aws, "late")
    alarm(aws, "failed", MetricName="Failed")
    aws("cloudwatch").put_composite_alarm(AlarmName="both", AlarmRule='ALARM("late") AND ALARM(failed)')
    aws("cloudwatch").put_composite_alarm(
        AlarmName="either", AlarmRule="ALARM(both) OR ALARM(late)", AlarmActions=[arn]
    )

    put(aws, 11)
    later.advance("5m")
    assert [state(aws, name) for name in ("both", "either")] == ["OK", "ALARM"]

    put(aws, 11)
    put(aws, 11, "Failed")
    later.advance("5m")
    assert state(aws, "both") == "ALARM"
    assert [message["AlarmName"] for message in aws.messages("seen")] == ["either"]


def test_an_alarm_in_alarm_silences_the_composite_one_that_it_suppresses(aws: Deployment, later: Control) -> None:
    arn = topic(aws)
    alarm(aws, "late")
    alarm(aws, "maintenance", MetricName="Maintenance")
    wait = {"ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 60}
    aws("cloudwatch").put_composite_alarm(
        AlarmName="both", AlarmRule="ALARM(late)", AlarmActions=[arn], ActionsSuppressor="maintenance", **wait
    )

    put(aws, 11)
    put(aws, 11, "Maintenance")
    later.advance("5m")

    assert state(aws, "both") == "ALARM"
    assert aws.depth("seen") == 0


def test_actions_that_are_off_do_nothing(aws: Deployment, later: Control) -> None:
    alarm(aws, AlarmActions=[topic(aws)])
    aws("cloudwatch").disable_alarm_actions(AlarmNames=["a"])
    put(aws, 11)

    assert later.advance("5m")["alarms"][0]["to"] == "ALARM"
    assert aws.depth("seen") == 0


def test_an_alarm_invokes_its_function_on_the_metrics_of_another(aws: Deployment, later: Control) -> None:
    tells = aws.deploy("import json\ndef handler(event, context): print(json.dumps(event))")
    aws.deploy("def handler(event, context): raise ValueError('no')", "broken")
    named = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistic": "Sum", "Threshold": 0.5}
    alarm(aws, Dimensions=[{"Name": "FunctionName", "Value": "broken"}], AlarmActions=[tells], **named)
    aws.invoke({}, "broken")

    later.advance("5m")
    (event,) = aws.printed()

    assert event["alarmData"]["state"]["value"] == "ALARM"
    assert event["time"].startswith("2026-03-06T12:05")


def test_messages_in_a_dead_letter_queue_are_seen(aws: Deployment, later: Control) -> None:
    aws.queue("q")
    named = {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible", "Threshold": 0.5}
    alarm(aws, Dimensions=[{"Name": "QueueName", "Value": "q"}], **named)
    later.advance("5m")
    assert state(aws) == "OK"

    aws.put(json.dumps({}))
    later.advance("5m")

    assert state(aws) == "ALARM"


def test_a_day_of_minutes_is_judged_on_the_way(aws: Deployment, later: Control, clock: Clock) -> None:
    alarm(aws, Period=60, TreatMissingData="notBreaching")
    at = datetime.fromtimestamp(clock.now + 3600, UTC)
    data = [{"MetricName": "Age", "Value": 11, "Timestamp": at}]
    aws("cloudwatch").put_metric_data(Namespace="shop", MetricData=data)

    changes = later.advance("1d")["alarms"]

    assert [(change["to"], change["at"]) for change in changes] == [
        ("OK", iso(clock.now + 60)),
        ("ALARM", iso(clock.now + 3660)),
        ("OK", iso(clock.now + 3840)),
    ]
