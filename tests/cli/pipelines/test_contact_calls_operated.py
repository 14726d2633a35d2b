"""contact_calls as an operator meets it: deployed once on the local AWS, with its real function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.cli.running import Done, Repository, Server, client_of, command, serving
from tests.worlds.archives import share_with

from .documents import CALLS, FUNCTION, without

pytestmark = pytest.mark.slow
SCHEMA = Path(__file__).parents[3] / "schemas" / "status.json"
Pipelines = Callable[..., Done]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def pipelines(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Pipelines:
    """Runs `reconcile pipelines …`. The pipeline is deployed; its secret has no value, so loads fail."""
    # Schedules are due 40 minutes after an hour. No test ends there if the story begins at the hour.
    server.advance(f"{60 - datetime.fromisoformat(server.now()).minute}m")
    repository = Repository(tmp_path_factory.mktemp("operated"))
    repository.configure()
    repository.declare(CALLS)
    repository.use(server)
    share_with(repository.root)
    done = command(repository.root, "apply", "--auto-approve", timeout=600)
    assert done.code == 0, done.err
    return lambda *words, **more: command(repository.root, "pipelines", *words, **more)


def status(pipelines: Pipelines) -> tuple[int, Any]:
    done = pipelines("status", "contact-calls", "--format", "json")
    document = json.loads(done.out)
    assert not list(Draft7Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(document))
    return done.code, document["pipelines"][0]


def answers(done: Done) -> list[Any]:
    assert done.code == 0, done.err
    return [run["answer"] for run in json.loads(done.out)["runs"]]


def alarm(server: Server, rule: str) -> str:
    (found,) = client_of(server, "cloudwatch").describe_alarms(AlarmNames=[f"{FUNCTION}-{rule}"])["MetricAlarms"]
    return str(found["StateValue"])


def test_an_operator_sees_how_far_it_came(pipelines: Pipelines) -> None:
    """The tests of this module are one story: deploying takes longer than all of them."""
    code, new = status(pipelines)
    assert (code, new["status"], new["reasons"]) == (2, "behind", ["it has not run yet"])

    (first,) = answers(pipelines("run", "contact-calls", "--wait", "--format", "json"))
    assert (first["status"], first["seen"]) == ("done", 0)
    code, fresh = status(pipelines)
    assert (code, fresh["status"], fresh["contacts"]["missing"]) == (0, "fresh", [])
    assert fresh["schedules"][0]["watermark"] == fresh["contacts"]["watermark"]


def test_a_role_that_lacks_one_action_fails_the_run_and_the_alarm_goes_off(
    pipelines: Pipelines, server: Server
) -> None:
    iam, policy = client_of(server, "iam"), {"RoleName": FUNCTION, "PolicyName": "main"}
    granted = iam.get_role_policy(**policy)["PolicyDocument"]
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(without(granted, "connect:SearchContacts")))
    assert alarm(server, "failed") != "ALARM"

    server.advance("5h")

    assert alarm(server, "failed") == "ALARM"
    assert "AccessDenied" in status(pipelines)[1]["functions"][0]["lastError"]["message"]

    iam.put_role_policy(**policy, PolicyDocument=json.dumps(granted))
    server.advance("5h")

    assert alarm(server, "failed") == "OK"


def test_an_operator_sees_what_has_failed(pipelines: Pipelines, server: Server) -> None:
    server.seed("Contact", call_of(server))
    server.advance("5h")

    code, failed = status(pipelines)

    assert (code, failed["status"]) == (2, "failed")
    assert f"alarm {FUNCTION}-failed" in failed["reasons"]
    assert {window["status"] for window in failed["contacts"]["missing"]} >= {"failed"}
    assert "LoadFailed" in failed["functions"][0]["lastError"]["message"]
    assert failed["deadLetters"][0]["messages"] >= 1
    text = pipelines("status").out
    assert "✗ failed  Pipeline/contact-calls · contact_calls" in text
    assert "last error" in text


def test_a_pause_asks_first_and_is_seen(pipelines: Pipelines) -> None:
    refused = pipelines("run", "contact-calls", "--event", '{"pause": "moving"}', "--wait")
    assert refused.code == 64
    assert "give --auto-approve" in refused.err

    assert pipelines("run", "contact-calls", "--event", '{"pause": "moving"}', "--wait", "--auto-approve").code == 0
    assert "it is paused" in status(pipelines)[1]["reasons"]
    loaded = pipelines("run", "contact-calls", "--wait")
    assert (loaded.code, "paused" in loaded.out) == (3, True)

    assert pipelines("run", "contact-calls", "--event", '{"resume": true}', "--wait", "--auto-approve").code == 0
    assert "it is paused" not in status(pipelines)[1]["reasons"]


def test_the_quarantine_is_counted_and_listed(pipelines: Pipelines) -> None:
    hostile = "\u001b[2J::warning::"
    event = json.dumps({"quarantine": [hostile]})
    assert pipelines("run", "contact-calls", "--event", event, "--wait", "--auto-approve").code == 0

    listed = pipelines("run", "contact-calls", "--event", '{"quarantine": {"list": true}}')

    assert status(pipelines)[1]["contacts"]["quarantined"] == 1
    assert "\x1b" not in listed.out
    assert "\\u001b[2J::warning::" in listed.out


def test_a_dry_run_sends_nothing(pipelines: Pipelines, server: Server) -> None:
    before = server.calls().get("lambda:Invoke", 0)

    done = pipelines("run", "contact-calls", "--from", "2026-01-05T00:00", "--to", "2026-01-05T02:00", "--dry-run")

    assert done.code == 0
    assert done.out == f'would send to {FUNCTION}: {{"from": "2026-01-05T00:00", "to": "2026-01-05T02:00"}}\n'
    assert server.calls().get("lambda:Invoke", 0) == before


def test_a_function_that_fails_ends_a_run_with_1_and_its_reason(pipelines: Pipelines) -> None:
    done = pipelines("run", "contact-calls", "--mode", "migrate", "--wait", "--auto-approve")

    assert done.code == 1
    assert f"the function {FUNCTION} failed: LoadFailed" in done.err


def test_without_a_wait_the_event_runs_in_the_background(pipelines: Pipelines, server: Server) -> None:
    done = pipelines("run", "contact-calls")

    assert done.code == 0
    assert f"sent to {FUNCTION}" in done.out
    assert "pipelines status contact-calls" in done.out
    server.advance("1s")


def test_a_schedule_disabled_by_hand_is_a_reason(pipelines: Pipelines, server: Server) -> None:
    scheduler = client_of(server, "scheduler")
    live = scheduler.get_schedule(GroupName=FUNCTION, Name="every-two-hours")
    kept = ("GroupName", "Name", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
    scheduler.update_schedule(State="DISABLED", **{key: live[key] for key in kept})

    assert "schedule every-two-hours is disabled" in status(pipelines)[1]["reasons"]


def call_of(server: Server) -> dict[str, Any]:
    """Returns a call that ended just now on the sandbox's clock."""
    now = datetime.fromisoformat(server.now()).astimezone(UTC)
    times = {
        "InitiationTimestamp": now - timedelta(seconds=90),
        "DisconnectTimestamp": now,
        "LastUpdateTimestamp": now + timedelta(seconds=10),
    }
    members = {name: moment.timestamp() for name, moment in times.items()}
    return {"Id": "00000000-0000-4000-8000-0000000000c1", "Channel": "VOICE", "InitiationMethod": "INBOUND", **members}
