"""Every alarm of a connectwise pipeline goes off and ends, by what the functions, the machine and the queue report."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.kinds.pipelines.connectwise import PARTS
from reconciler.lambdas.connectwise_ingest import reporting as ingest
from reconciler.lambdas.connectwise_ingest.results import Counts, Result
from reconciler.lambdas.connectwise_load import reporting as load
from reconciler.lambdas.connectwise_load.loading import Loaded
from reconciler.lambdas.connectwise_transform import reporting as transform
from reconciler.lambdas.shared.logs import Log
from reconciler.sandbox import Control, in_process
from tests.kinds.pipelines.expanding import CONNECTWISE, expanded
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_report.reports import BUCKET, HARBOR, NOON, TICKETS, Reports
from tests.sandbox.clocks import Clock
from tests.sandbox.deployed import ROLE, Deployment

pytestmark = pytest.mark.slow
OWN = "connectwise"
DEAD = f"{OWN}-dead"
# Prints the lines of its event, each as if it were written now.
PRINTS = """
import json, time
def handler(event, context):
    for line in event["lines"]:
        whole = json.loads(line)
        if "_aws" in whole:
            whole["_aws"]["Timestamp"] = int(time.time() * 1000)
        print(json.dumps(whole))
"""
JUDGES = {
    "StartAt": "Judge",
    "States": {
        "Judge": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.fails", "BooleanEquals": True, "Next": "PairsFailed"}],
            "Default": "Done",
        },
        "PairsFailed": {"Type": "Fail", "Error": "PairsFailed", "Cause": "some pairs failed"},
        "Done": {"Type": "Succeed"},
    },
}
# Freshness needs two periods of 30 minutes, and the alarms on durations need data in two of 5.
BAD, GOOD = (15, "5m"), (8, "15m")
SLOW, FAST = 800_000.0, 1_000.0  # milliseconds
Lines = list[str]


def reporting_of(module: Any, part: str, lines: Lines) -> Any:
    return module.Reporting(Log({}, lines.append), f"{OWN}-{part}", time.time)


def ingested(is_bad: bool) -> Lines:
    lines: Lines = []
    result = Result("failed" if is_bad else "done", Counts(), error="AUTH: 401" if is_bad else "")
    reporting_of(ingest, "ingest", lines).invocation([result], SLOW if is_bad else FAST)
    return lines


def transformed(is_bad: bool) -> Lines:
    lines: Lines = []
    reporting = reporting_of(transform, "transform", lines)
    pair = {"tenant_id": HARBOR, "table_name": TICKETS}
    reporting.pair(pair, transform.PairResult(error="RAW: lacks id" if is_bad else ""))
    reporting.end(SLOW if is_bad else FAST)
    return lines


def loaded(is_bad: bool) -> Lines:
    lines: Lines = []
    waiting = NOON - timedelta(hours=2) if is_bad else None
    done = load.TableLoad("tickets", Loaded(broken=int(is_bad)), waiting)
    reporting_of(load, "load", lines).loads([done], NOON, 1.0)
    return lines


class Watched:
    """A pipeline's alarms over functions that print what they are given, a machine and a queue."""

    def __init__(self, sandbox: Control, session: botocore.session.Session) -> None:
        self.sandbox, self.aws = sandbox, Deployment(session)
        for part in PARTS:
            self.aws.deploy(PRINTS, f"{OWN}-{part}")
        self.aws.queue(DEAD)
        self.queue = self.aws.queue("seen")
        self.topic = str(self.aws("sns").create_topic(Name=f"{OWN}-alerts")["TopicArn"])
        raw = {"RawMessageDelivery": "true"}
        self.aws("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.queue, Attributes=raw)
        states = self.aws("stepfunctions")
        made = states.create_state_machine(name=OWN, definition=json.dumps(JUDGES), roleArn=ROLE)
        self.machine = str(made["stateMachineArn"])
        self.reports = reports_of(sandbox, self.aws)

    def declare(self) -> list[str]:
        """Creates the alarms that the document stands for, and returns their names."""
        children = expanded({**CONNECTWISE, "namePrefix": ""})
        names = []
        for child in children.values():
            if child.kind == "Alarm":
                self.aws("cloudwatch").put_metric_alarm(**self._call(child.spec))
                names.append(str(child.spec["name"]))
        return names

    def _call(self, spec: Any) -> dict[str, Any]:
        """Returns the parameters of PutMetricAlarm: names as AWS writes them, and ARNs for references."""
        arns = {"SnsTopic": self.topic, "StateMachine": self.machine}

        def written(value: Any) -> Any:
            if isinstance(value, dict):
                return {key[0].upper() + key[1:]: written(it) for key, it in value.items() if it is not None}
            if isinstance(value, (list, tuple)):
                return [written(it) for it in value]
            text = str(value)
            return arns[text[2:].partition("/")[0]] if text.startswith("${") else value

        call: dict[str, Any] = written(spec)
        return {"AlarmName": call.pop("Name"), "OKActions": call.pop("OkActions"), **call}

    def run(self, is_bad: bool) -> None:
        """Does what runs of one or two hours do, good or bad ones."""
        if is_bad:
            self.aws.put("{}", DEAD)
        else:
            self.clear()
        reported = self.report(is_bad)
        steps, duration = BAD if is_bad else GOOD
        for _ in range(steps):
            for part, lines in (("ingest", ingested), ("transform", transformed), ("load", loaded)):
                self.aws.invoke({"lines": lines(is_bad)}, f"{OWN}-{part}")
            self.aws.invoke({"lines": reported}, f"{OWN}-report")
            run = json.dumps({"fails": is_bad})
            self.aws("stepfunctions").start_execution(stateMachineArn=self.machine, input=run)
            self.sandbox.advance(duration)

    def clear(self) -> None:
        """An operator deletes the messages of the queue."""
        sqs = self.aws("sqs")
        url = sqs.get_queue_url(QueueName=DEAD)["QueueUrl"]
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def report(self, is_bad: bool) -> Lines:
        """Returns the lines of a report: a bad one is about a pair that is old, and has unusually many rows."""
        self.reports.lines.clear()
        days = [{"day": f"2025-12-{day:02}", "rows": 100} for day in range(1, 29)]
        today = {"day": "2026-01-05", "rows": 5000 if is_bad else 100}
        at = "2026-01-05T09:00:00Z" if is_bad else "2026-01-05T11:59:00Z"
        self.reports.item(HARBOR, TICKETS, last_updated=at, updated_at=at, totals=[*days[1:], today])
        run = f"20260105T1200{'01' if is_bad else '02'}Z"
        self.reports.plan(run, HARBOR)
        self.reports.end(run, HARBOR, "behind" if is_bad else "done")
        self.reports.report({"run": run})
        return list(self.reports.lines)

    def states(self) -> dict[str, str]:
        alarms = self.aws("cloudwatch").describe_alarms()["MetricAlarms"]
        return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}


