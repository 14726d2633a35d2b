"""The sandbox's clock: schedules fire as it moves, and what they start has ended before it moves on."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control
from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.events import clock as events_clock
from reconciler.sandbox.world import world

from .clocks import Clock
from .deployed import ROLE, Deployment
from .processes import ask

TELLS = "import json\ndef handler(event, context): print(json.dumps(event))"
INPUT = '{"at": "<aws.scheduler.scheduled-time>", "by": "<aws.scheduler.schedule-arn>"}'


@pytest.fixture
def clock() -> Clock:
    """Friday, 6 March 2026, 12:00 UTC."""
    found = Clock()
    found.now = datetime(2026, 3, 6, 12, tzinfo=UTC).timestamp()
    return found


@pytest.fixture
def aws(later: Control, session: Any) -> Deployment:
    return Deployment(session)


def schedule(aws: Deployment, expression: str, arn: str, **members: Any) -> None:
    target = {"Arn": arn, "RoleArn": ROLE, **members.pop("target", {})}
    settings = {"Name": "s", "ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"}, **members}
    aws("scheduler").create_schedule(Target=target, **settings)


def test_schedules_put_their_input_into_a_queue_while_the_clock_moves(aws: Deployment, later: Control) -> None:
    schedule(aws, "cron(0 * * * ? *)", aws.queue("q"), target={"Input": INPUT})

    done = later.advance("2h")

    assert [fired["at"] for fired in done["fired"]] == ["2026-03-06T12:00:00Z", "2026-03-06T13:00:00Z", *NEXT]
    assert (done["now"], done["quiet"]) == ("2026-03-06T14:00:00Z", True)
    arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/s"
    messages = aws.messages("q", 3)
    assert sorted(message["at"] for message in messages) == [fired["at"] for fired in done["fired"]]
    assert {message["by"] for message in messages} == {arn}


NEXT = ["2026-03-06T14:00:00Z"]


def test_nothing_fires_twice_and_a_disabled_schedule_never(aws: Deployment, later: Control) -> None:
    arn = aws.queue("q")
    schedule(aws, "rate(1 hour)", arn)
    schedule(aws, "rate(1 hour)", arn, Name="off", State="DISABLED")

    first, second = later.advance("90m"), later.advance("30m")

    assert [fired["at"][11:16] for fired in first["fired"]] == ["12:00", "13:00"]
    assert [fired["at"][11:16] for fired in second["fired"]] == ["14:00"]
    assert aws.depth("q") == 3


def test_an_update_forgets_what_the_old_expression_left_due(aws: Deployment, later: Control, clock: Clock) -> None:
    arn = aws.queue("q")
    schedule(aws, "cron(30 12 * * ? *)", arn)
    clock.now += 3600
    settings = {"FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": arn, "RoleArn": ROLE}}
    aws("scheduler").update_schedule(Name="s", ScheduleExpression="cron(0 14 * * ? *)", **settings)

    assert [fired["at"][11:16] for fired in later.advance("2h")["fired"]] == ["14:00"]


def test_a_schedule_without_input_sends_an_event_with_its_time(aws: Deployment, later: Control) -> None:
    schedule(aws, "at(2026-03-06T12:30:00)", aws.queue("q"), ActionAfterCompletion="DELETE")

    later.advance("1h")
    (event,) = aws.messages("q")

    assert (event["time"], event["detail-type"]) == ("2026-03-06T12:30:00Z", "Scheduled Event")
    assert aws("scheduler").list_schedules()["Schedules"] == []


@pytest.mark.slow
def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue(aws: Deployment, later: Control) -> None:
    missing = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:gone"
    schedule(aws, "at(2026-03-06T12:30:00)", missing, target={"DeadLetterConfig": {"Arn": aws.queue("dead")}})

    (fired,) = later.advance("1h")["fired"]
    url = aws("sqs").get_queue_url(QueueName="dead")["QueueUrl"]
    (message,) = aws("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]

    assert fired["error"] == "ResourceNotFoundException"
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes["ERROR_CODE"] == "ResourceNotFoundException"
    assert attributes["TARGET_ARN"] == missing
    assert attributes["SCHEDULED_TIME"] == "2026-03-06T12:30:00Z"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sns", "events", "universal"])
def test_every_kind_of_target_gets_its_input(aws: Deployment, later: Control, kind: str) -> None:
    queue = aws.queue("q")
    more: dict[str, Any] = {"Input": '{"hello": "Ada"}'}
    match kind:
        case "sns":
            arn = aws("sns").create_topic(Name="t")["TopicArn"]
            raw = {"RawMessageDelivery": "true"}
            aws("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes=raw)
        case "events":
            arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
            more["EventBridgeParameters"] = {"DetailType": "greeting", "Source": "demo"}
            aws("events").put_rule(Name="r", EventPattern='{"source": ["demo"]}')
            aws("events").put_targets(Rule="r", Targets=[{"Id": "1", "Arn": queue}])
        case _:
            arn = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
            url = aws("sqs").get_queue_url(QueueName="q")["QueueUrl"]
            more["Input"] = json.dumps({"QueueUrl": url, "MessageBody": '{"hello": "Ada"}'})
    schedule(aws, "at(2026-03-06T12:30:00)", arn, target=more)

    assert "error" not in later.advance("1h")["fired"][0]
    (message,) = aws.messages("q")

    assert message.get("detail", message) == {"hello": "Ada"}


@pytest.mark.slow
def test_functions_run_across_the_spring_night_and_end_before_the_clock_moves_on(
    aws: Deployment, later: Control
) -> None:
    arn = aws.deploy(TELLS)
    schedule(aws, "cron(40 */2 * * ? *)", arn, ScheduleExpressionTimezone="America/New_York", target={"Input": INPUT})

    done = later.advance("3d")

    ran = [event["at"] for event in aws.printed()]
    assert ran == [fired["at"] for fired in done["fired"]]
    assert (len(ran), done["quiet"]) == (35, True)
    assert "2026-03-08T07:40:00Z" not in ran  # 02:40 does not exist


@pytest.mark.slow
def test_retries_of_functions_fall_due_on_the_way(aws: Deployment, later: Control) -> None:
    aws.deploy("def handler(event, context): raise ValueError('no')")
    failed = {"OnFailure": {"Destination": aws.queue("failed")}}
    aws("lambda").put_function_event_invoke_config(FunctionName="f", DestinationConfig=failed)
    aws.send({})

    assert later.advance("3m")["quiet"]
    (record,) = aws.messages("failed")

    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["timestamp"].startswith("2026-03-06T12:03:00")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("3d", 259_200), ("1d12h", 129_600)]
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert events_clock.read_duration(text) == seconds


@pytest.mark.parametrize(
    "order",
    [
        *({}, {"advance": "2 h"}, {"advance": ""}, {"advance": 7}, {"advance": "2h", "to": "2030-01-01T00:00:00Z"}),
        *({"to": "yesterday"}, {"to": "2030-01-01T00:00:00"}, {"to": "2001-01-01T00:00:00Z"}, []),
    ],
)
def test_a_wrong_order_is_refused(order: Any) -> None:
    with pytest.raises(WrongSetting, match="clock"):
        events_clock.read_target(order)


def test_the_clock_goes_to_a_time_and_runs_on(later: Control, clock: Clock) -> None:
    events_clock.advance(events_clock.read_target({"to": "2026-04-01T00:00:00Z"}))
    clock.now += 5

    assert events_clock.iso(world.clock()) == "2026-04-01T00:00:05Z"

    later.reset()
    assert events_clock.iso(world.clock()) == "2026-04-01T00:00:05Z"


@pytest.mark.slow
def test_the_server_moves_its_clock_and_functions_fire_there(process: Any, session: Any) -> None:
    endpoint = process[1]
    aws = Deployment(session, endpoint_url=endpoint)
    schedule(aws, "rate(1 hour)", aws.deploy(TELLS), target={"Input": INPUT})

    status, done = ask(endpoint, "POST", "/_sandbox/clock", {"advance": "90m"})

    assert (status, done["quiet"], len(done["fired"])) == (200, True, 2)
    assert [event["at"] for event in aws.printed()] == [fired["at"] for fired in done["fired"]]
    assert ask(endpoint, "GET", "/_sandbox")[1]["clock"] >= done["now"]
    assert ask(endpoint, "POST", "/_sandbox/clock", {"advance": "soon"})[0] == 400


CLOCKS = """
import time
from datetime import date, date, datetime, timezone
def handler(event, context):
    now = datetime.now(timezone.utc)
    return {
        "time": time.time(), "now": now.timestamp(), "day": date.today().isoformat(),
        "left": context.get_remaining_time_in_millis(),
        "is": [isinstance(now, datetime), isinstance(datetime.fromtimestamp(0), datetime), isinstance(now, date)],
    }
