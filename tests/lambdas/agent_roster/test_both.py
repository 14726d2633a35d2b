"""Both functions behind each other: a spreadsheet of 200 agents within the account's rate, and once more."""

from __future__ import annotations

import csv
import io

import pytest

from tests.lambdas.agent_roster.desk import PASSWORD, Desk
from tests.lambdas.agent_roster.sheets import Sheets

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


def test_two_hundred_agents_are_made_once_and_a_second_upload_makes_no_call(desk: Desk) -> None:
    """S4-29: within two creates a second, of which none is refused."""
    desk.control.set_faults({"rate": {"operations": {"connect:CreateUser": {"perSecond": 2, "burst": 5}}}})
    inbox, began = Sheets(desk), desk.clock()

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
    inbox = Sheets(desk)
    inbox.put(sheet(20), "uploads/agents.csv")
    desk.calls()
    desk.run()

    assert desk.calls() == {"CreateUser": 20, "ListRoutingProfiles": 1, "ListSecurityProfiles": 1}

    inbox.put(sheet(20).replace(b"Ada,Nr 1", b"Eda,Nr 1"), "uploads/changed.csv")
    desk.calls()
    desk.run()

    assert desk.calls() == {"DescribeUser": 11, "UpdateUserIdentityInfo": 11}


def test_both_functions_find_the_result_of_an_upload_elsewhere(desk: Desk) -> None:
    """The prefix of uploads is in the key of the result, and both functions write it."""
    desk.environ["UPLOAD_PREFIX"] = "incoming/"
    desk.function = desk.container()
    inbox = Sheets(desk)

    inbox.put(sheet(1), "incoming/agents.csv")
    assert desk.run() == []

    name, content = inbox.result()
    assert name.startswith("agents.csv-")
    assert b"agent-000,created" in content


def test_rows_whose_records_lambda_gave_up_are_carried_out_by_the_next_upload(desk: Desk) -> None:
    """A batch that failed 20 times is in the dead-letter queue, and its rows stay pending."""
    inbox = Sheets(desk)
    inbox.put(sheet(2), "uploads/agents.csv")
    desk.records()
    desk.clock.sleep(3600)

    answer = inbox.put(sheet(2), "uploads/again.csv")
    assert desk.run() == []

    assert answer["pending"] == 2
    assert set(desk.results(f"{2:018x}", "uploads/again.csv").values()) == {("created", "")}
    assert {line["result"] for line in desk.result_rows(f"{1:018x}")} == {"pending"}
