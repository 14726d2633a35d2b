"""Versions and aliases of modules are read inside the modules that manifests name."""

from __future__ import annotations

import json

import pytest

from reconciler.errors import CallError
from reconciler.live import ReadRequest, read
from reconciler.model import Action, Linked, Manifest, Ref
from tests.builders.examples import needed
from tests.builders.manifests import manifest
from tests.worlds.world import World

ALIAS = "ContactFlowModuleAlias"
CONTENT = needed("ContactFlowModule")
VERSION = "ContactFlowModuleVersion"
LISTINGS = (f"List{ALIAS}es", f"List{VERSION}s")


def module(name: str) -> Manifest:
    return manifest("ContactFlowModule", name, CONTENT)


def version(name: str) -> Manifest:
    return manifest(VERSION, name, {})


def alias(name: str, version: str) -> Manifest:
    return manifest(ALIAS, name, {"version": version})


def listings(world: World, *declared: Manifest) -> dict[str, int]:
    world.every_call()
    world.plan(*declared)
    calls = {name.partition(":")[2]: count for name, count in world.every_call().items()}
    return {name: calls[name] for name in LISTINGS if name in calls}


def test_modules_without_declared_versions_cost_no_call(world: World) -> None:
    world.run(module("Greet"), module("Bye"))

    assert listings(world, module("Greet"), module("Bye")) == {}


def test_only_the_modules_that_manifests_name_are_searched(world: World) -> None:
    declared = [module("Greet"), module("Bye"), version("Greet/1st"), alias("Greet/live", "Greet/1st")]
    world.run(*declared)

    assert listings(world, *declared) == dict.fromkeys(LISTINGS, 1)
    assert listings(world, *declared[:3]) == {LISTINGS[1]: 1}


def test_versions_and_aliases_are_not_orphans(world: World) -> None:
    declared = [module("Greet"), version("Greet/1st"), version("Greet/2nd"), alias("Greet/live", "Greet/1st")]
    world.run(*declared)

    plan = world.plan(*declared[:2], prune=True)

    assert (plan.changes, plan.orphans) == ((), ())


def test_an_export_reads_all_of_them(world: World) -> None:
    declared = [module("Greet"), version("Greet/1st"), alias("Greet/live", "Greet/1st")]
    world.run(*declared)

    live = read(world.aws, world.environment.scope, {}, ReadRequest(lambda ref: True)).live

    assert live[Ref(ALIAS, "Greet/live")].spec.version == "Greet/1st"
    assert Ref(VERSION, "Greet/1st") in live


def test_a_renamed_module_keeps_its_versions_and_aliases(world: World) -> None:
    world.run(module("Greet"), version("Greet/1st"), alias("Greet/live", "Greet/1st"))
    renamed = manifest("ContactFlowModule", "Hello", CONTENT, renamed_from="Greet")

    done = world.run(renamed, version("Hello/1st"), alias("Hello/live", "Hello/1st"))

    assert [(change.ref.name, change.action) for change in done.plan.changes] == [("Hello", Action.UPDATE)]
    assert done.exit_code == 0, done.results


def test_a_flow_names_an_alias_by_its_arn(world: World) -> None:
    declared = [module("Greet"), version("Greet/1st"), alias("Greet/live", "Greet/1st"), flow()]

    done = world.run(*declared)

    assert done.exit_code == 0, done
    assert not world.plan(*declared).changes


def test_a_flow_may_name_an_alias_without_a_manifest(world: World) -> None:
    world.run(module("Greet"), version("Greet/1st"), alias("Greet/live", "Greet/1st"))

    assert world.run(module("Greet"), flow()).exit_code == 0


def test_a_role_that_may_not_list_versions_can_plan_modules(world: World) -> None:
    world.run(module("Greet"), version("Greet/1st"))
    denial = {"every": 1, "code": "AccessDeniedException", "operations": list(LISTINGS)}
    world.control.set_faults({"error": denial})

    assert not world.plan(module("Greet")).changes
    with pytest.raises(CallError, match="AccessDenied"):
        world.plan(module("Greet"), version("Greet/1st"))


def flow() -> Manifest:
    invoke = {
        "Identifier": "Greet",
        "Type": "InvokeFlowModule",
        "Parameters": {"FlowModuleId": "${ContactFlowModuleAlias/Greet/live.arn}"},
        "Transitions": {"NextAction": "End", "Errors": [{"NextAction": "End", "ErrorType": "NoMatchingError"}]},
    }
    end = {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
    content = {"Version": "2019-10-30", "StartAction": "Greet", "Metadata": {}, "Actions": [invoke, end]}
    return manifest("ContactFlow", "Main", {"content": Linked(json.dumps(content))})
