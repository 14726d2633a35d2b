"""Changes of flows, modules and aliases, by a plan and by another writer."""

from __future__ import annotations

import json
from typing import Any

from reconciler.model import Manifest
from tests.builders.manifests import manifest
from tests.worlds.editable import Editable, Values
from tests.worlds.flows import RETURN, SETTINGS, content, contract, flow, module, says
from tests.worlds.other_writer import OtherWriter

DRAFT = ":$SAVED"
ONE: dict[str, Any] = {"description": "one", "tags": {"Team": "a"}}
TWO: dict[str, Any] = {"description": "two", "tags": {"Team": "b"}}
TEXTS = {"description": ("theirs", "two"), "tags[Team]": ("theirs", "b")}


def tag(by: OtherWriter, kind: str, name: str, value: str) -> Any:
    arn = next(value for key, value in by.describes(kind, name).items() if key.casefold().endswith("arn"))
    return by.world.connect.tag_resource(resourceArn=arn, tags={"Team": value})


def _text_of(written: str) -> str:
    return str(json.loads(written)["Actions"][0]["Parameters"]["Text"])


def _read_flow(by: OtherWriter) -> Values:
    live = by.describes("ContactFlow", "Main")
    draft = by.calls("describe_contact_flow", ContactFlowId=by.id("ContactFlow", "Main") + DRAFT)["ContactFlow"]
    return {
        "description": live.get("Description"),
        "state": live["State"],
        "tags[Team]": live["Tags"].get("Team"),
        "content": _text_of(live["Content"]),
        "content.draft": _text_of(draft["Content"]),
    }


def _write_flow(by: OtherWriter, place: str, value: Any) -> Any:
    of = ("ContactFlow", "Main")
    match place:
        case "content" | "content.draft":
            id = by.id(*of) + (DRAFT if place == "content.draft" else "")
            written = json.dumps(content(says(value)))
            return by.calls("update_contact_flow_content", ContactFlowId=id, Content=written)
        case "tags[Team]":
            return tag(by, *of, value)
        case "state":
            return by.calls("update_contact_flow_metadata", *of, ContactFlowState=value)
        case _:
            return by.calls("update_contact_flow_metadata", *of, Description=value)


def _publish_flow(by: OtherWriter) -> Any:
    """The other writer publishes the draft, as the conflict asks."""
    return _write_flow(by, "content", _read_flow(by)["content.draft"])


def _read_module(by: OtherWriter) -> Values:
    live = by.describes("ContactFlowModule", "Greet")
    id = by.id("ContactFlowModule", "Greet") + DRAFT
    draft = by.calls("describe_contact_flow_module", ContactFlowModuleId=id)["ContactFlowModule"]
    return {
        "description": live.get("Description"),
        "state": live["State"],
        "tags[Team]": live["Tags"].get("Team"),
        "content": _text_of(live["Content"]),
        "content.draft": _text_of(draft["Content"]),
    }


def _write_module(by: OtherWriter, place: str, value: Any) -> Any:
    of = ("ContactFlowModule", "Greet")
    match place:
        case "content" | "content.draft":
            id = by.id(*of) + (DRAFT if place == "content.draft" else "")
            written = json.dumps(content(says(value), end=RETURN, Settings=SETTINGS))
            return by.calls("update_contact_flow_module_content", ContactFlowModuleId=id, Content=written)
        case "tags[Team]":
            return tag(by, *of, value)
        case "state":
            return by.calls("update_contact_flow_module_metadata", *of, State=value)
        case _:
            return by.calls("update_contact_flow_module_metadata", *of, Description=value)


def _publish_module(by: OtherWriter) -> Any:
    return _write_module(by, "content", _read_module(by)["content.draft"])


def _alias(version: str, **fields: Any) -> Manifest:
    return manifest("ContactFlowModuleAlias", "Greet/live", {"version": f"Greet/{version}", **fields})


def _versions(by: OtherWriter) -> dict[str, int]:
    listed = by.calls("list_contact_flow_module_versions", "ContactFlowModule", "Greet")
    rows = listed["ContactFlowModuleVersionSummaryList"]
    return {f"Greet/{row['VersionDescription']}": int(row["Version"]) for row in rows}


def _alias_id(by: OtherWriter) -> str:
    return by.id("ContactFlowModuleAlias", "Greet/live")


def _read_alias(by: OtherWriter) -> Values:
    of, id = ("ContactFlowModule", "Greet"), _alias_id(by)
    live = by.calls("describe_contact_flow_module_alias", *of, AliasId=id)["ContactFlowModuleAlias"]
    named = {number: name for name, number in _versions(by).items()}
    return {"description": live.get("Description"), "version": named[live["Version"]]}


def _write_alias(by: OtherWriter, place: str, value: Any) -> Any:
    given = {"ContactFlowModuleVersion": _versions(by)[value]} if place == "version" else {"Description": value}
    return by.calls("update_contact_flow_module_alias", "ContactFlowModule", "Greet", AliasId=_alias_id(by), **given)


_flow = Editable(
    flow("Main", says("one"), **ONE),
    flow("Main", says("two"), **TWO),
    _read_flow,
    _write_flow,
    {**TEXTS, "state": ("ARCHIVED",), "content": ("theirs", "two")},
)
_module = Editable(
    module("Greet", says("one"), settings=contract("Yes"), **ONE),
    module("Greet", says("two"), settings=contract("Yes", "No"), **TWO),
    _read_module,
    _write_module,
    {**TEXTS, "state": ("ARCHIVED",), "content": ("theirs", "two")},
)
EDITABLE = {
    "ContactFlow": _flow,
    "ContactFlow with a draft": _flow.drafted({**TEXTS, "content.draft": ("theirs", "two")}, _publish_flow),
    "ContactFlowModule": _module,
    "ContactFlowModule with a draft": _module.drafted({**TEXTS, "content.draft": ("theirs", "two")}, _publish_module),
    "ContactFlowModuleAlias": Editable(
        _alias("one", description="one"),
        _alias("two", description="two"),
        _read_alias,
        _write_alias,
        {"description": ("theirs", "two"), "version": ("Greet/three", "Greet/two")},
        (
            module("Greet", says("Hello")),
            *(manifest("ContactFlowModuleVersion", f"Greet/{name}", {}) for name in ("one", "two", "three")),
        ),
    ),
}
