"""Killed between the drafts of a circle of flows and their publication: the next run publishes every one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from reconciler.flows.document import FlowDocument
from reconciler.sandbox import INSTANCE_ID
from tests.cli.running import Repository, Server, client
from tests.end_to_end.killing import applied, check_outcomes, declared, journals, killed_at, prepared
from tests.worlds.flows import RETURN, SETTINGS, content, goes_to, invokes, says

HERE = {"InstanceId": INSTANCE_ID}
MADE = "the resource was created, and the run was killed before it sent this"
FIRST = 17  # the first call after the plan
CALLS = 28  # a run makes as many, and another one if it asks again for the number

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


@pytest.fixture
def repository(server: Server, tmp_path: Path) -> Repository:
    return prepared(server, tmp_path, *circle())


def circle() -> list[dict[str, Any]]:
    """Flows in two circles, a module that leads back into them, and a number that the first flow answers.

    Day and Evening begin as drafts.
    """
    greet = content(goes_to("Night"), end=RETURN, Settings=SETTINGS)
    to_day = goes_to("Day")
    to_day["Transitions"]["NextAction"] = "Later"
    ask = invokes("Greet")
    ask["Transitions"]["NextAction"] = "Go"
    number = {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID", "contactFlow": "Day"}
    return [
        declared("ContactFlow", "Day", content=content(ask, goes_to("Evening"))),
        declared("ContactFlow", "Evening", content=content(says("Soon closed", leads_to="Go"), goes_to("Night"))),
        declared("ContactFlow", "Night", content=content(to_day, goes_to("Evening", "Later"))),
        declared("ContactFlowModule", "Greet", content=greet),
        declared("PhoneNumber", "main", **number),
    ]


def state(server: Server) -> dict[str, Any]:
    """Returns the status and the content of each flow, the module, and the number's flow, without ids."""
    connect = client(server)
    listed = connect.list_contact_flows(**HERE)["ContactFlowSummaryList"]
    ids = {flow["Name"]: flow["Id"] for flow in listed if not flow["Name"].startswith("Default ")}
    modules = connect.list_contact_flow_modules(**HERE)["ContactFlowModulesSummaryList"]
    ids |= {f"module {module['Name']}": module["Id"] for module in modules}
    numbers = connect.list_phone_numbers_v2(**HERE)["ListPhoneNumbersSummaryList"]
    found = connect.list_flow_associations(**HERE)["FlowAssociationSummaryList"]
    answers = [each["FlowId"] for each in found]
    return dict(_described(connect, ids)) | {
        "numbers": [number["PhoneNumber"] for number in numbers],
        "answers": [_named(answer, ids) for answer in answers],
    }


def _described(connect: Any, ids: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for name, id in ids.items():
        if name.startswith("module "):
            live = connect.describe_contact_flow_module(**HERE, ContactFlowModuleId=id)["ContactFlowModule"]
        else:
            live = connect.describe_contact_flow(**HERE, ContactFlowId=f"{id}:$SAVED")["ContactFlow"]
        # A content that replaces one keeps the identifiers of its blocks: only the meaning is the same.
        yield name, (live["Status"], FlowDocument.of(_named(live["Content"], ids)))


def _named(text: str, ids: dict[str, str]) -> str:
    for name, id in ids.items():
        text = text.replace(id, name)
    return text


def drafts(server: Server) -> set[str]:
    """Returns the flows that contacts cannot enter."""
    listed = client(server).list_contact_flows(**HERE)["ContactFlowSummaryList"]
    return {flow["Name"] for flow in listed if flow["ContactFlowStatus"] == "SAVED"}


@pytest.fixture(scope="module")
def whole_run(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Returns the state after a run that ends by itself."""
    assert applied(prepared(server, tmp_path_factory.mktemp("undisturbed"), *circle())) == 0
    assert sum(server.calls().values()) >= CALLS
    return state(server)


def done_in(outcome: dict[str, Any]) -> set[str]:
    """Returns the flows whose content the outcome reports as done."""
    return {
        change["address"].partition("/")[2]
        for change in outcome["changes"]
        for field in change["fields"]
        if field["path"].startswith("content") and field["status"] == "done"
    }


@pytest.mark.parametrize("call", range(FIRST, CALLS + 1))
def test_killed_between_drafts_and_contents(
    repository: Repository, server: Server, whole_run: dict[str, Any], call: int
) -> None:
    killed_at(repository, server, call, "after" if call % 2 else "before")
    begun, left = journals(repository), drafts(server)

    code = applied(repository)
    empty = run(["-C", str(repository.root), "-q", "plan", "--detailed-exitcode"])

    assert (code, empty) == (0, 0)
    check_outcomes(repository, begun)
    assert (drafts(server), state(server)) == (set(), whole_run)
    for killed in [outcome for outcome in repository.outcomes() if outcome["exitCode"] == 137]:
        assert not left & done_in(killed)


def test_the_outcome_of_a_killed_run_names_the_draft_that_it_made(repository: Repository, server: Server) -> None:
    """The create of Night waits for both drafts. It is the third flow."""
    killed_at(repository, server, 3, "before", "CreateContactFlow")
    left = drafts(server)

    assert applied(repository) == 0

    (killed,) = [outcome for outcome in repository.outcomes() if outcome["exitCode"] == 137]
    messages = {
        change["address"]: {field["message"] for field in change["fields"] if field["status"] != "done"}
        for change in killed["changes"]
    }
    assert left == {"Day", "Evening"}
    assert {address: messages[address] for address in map("ContactFlow/{}".format, left)} == {
        f"ContactFlow/{name}": {MADE} for name in left
    }
