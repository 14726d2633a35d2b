"""Both functions behind each other: a spreadsheet of 200 agents within the account's rate, and once more."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.lambdas.agent_upload.function import AgentUpload
from reconciler.lambdas.shared.surroundings import Surroundings
from tests.lambdas.agent_roster.desk import BUCKET, PASSWORD, Desk

pytestmark = pytest.mark.slow

HEADER = ("first name", "last name", "email address", "password", "user login", "routing profile name")
PROFILES = "security_profile_name_1|security_profile_name_2"


def sheet(count: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((*HEADER, PROFILES))
    for at in range(count):
        login = f"agent-{at:03}"
        writer.writerow(("Ada", f"Nr {at}", f"{login}@example.com", PASSWORD, login, "Basic Routing Profile", "Agent"))
    return text.getvalue().encode()


class Inbox:
    """The function `agent_upload` beside the desk's tables, in the desk's time."""

    def __init__(self, desk: Desk) -> None:
        self.desk, clock = desk, desk.clock
        environ = {**desk.environ, "SECRET_PREFIX": "agents/passwords"}
        around = Surroundings(environ, desk.client, clock, clock, clock.sleep, lambda: 0.5, desk.lines.append)
        self.function, self.count = AgentUpload(around), 0

    def put(self, content: bytes, key: str) -> dict[str, int]:
        """Uploads a spreadsheet, and gives the function its event."""
        stored = self.desk.clients["s3"].put_object(Bucket=BUCKET, Key=key, Body=content)
        self.count, tag = self.count + 1, stored["ETag"].strip('"')
        at = datetime.fromtimestamp(self.desk.clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record: dict[str, Any] = {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": at,
            "s3": {
                "bucket": {"name": BUCKET},
                "object": {"key": key, "size": len(content), "eTag": tag, "sequencer": f"{self.count:018X}"},
            },
        }
        context = SimpleNamespace(aws_request_id="r", function_name="u", get_remaining_time_in_millis=lambda: 900_000)
        return self.function.answer({"Records": [record]}, context)


def test_two_hundred_agents_are_made_once_and_a_second_upload_makes_no_call(desk: Desk) -> None:
    """S4-29: within two creates a second, of which none is refused."""
    desk.control.set_faults({"rate": {"operations": {"connect:CreateUser": {"perSecond": 2, "burst": 5}}}})
    inbox, began = Inbox(desk), desk.clock()

    inbox.put(sheet(200), "uploads/agents.csv")
    records = desk.records()
    reports = [desk.run(records[at : at + 100]) for at in range(0, len(records), 100)]

    calls = desk.calls()
    created = [name for name in desk.users() if name.startswith("agent-")]
    assert [report for report in reports if report] == []
    assert (calls["CreateUser"], len(created), len(set(created))) == (200, 200, 200)
    assert desk.clock() - began == pytest.approx(97.5, abs=5)

    desk.control.reset_stats()
    answer = inbox.put(sheet(200), "uploads/again.csv")
    assert desk.run() == []
    assert (answer["rows"], answer["unchanged"]) == (200, 200)
    assert desk.calls() == {}


def test_the_floor_of_calls_for_each_agent(desk: Desk) -> None:
    """A new agent costs one call. A changed one costs its read, and one call for each part. Names are read once."""
    inbox = Inbox(desk)
    inbox.put(sheet(20), "uploads/agents.csv")
    desk.calls()
    desk.run()

    assert desk.calls() == {"CreateUser": 20, "ListRoutingProfiles": 1, "ListSecurityProfiles": 1}

    inbox.put(sheet(20).replace(b"Ada,Nr 1", b"Eda,Nr 1"), "uploads/changed.csv")
    desk.calls()
    desk.run()

    assert desk.calls() == {"DescribeUser": 11, "UpdateUserIdentityInfo": 11}