def reports_of(sandbox: Control, aws: Deployment) -> Reports:
    create_tables(aws("dynamodb"))
    clients = {name: aws(name) for name in ("dynamodb", "s3", "sns", "sqs")}
    reports = Reports(sandbox, clients)
    clients["s3"].create_bucket(Bucket=BUCKET)
    return reports


@pytest.fixture
def watched() -> Iterator[Watched]:
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    clock = Clock()
    clock.now = datetime(2026, 3, 6, 12, tzinfo=UTC).timestamp()
    with in_process(clock=clock) as sandbox:
        yield Watched(sandbox, session)


def test_every_alarm_begins_and_ends_with_what_it_watches(watched: Watched) -> None:
    """S2-32: the lines are those of the functions' own code, read by the alarms as they are declared."""
    names = watched.declare()
    assert len(names) == 10

    watched.sandbox.advance("3h")
    silent = watched.states()
    watched.run(is_bad=False)
    good = watched.states()
    watched.run(is_bad=True)
    bad = watched.states()
    watched.run(is_bad=False)

    overdue = {f"{OWN}-report-freshness", f"{OWN}-load-behind"}
    assert {name for name, state in silent.items() if state == "ALARM"} == overdue
    assert good == dict.fromkeys(names, "OK")
    assert bad == dict.fromkeys(names, "ALARM")
    assert watched.states() == dict.fromkeys(names, "OK")
    sent = watched.aws.messages("seen", 3 * len(names) + len(overdue))
    for name in names:
        changes = sorted((it["StateChangeTime"], it["NewStateValue"]) for it in sent if it["AlarmName"] == name)
        assert [state for _, state in changes][-2:] == ["ALARM", "OK"], name
