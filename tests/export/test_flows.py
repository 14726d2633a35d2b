"""Export of flows and modules: JSON files with references by name, whose plan is empty."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.model import Ref
from tests.builders.manifests import manifest
from tests.worlds.exporting import exported, plans_nothing
from tests.worlds.flows import (
    HERE,
    block,
    content,
    contract,
    converges,
    flow,
    goes_to,
    id_of,
    invokes,
    module,
    save,
    says,
)
from tests.worlds.world import World

EMPTY = {"switches": {"builtIns": False}}
KINDS = ("ContactFlow", "ContactFlowModule", "Queue", "HoursOfOperation")


def export(world: World, root: Path, kinds: tuple[str, ...] = KINDS) -> dict[str, Any]:
    """Exports the instance. Returns the files by their names: JSON parsed, YAML as documents."""
    found = exported(world, root, kinds=kinds)
    files: dict[str, Any] = {}
    for path in found.written:
        text = path.read_text()
        files[path.name] = json.loads(text) if path.suffix == ".json" else [*yaml.safe_load_all(text)]
    return files


def estate(world: World) -> None:
    world.control.set_faults(EMPTY)
    week = manifest("HoursOfOperation", "Week", {"timeZone": "UTC", "config": []})
    queue = manifest("Queue", 'The "red" é', {"hoursOfOperation": "Week"})
    to_queue = block("UpdateContactTargetQueue", "Set", QueueId='${Queue/The "red" é.arn}')
    main = flow("Main", to_queue, description="Entry")
    converges(
        world,
        week,
        queue,
        main,
        flow("Day", goes_to("Night"), type="CONTACT_FLOW"),
        flow("Night", goes_to("Day"), state="ARCHIVED"),
        flow("Draft", says("Not yet"), status="SAVED"),
        module("Greet", says("Hello"), settings=contract("Yes")),
        flow("Caller", invokes("Greet", "Yes")),
    )


def test_an_export_of_flows_plans_nothing(world: World, tmp_path: Path) -> None:
    estate(world)

    export(world, tmp_path)

    assert plans_nothing(world)


def test_a_file_has_references_by_name(world: World, tmp_path: Path) -> None:
    estate(world)

    files = export(world, tmp_path)

    assert files["Main.json"]["Actions"][0]["Parameters"]["QueueId"] == '${Queue/The "red" é.arn}'
    assert files["Night.json"]["Actions"][0]["Parameters"]["ContactFlowId"] == "${ContactFlow/Day.arn}"
    assert files["Caller.json"]["Actions"][0]["Parameters"]["FlowModuleId"] == "${ContactFlowModule/Greet.arn}"
    assert files["Main.yaml"][0]["spec"]["content"] == {"file": "Main.json"}
    assert files["Draft.yaml"][0]["spec"]["status"] == "SAVED"
    assert files["Greet.yaml"][0]["spec"]["settings"] == {"file": "Greet.settings.json"}


def test_two_exports_of_one_flow_are_the_same_file(world: World, tmp_path: Path) -> None:
    estate(world)
    first = export(world, tmp_path / "one")
    saved = content(says("Not yet"))
    save(world, "Draft", {**saved, "Actions": saved["Actions"][::-1]}, ":$SAVED")

    second = export(world, tmp_path / "two")

    assert list(second["Draft.json"]) == list(first["Draft.json"])
    assert [it["Identifier"] for it in second["Draft.json"]["Actions"]] == [
        it["Identifier"] for it in first["Draft.json"]["Actions"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "${Queue/Billing.arn}",
        "${Queue/Billing",
        "$${Queue/Billing.arn}",
        "${var:TEAM}",
        "$${var:TEAM}",
        "${F:name:F}",
        "$.Attributes.x and {{y}}",
        "\\u0024{Queue/Billing.arn}",
        "${",
        "\ufeff\u2028é\t",
    ],
)
def test_a_text_that_looks_like_a_reference_survives(world: World, tmp_path: Path, text: str) -> None:
    world.control.set_faults(EMPTY)
    converges(world, flow("Main", says("Hello")))
    save(world, "Main", content(says(text)))

    export(world, tmp_path)

    assert plans_nothing(world)


@pytest.mark.parametrize(
    "around", ["x {} ${{var:TEAM}}", "{} ${{F:x:F}}", "${}", "{}$", "$${}", "${{Queue/Other.arn}} {}"]
)
def test_a_text_beside_a_reference_survives(world: World, tmp_path: Path, around: str) -> None:
    world.control.set_faults(EMPTY)
    converges(world, flow("Main", says("Hello")), flow("Night", says("Closed")))
    arn = world.connect.describe_contact_flow(**HERE, ContactFlowId=id_of(world, "Night"))["ContactFlow"]["Arn"]
    save(world, "Main", content(says(around.format(arn))))

    export(world, tmp_path)

    assert plans_nothing(world)


def test_a_flow_with_an_arn_of_its_account_is_for_its_environment(world: World, tmp_path: Path) -> None:
    """So are those that lead to it. The Identifiers of blocks are ids too, and are the flow's own."""
    world.control.set_faults(EMPTY)
    function = "arn:aws:lambda:us-east-1:111122223333:function:greet"
    ask = block("InvokeLambdaFunction", "Ask", LambdaFunctionARN=function, InvocationTimeLimitSeconds="3")
    alone = says("Hello", name="00000001-0000-4000-8000-000000000000")
    converges(world, flow("Main", ask), flow("Caller", goes_to("Main")), flow("Alone", alone))

    found = exported(world, tmp_path, kinds=KINDS, environment="test")

    assert {ref.name for ref in found.of_one} == {"Main", "Caller"}
    assert "environments: [test]" in (tmp_path / "manifests/base/contact-flows/Main.yaml").read_text()
    assert plans_nothing(world)


def test_a_flow_with_an_id_of_its_instance_is_for_its_environment(world: World, tmp_path: Path) -> None:
    world.control.set_faults(EMPTY)
    converges(world, flow("Main", says("00000002-0000-4000-8000-000000000000")))

    found = exported(world, tmp_path, kinds=KINDS, environment="test")

    assert found.of_one == (Ref("ContactFlow", "Main"),)
