"""Flows and modules of an instance, as manifests and as the console sees them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from reconciler.model import REFERENCE, Linked, Manifest, Outcome, Status
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
END: dict[str, Any] = {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
RETURN: dict[str, Any] = {**END, "Type": "EndFlowModuleExecution"}
SETTINGS = {
    "InputParameters": [],
    "OutputParameters": [],
    "Transitions": [{"DisplayName": it, "ReferenceName": it, "Description": ""} for it in ("Success", "Error")],
}


def block(type: str, name: str, leads_to: str = "End", branches: tuple[str, ...] = (), **parameters: Any) -> Any:
    """Returns a block. `branches` are the results of a module, and lead to the same block."""
    conditions = [
        {"NextAction": leads_to, "Condition": {"Operator": "Equals", "Operands": [result]}} for result in branches
    ]
    errors = [{"NextAction": "End", "ErrorType": "NoMatchingError"}]
    if branches:
        errors.append({"NextAction": "End", "ErrorType": "NoMatchingCondition"})
    transitions = {"NextAction": leads_to, "Errors": errors, "Conditions": conditions}
    return {"Identifier": name, "Type": type, "Parameters": parameters, "Transitions": transitions}


def says(text: str, name: str = "Say", leads_to: str = "End") -> Any:
    return block("MessageParticipant", name, leads_to, Text=text)


def goes_to(flow: str, name: str = "Go") -> Any:
    return block("TransferToFlow", name, ContactFlowId=f"${{ContactFlow/{flow}.arn}}")


def invokes(module: str, *results: str, name: str = "Ask") -> Any:
    return block("InvokeFlowModule", name, branches=results, FlowModuleId=f"${{ContactFlowModule/{module}.arn}}")


def content(*blocks: Any, end: Any = END, **more: Any) -> dict[str, Any]:
    every = [*blocks, end]
    return {"Version": "2019-10-30", "StartAction": every[0]["Identifier"], "Metadata": {}, **more, "Actions": every}


def linked(value: Any) -> Any:
    """Returns a content with its references, as it is read from a file."""
    match value:
        case str():
            return Linked(value) if REFERENCE.search(value) else value
        case dict():
            return {key: linked(item) for key, item in value.items()}
        case list():
            return [linked(item) for item in value]
        case _:
            return value


def flow(name: str, *blocks: Any, **fields: Any) -> Manifest:
    return manifest("ContactFlow", name, {"content": linked(content(*blocks)), **fields})


def module(name: str, *blocks: Any, **fields: Any) -> Manifest:
    written = linked(content(*blocks, end=RETURN, Settings=SETTINGS))
    return manifest("ContactFlowModule", name, {"content": written, **fields})


def contract(*results: str) -> dict[str, Any]:
    return {"transitions": {"results": [{"name": result} for result in results]}}


def id_of(world: World, name: str) -> str:
    flows = world.connect.list_contact_flows(**HERE)["ContactFlowSummaryList"]
    return str(next(it["Id"] for it in flows if it["Name"] == name))


def module_id_of(world: World, name: str) -> str:
    modules = world.connect.list_contact_flow_modules(**HERE)["ContactFlowModulesSummaryList"]
    return str(next(it["Id"] for it in modules if it["Name"] == name))


def described(world: World, name: str, qualifier: str = "") -> dict[str, Any]:
    return dict(
        world.connect.describe_contact_flow(**HERE, ContactFlowId=id_of(world, name) + qualifier)["ContactFlow"]
    )


def live_content(world: World, name: str, qualifier: str = "") -> Any:
    return json.loads(described(world, name, qualifier)["Content"])


def save(world: World, name: str, value: Any, qualifier: str = "") -> None:
    """Saves a content in the console: published, or as a draft with the qualifier `:$SAVED`."""
    id = id_of(world, name) + qualifier
    world.connect.update_contact_flow_content(**HERE, ContactFlowId=id, Content=json.dumps(value))


def statuses(outcome: Outcome) -> set[Status]:
    return {result.status for result in outcome.results.values()}


def messages(outcome: Outcome) -> list[str]:
    return [result.message for result in outcome.results.values() if result.message]


def writes(world: World) -> list[str]:
    """Returns the operations that wrote since the last read, as often as they were called."""
    written = {name: count for name, count in world.calls().items() if name.startswith(("Create", "Update", "Delete"))}
    return sorted(Counter(written).elements())


def converges(world: World, *manifests: Manifest) -> Outcome:
    """Runs the manifests. Afterwards nothing is left to do."""
    done = world.run(*manifests)
    assert done.exit_code == 0, messages(done)
    assert not world.plan(*manifests).changes
    return done
