"""`graph` of flows: their blocks, and what a change of a table reaches."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cli.running import Done, Repository, table

Reconcile = Callable[..., Done]


def flow(name: str, block: str, parameters: dict[str, object]) -> dict[str, object]:
    """A flow of one block, and the end of the contact."""
    failed = [{"NextAction": "End", "ErrorType": "NoMatchingError"}]
    first = {"Identifier": "First", "Type": block, "Parameters": parameters}
    actions = [
        {**first, "Transitions": {"NextAction": "End", "Errors": failed}},
        {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}},
    ]
    content = {"Version": "2019-10-30", "StartAction": "First", "Actions": actions}
    return {"kind": "ContactFlow", "metadata": {"name": name}, "spec": {"content": content}}


@pytest.fixture
def reading(repository: Repository) -> Repository:
    """Two flows that read a table, and one that does not."""
    query = {"QueryName": "q", "Attributes": ["tier"], "PrimaryValues": []}
    reads = {"DataTableId": "${DataTable/Tiers.arn}", "Queries": [query]}
    flows = [flow(name, "EvaluateDataTableValues", reads) for name in ("One", "Two")]
    repository.declare(table("Tiers"), *flows, flow("Other", "MessageParticipant", {"Text": 'Hello "you"'}))
    return repository


def test_mermaid_of_a_flow_draws_its_blocks(reading: Repository, reconcile: Reconcile) -> None:
    done = reconcile("graph", "--of", "ContactFlow/Other", "--format", "mermaid")

    assert done.out.startswith("flowchart TD\n")
    assert "First - Play prompt" in done.out
    assert "End - Disconnect" in done.out
    assert "these are the blocks" in done.err


def test_json_of_a_flow_lists_what_it_needs(reading: Repository, reconcile: Reconcile) -> None:
    document = json.loads(reconcile("graph", "--of", "ContactFlow/One", "--format", "json").out)

    assert document["needs"] == ["DataTable/Tiers"]


def test_a_table_says_how_many_flows_it_reaches(reading: Repository, reconcile: Reconcile) -> None:
    done = reconcile("graph", "--of", "DataTable/Tiers", "--format", "json")

    assert json.loads(done.out)["reaches"] == {"ContactFlow": 2}
    assert "a change of DataTable/Tiers reaches 2 ContactFlow" in done.err
