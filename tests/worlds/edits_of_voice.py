"""Changes of prompts, views, numbers and secrets, by a plan and by another writer."""

from __future__ import annotations

import json
from typing import Any

from reconciler.model import Manifest
from tests.builders.manifests import manifest
from tests.worlds.editable import Editable, Values
from tests.worlds.edits_of_flows import DRAFT, ONE, TEXTS, TWO, tag
from tests.worlds.flows import flow, says
from tests.worlds.other_writer import OtherWriter

LONDON = {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID", "prefix": "+4420"}
KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001"


# Prompts and views.


def _read_prompt(by: OtherWriter) -> Values:
    live = by.describes("Prompt", "Greeting")
    return {"description": live.get("Description"), "tags[Team]": live["Tags"].get("Team")}


def _write_prompt(by: OtherWriter, place: str, value: Any) -> Any:
    if place == "description":
        return by.calls("update_prompt", "Prompt", "Greeting", Description=value)
    return tag(by, "Prompt", "Greeting", value)


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
            return tag(by, "View", "Card", value)
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
            return tag(by, *of, value)
        case _ if value is None:
            return by.calls("disassociate_phone_number_contact_flow", *of)
        case _:
            flow_id = _flow_names(by)[value].rpartition("/")[2]
            return by.calls("associate_phone_number_contact_flow", *of, ContactFlowId=flow_id)


def _policy(action: str) -> dict[str, Any]:
    account = {"AWS": "arn:aws:iam::111122223333:root"}
    read = {"Effect": "Allow", "Principal": account, "Action": action, "Resource": "*"}
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
        "resourcePolicy": json.loads(policy)["Statement"][0]["Action"] if policy else None,
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
        _secret("secretsmanager:GetSecretValue", **ONE),
        _secret("secretsmanager:DescribeSecret", kmsKeyId=KEY, **TWO),
        _read_secret,
        _write_secret,
        {
            **TEXTS,
            "kmsKeyId": (KEY[:-1] + "2", KEY),
            "resourcePolicy": ("secretsmanager:ListSecretVersionIds", "secretsmanager:DescribeSecret", None),
        },
    ),
    "View": _page,
    "View with a draft": _page.drafted({**TEXTS, "template.draft": ("theirs", "two")}, _publish_view),
}
