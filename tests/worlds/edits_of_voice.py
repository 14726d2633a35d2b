"""Changes of flows, modules, aliases, prompts, views, numbers and secrets, by a plan and by another writer."""

from __future__ import annotations

import json
from typing import Any

from reconciler.model import Manifest
from tests.builders.manifests import manifest
from tests.worlds.editable import Editable, Values
from tests.worlds.flows import RETURN, SETTINGS, content, contract, flow, module, says
from tests.worlds.other_writer import OtherWriter

DRAFT = ":$SAVED"
LONDON = {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID", "prefix": "+4420"}
KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001"
ONE: dict[str, Any] = {"description": "one", "tags": {"Team": "a"}}
TWO: dict[str, Any] = {"description": "two", "tags": {"Team": "b"}}
TEXTS = {"description": ("theirs", "two"), "tags[Team]": ("theirs", "b")}


def _tag(by: OtherWriter, kind: str, name: str, value: str) -> Any:
    arn = next(value for key, value in by.describes(kind, name).items() if key.casefold().endswith("arn"))
    return by.world.connect.tag_resource(resourceArn=arn, tags={"Team": value})


# Flows and modules.


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
            return _tag(by, *of, value)
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
            return _tag(by, *of, value)
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


# Prompts and views.


def _read_prompt(by: OtherWriter) -> Values:
    live = by.describes("Prompt", "Greeting")
    return {"description": live.get("Description"), "tags[Team]": live["Tags"].get("Team")}


def _write_prompt(by: OtherWriter, place: str, value: Any) -> Any:
    if place == "description":
        return by.calls("update_prompt", "Prompt", "Greeting", Description=value)
    return _tag(by, "Prompt", "Greeting", value)


def _view(text: str, *actions: str, **fields: Any) -> Manifest:
    return manifest("View", "Card", {"template": {"Head": {"Title": text}}, "actions": list(actions), **fields})


def _read_view(by: OtherWriter) -> Values:
    live = by.describes("View", "Card")
    draft = by.calls("describe_view", ViewId=by.id("View", "Card") + DRAFT)["View"]
    return {
        "description": live.get("Description"),
        "tags[Team]": live["Tags"].get("Team"),
        "template": json.loads(live["Content"]["Template"])["Head"]["Title"],
        "template.draft": json.loads(draft["Content"]["Template"])["Head"]["Title"],
        "actions": tuple(sorted(live["Content"]["Actions"])),
    }


def _write_view(by: OtherWriter, place: str, value: Any) -> Any:
    live = by.describes("View", "Card")["Content"]
    now = {"Template": live["Template"], "Actions": live["Actions"]}
    match place:
        case "template" | "template.draft" as field:
            now["Template"] = json.dumps({"Head": {"Title": value}})
            status = "SAVED" if field == "template.draft" else "PUBLISHED"
            return by.calls("update_view_content", "View", "Card", Status=status, Content=now)
        case "actions":
            now["Actions"] = list(value)
            return by.calls("update_view_content", "View", "Card", Status="PUBLISHED", Content=now)
        case "tags[Team]":
            return _tag(by, "View", "Card", value)
        case _:
            return by.calls("update_view_metadata", "View", "Card", Description=value)


def _publish_view(by: OtherWriter) -> Any:
    return _write_view(by, "template", _read_view(by)["template.draft"])


# Numbers and secrets.


def _flow_names(by: OtherWriter) -> dict[str, str]:
    return {each["Name"]: each["Arn"] for each in by.calls("list_contact_flows")["ContactFlowSummaryList"]}


def _read_number(by: OtherWriter) -> Values:
    live = by.describes("PhoneNumber", "main")
    named = {arn: name for name, arn in _flow_names(by).items()}
    found = by.calls("batch_get_flow_association", ResourceIds=[live["PhoneNumberArn"]])["FlowAssociationSummaryList"]
    return {
        "description": live.get("PhoneNumberDescription"),
        "tags[Team]": live["Tags"].get("Team"),
        "contactFlow": named[found[0]["FlowId"]] if found else None,
    }


def _write_number(by: OtherWriter, place: str, value: Any) -> Any:
    of = ("PhoneNumber", "main")
    match place:
        case "description":
            return by.calls("update_phone_number_metadata", *of, PhoneNumberDescription=value)
        case "tags[Team]":
            return _tag(by, *of, value)
        case _ if value is None:
            return by.calls("disassociate_phone_number_contact_flow", *of)
        case _:
            flow_id = _flow_names(by)[value].rpartition("/")[2]
            return by.calls("associate_phone_number_contact_flow", *of, ContactFlowId=flow_id)


def _policy(action: str) -> dict[str, Any]:
    account = {"AWS": "arn:aws:iam::111122223333:root"}
    read = {"Effect": "Allow", "Principal": account, "Action": f"secretsmanager:{action}", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [read]}


def _secret(action: str | None, **fields: Any) -> Manifest:
    return manifest("Secret", "centre/crm", {"resourcePolicy": _policy(action) if action else None, **fields})


def _read_secret(by: OtherWriter) -> Values:
    client, of = by.world.client("secretsmanager"), {"SecretId": "centre/crm"}
    live, policy = client.describe_secret(**of), client.get_resource_policy(**of).get("ResourcePolicy")
    return {
        "description": live.get("Description"),
        "kmsKeyId": live.get("KmsKeyId"),
        "tags[Team]": next((tag["Value"] for tag in live["Tags"] if tag["Key"] == "Team"), None),
        "resourcePolicy": json.loads(policy)["Statement"][0]["Action"].partition(":")[2] if policy else None,
    }


def _write_secret(by: OtherWriter, place: str, value: Any) -> Any:
    client, of = by.world.client("secretsmanager"), {"SecretId": "centre/crm"}
    match place:
        case "description":
            return client.update_secret(**of, Description=value)
        case "kmsKeyId":
            return client.update_secret(**of, KmsKeyId=value)
        case "tags[Team]":
            return client.tag_resource(**of, Tags=[{"Key": "Team", "Value": value}])
        case _ if value is None:
            return client.delete_resource_policy(**of)
        case _:
            return client.put_resource_policy(**of, ResourcePolicy=json.dumps(_policy(value)))


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
_page = Editable(
    _view("one", "Next", "Back", **ONE),
    _view("two", "Next", "Close", **TWO),
    _read_view,
    _write_view,
    {
        **TEXTS,
        "template": ("theirs", "two"),
        "actions": (("Back", "Next", "Theirs"), ("Close", "Next")),
    },
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
    "PhoneNumber": Editable(
        manifest("PhoneNumber", "main", {**LONDON, **ONE, "contactFlow": "Day"}),
        manifest("PhoneNumber", "main", {**LONDON, **TWO, "contactFlow": "Night"}),
        _read_number,
        _write_number,
        {**TEXTS, "contactFlow": ("Holiday", "Night", None)},
        tuple(flow(name, says(name)) for name in ("Day", "Night", "Holiday")),
    ),
    "Prompt": Editable(
        manifest("Prompt", "Greeting", {"s3Uri": "s3://example-prompts/1.wav", **ONE}),
        manifest("Prompt", "Greeting", {"s3Uri": "s3://example-prompts/2.wav", **TWO}),
        _read_prompt,
        _write_prompt,
        TEXTS,
    ),
    "Secret": Editable(
        _secret("GetSecretValue", **ONE),
        _secret("DescribeSecret", kmsKeyId=KEY, **TWO),
        _read_secret,
        _write_secret,
        {
            **TEXTS,
            "kmsKeyId": (KEY[:-1] + "2", KEY),
            "resourcePolicy": ("ListSecretVersionIds", "DescribeSecret", None),
        },
    ),
    "View": _page,
    "View with a draft": _page.drafted({**TEXTS, "template.draft": ("theirs", "two")}, _publish_view),
}
