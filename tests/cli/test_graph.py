"""`graph`: dependencies of what is declared, without an AWS."""

from __future__ import annotations

import json
from collections.abc import Callable

import pydot
import pytest

from tests.cli.running import SANDBOX, Done, Repository, Row, Server, table

Reconcile = Callable[..., Done]

# pydot's parser calls what it is built on by old names.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated - use:DeprecationWarning")


def naming(other: str, **more: object) -> dict[str, object]:
    """A table that looks another one up."""
    return table("Tiers", [{"id": "C1", "tier": f"${{DataTable/{other}.arn}}"}], **more)


@pytest.fixture
def three(repository: Repository) -> Repository:
    """Top names Tiers, which names Base; Alone has nothing to do with them."""
    top = table("Top", [{"id": "T1", "tier": "${DataTable/Tiers.id}"}], description="see ${DataTable/Base.arn}")
    repository.declare(top, naming("Base"), table("Base"), table("Alone"))
    return repository


def test_cells_and_texts_that_name_a_table_are_edges(three: Repository, reconcile: Reconcile) -> None:
    document = json.loads(reconcile("graph", "--format", "json").out)

    assert document["format_version"] == "1.0"
    assert document["environment"] == "lab"
    assert [node["address"] for node in document["nodes"]] == [
        f"DataTable/{name}" for name in ("Alone", "Base", "Tiers", "Top")
    ]
    assert document["nodes"][2] == {
        "address": "DataTable/Tiers",
        "kind": "DataTable",
        "source": {"file": "manifests/base/1.yaml", "line": 1},
    }
    assert document["edges"] == [
        {"from": "DataTable/Tiers", "to": "DataTable/Base", "path": "values.tier"},
        {"from": "DataTable/Top", "to": "DataTable/Base", "path": "description"},
        {"from": "DataTable/Top", "to": "DataTable/Tiers", "path": "values.tier"},
    ]


def test_the_two_directions_of_one_resource_are_separate(three: Repository, reconcile: Reconcile) -> None:
    document = json.loads(reconcile("graph", "--format", "json", "--of", "DataTable/Tiers").out)

    assert (document["of"], document["needs"], document["neededBy"]) == (
        "DataTable/Tiers",
        ["DataTable/Base"],
        ["DataTable/Top"],
    )
    assert "DataTable/Alone" not in [node["address"] for node in document["nodes"]]


def test_mermaid_is_the_default_format(three: Repository, reconcile: Reconcile) -> None:
    done = reconcile("graph", "--of", "DataTable/Tiers")

    assert done.code == 0
    assert done.out.startswith("flowchart LR\n")
    assert 'subgraph g1["needs"]' in done.out
    assert 'subgraph g2["needed by"]' in done.out


@pytest.mark.slow
def test_dot_is_dot(three: Repository, reconcile: Reconcile) -> None:
    (read,) = pydot.graph_from_dot_data(reconcile("graph", "--format", "dot").out) or ()

    assert len(read.get_edges()) == 3


def test_a_graph_makes_no_aws_calls(three: Repository, reconcile: Reconcile, server: Server) -> None:
    reconcile("graph")

    assert server.calls() == {}


def test_a_graph_is_of_one_environment(three: Repository, reconcile: Reconcile) -> None:
    three.configure({"lab": SANDBOX, "loft": SANDBOX})
    three.declare(table("Here", environments=["lab"]), table("There", environments=["loft"]))

    first, other = (json.loads(reconcile("graph", "--format", "json", *chosen).out) for chosen in ((), ("-e", "loft")))

    assert [node["address"] for node in first["nodes"]] == ["DataTable/Here"]
    assert [node["address"] for node in other["nodes"]] == ["DataTable/There"]


def test_a_mistake_in_the_manifests_stops_the_drawing(three: Repository, reconcile: Reconcile) -> None:
    three.declare(naming("Nowhere"))

    done = reconcile("graph")

    assert (done.code, done.out) == (1, "")
    assert "DataTable/Nowhere is not declared" in done.err


@pytest.mark.slow
def test_more_arrows_than_mermaid_draws_are_a_warning(repository: Repository, reconcile: Reconcile) -> None:
    others = [f"T{number}" for number in range(30)]
    hubs: dict[str, list[Row]] = {}
    for number in range(501):
        name = others[number % len(others)]
        hubs.setdefault(f"Hub{number // len(others)}", []).append({"id": name, "tier": f"${{DataTable/{name}.id}}"})
    repository.declare(*(table(hub, rows) for hub, rows in hubs.items()), *map(table, others))

    assert "Mermaid draws at most 500" in reconcile("graph").err
    assert reconcile("graph", "--format", "dot").err == ""


def test_a_queue_and_a_quick_connect_to_it_are_a_circle_that_is_drawn(
    repository: Repository, reconcile: Reconcile
) -> None:
    times = [{"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}]
    transfer = {"quickConnectType": "QUEUE", "queueConfig": {"queue": "front", "contactFlow": "Transfer"}}
    repository.declare(
        {"kind": "HoursOfOperation", "metadata": {"name": "day"}, "spec": {"timeZone": "UTC", "config": times}},
        {"kind": "Queue", "metadata": {"name": "front"}, "spec": {"hoursOfOperation": "day", "quickConnects": ["to"]}},
        {"kind": "QuickConnect", "metadata": {"name": "to"}, "spec": {"quickConnectConfig": transfer}},
    )

    document = json.loads(reconcile("graph", "--format", "json", "--of", "Queue/front").out)

    assert document["needs"] == ["ContactFlow/Transfer", "HoursOfOperation/day", "QuickConnect/to"]
    assert document["neededBy"] == ["QuickConnect/to"]
    assert {"address": "ContactFlow/Transfer", "kind": "ContactFlow", "source": None} in document["nodes"]
    assert {edge["path"] for edge in document["edges"]} == {
        "hoursOfOperation",
        "quickConnects[to]",
        "quickConnectConfig.queueConfig.queue",
        "quickConnectConfig.queueConfig.contactFlow",
    }
    assert "needs and needed by" in reconcile("graph", "--of", "Queue/front").out