"""


@pytest.mark.slow
def test_the_clock_of_a_function_moves_too(aws: Deployment, later: Control) -> None:
    """At AWS both are one clock: an event for the time that is due would else come from the future."""
    aws.deploy(CLOCKS)
    before = aws.invoke()

    later.advance("3d")
    after = aws.invoke()

    assert after["time"] - before["time"] == pytest.approx(3 * 86400, abs=60)
    assert after["now"] == pytest.approx(after["time"], abs=5)
    assert after["day"] > before["day"]
    assert 0 < after["left"] <= 10_000
    assert after["is"] == [True, True, True]


STAMPS = """
import logging, time
class Stamp(logging.Formatter):
    converter = time.gmtime
def handler(event, context):
    record = logging.LogRecord("x", logging.INFO, "x", 1, "x", None, None)
    return Stamp().formatTime(record, "%Y-%m-%d")
"""


@pytest.mark.slow
def test_a_logger_inside_a_function_stamps_its_lines(aws: Deployment, later: Control) -> None:
    """`converter = time.gmtime` makes a method of a function in Python, and none of a built-in one."""
    aws.deploy(STAMPS)
    before = aws.invoke()

    later.advance("3d")
    after = aws.invoke()

    assert (date.fromisoformat(after) - date.fromisoformat(before)).days == 3


@pytest.mark.slow
def test_a_warm_container_follows_the_clock_for_some_hours(aws: Deployment, later: Control) -> None:
    aws.deploy(CLOCKS + "times = []\ntell = handler\ndef handler(*given): times.append(tell(*given)); return times\n")
    later.advance("1h")

    aws.invoke()
    later.advance("2h")
    earlier, now = aws.invoke()
    later.advance("6h")
    new = aws.invoke()

    assert now["time"] - earlier["time"] == pytest.approx(7200, abs=60)
    assert now["left"] == pytest.approx(earlier["left"], abs=1000)
    assert len(new) == 1
