"""Edits of another writer while the centre becomes its second version: between the plan and its apply."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.worlds.flows import RETURN, SETTINGS, content, says
from tests.worlds.other_writer import Edit, OtherWriter

DRAFT = ":$SAVED"
TOLL_FREE = "+18335550100"  # the first number that a search for the second version's new number finds
TAKEN = {"Name": "taken"}


class Meanwhile(NamedTuple):
    """An edit. `is_kept`: whether it is still there after the apply.

    `path`: the changed field of `address` that must not be written, or an empty text if there is none.
    `settle`: what the other writer does before the next run.
    """

    address: str
    path: str
    edit: Edit
    is_kept: Callable[[OtherWriter], bool]
    settle: Edit = lambda by: None


def _content(text: str) -> str:
    return json.dumps(content(says(text)))


def _saves(name: str, qualifier: str = "") -> Edit:
    return lambda by: by.calls(
        "update_contact_flow_content", ContactFlowId=by.id("ContactFlow", name) + qualifier, Content=_content("Theirs")
    )


def _has_text(name: str, qualifier: str = "") -> Callable[[OtherWriter], bool]:
    def is_kept(by: OtherWriter) -> bool:
        id = by.id("ContactFlow", name) + qualifier
        live = by.calls("describe_contact_flow", ContactFlowId=id)["ContactFlow"]
        return bool(live["Content"] == _content("Theirs"))

    return is_kept


def _saves_module_draft(by: OtherWriter) -> Any:
    draft = json.dumps(content(says("Theirs"), end=RETURN, Settings=SETTINGS))
    id = by.id("ContactFlowModule", "Greet") + DRAFT
    return by.calls("update_contact_flow_module_content", ContactFlowModuleId=id, Content=draft)


def _has_module_draft(by: OtherWriter) -> bool:
    id = by.id("ContactFlowModule", "Greet") + DRAFT
    return "Theirs" in by.calls("describe_contact_flow_module", ContactFlowModuleId=id)["ContactFlowModule"]["Content"]


def _publishes_module(by: OtherWriter) -> Any:
    draft = json.dumps(content(says("Theirs"), end=RETURN, Settings=SETTINGS))
    return by.calls("update_contact_flow_module_content", "ContactFlowModule", "Greet", Content=draft)


def _renames(by: OtherWriter) -> Any:
    return by.calls("update_contact_flow_metadata", "ContactFlow", "Aim", Name="Renamed")


def _leads(number: str, to: str) -> Edit:
    return lambda by: by.calls(
        "associate_phone_number_contact_flow", "PhoneNumber", number, ContactFlowId=by.id("ContactFlow", to)
    )


def _leads_to(number: str, to: str) -> Callable[[OtherWriter], bool]:
    def is_kept(by: OtherWriter) -> bool:
        arn = by.describes("PhoneNumber", number)["PhoneNumberArn"]
        found = by.calls("batch_get_flow_association", ResourceIds=[arn])["FlowAssociationSummaryList"]
        return [each["FlowId"].rpartition("/")[2] for each in found] == [by.id("ContactFlow", to)]

    return is_kept


def _describes(operation: str, kind: str, name: str, member: str = "Description") -> tuple[Edit, Any]:
    """Returns an edit of a description, and the look whether it is kept."""
    return (
        lambda by: by.calls(operation, kind, name, **{member: "theirs"}),
        lambda by: by.describes(kind, name)[member] == "theirs",
    )


def _deletes_alias(name: str) -> Edit:
    return lambda by: by.calls(
        "delete_contact_flow_module_alias",
        "ContactFlowModule",
        "Greet",
        AliasId=by.id("ContactFlowModuleAlias", name),
    )


def _has_no_alias(name: str) -> Callable[[OtherWriter], bool]:
    def is_kept(by: OtherWriter) -> bool:
        listed = by.calls("list_contact_flow_module_aliases", "ContactFlowModule", "Greet")
        return name not in {each["AliasName"] for each in listed["ContactFlowModuleAliasSummaryList"]}

    return is_kept


def _claims(by: OtherWriter) -> Any:
    return by.calls("claim_phone_number", PhoneNumber=TOLL_FREE, Tags=TAKEN)


def _has_claimed(by: OtherWriter) -> bool:
    listed = by.calls("list_phone_numbers_v2")["ListPhoneNumbersSummaryList"]
    (id,) = [each["PhoneNumberId"] for each in listed if each["PhoneNumber"] == TOLL_FREE]
    return bool(by.calls("describe_phone_number", PhoneNumberId=id)["ClaimedPhoneNumberSummary"]["Tags"] == TAKEN)


def _tags_secret(by: OtherWriter) -> Any:
    tag = {"Key": "Team", "Value": "theirs"}
    return by.world.client("secretsmanager").tag_resource(SecretId="centre/crm", Tags=[tag])


def _has_tagged_secret(by: OtherWriter) -> bool:
    tags = by.world.client("secretsmanager").describe_secret(SecretId="centre/crm")["Tags"]
    return {"Key": "Team", "Value": "theirs"} in tags


def _saves_view(status: str) -> Edit:
    page = {"Template": '{"Body": ["Theirs"]}', "Actions": ["Next"]}
    return lambda by: by.calls("update_view_content", "View", "Card", Status=status, Content=page)


def _shows(qualifier: str = "") -> Callable[[OtherWriter], bool]:
    def is_kept(by: OtherWriter) -> bool:
        view = by.calls("describe_view", ViewId=by.id("View", "Card") + qualifier)["View"]
        return "Theirs" in view["Content"]["Template"]

    return is_kept


EDITS = {
    "publishes a flow of a circle": Meanwhile("ContactFlow/Day", "content", _saves("Day"), _has_text("Day")),
    "saves a draft of a flow of a circle": Meanwhile(
        "ContactFlow/Night", "content", _saves("Night", DRAFT), _has_text("Night", DRAFT), _saves("Night")
    ),
    "publishes a flow that is a draft": Meanwhile("ContactFlow/Draft", "", _saves("Draft"), _has_text("Draft")),
    "renames a flow": Meanwhile(
        "ContactFlow/Aim", "", _renames, lambda by: by.describes("ContactFlow", "Aim")["Name"] == "Renamed"
    ),
    "describes a flow": Meanwhile(
        "ContactFlow/Aim", "description", *_describes("update_contact_flow_metadata", "ContactFlow", "Aim")
    ),
    "publishes a flow to be deleted": Meanwhile("ContactFlow/Fax", "content", _saves("Fax"), _has_text("Fax")),
    "saves a draft of a flow to be deleted": Meanwhile(
        "ContactFlow/Fax", "content", _saves("Fax", DRAFT), _has_text("Fax", DRAFT), _saves("Fax")
    ),
    "saves a draft of a module": Meanwhile(
        "ContactFlowModule/Greet", "content", _saves_module_draft, _has_module_draft, _publishes_module
    ),
    "deletes an alias": Meanwhile(
        "ContactFlowModuleAlias/Greet/live", "version", _deletes_alias("Greet/live"), _has_no_alias("live")
    ),
    "deletes an alias to be deleted": Meanwhile(
        "ContactFlowModuleAlias/Greet/fax", "", _deletes_alias("Greet/fax"), _has_no_alias("fax")
    ),
    "describes a prompt": Meanwhile(
        "Prompt/Greeting", "description", *_describes("update_prompt", "Prompt", "Greeting")
    ),
    "publishes a view": Meanwhile("View/Card", "template", _saves_view("PUBLISHED"), _shows()),
    "saves a draft of a view": Meanwhile(
        "View/Card", "template", _saves_view("SAVED"), _shows(DRAFT), _saves_view("PUBLISHED")
    ),
    "leads a number elsewhere": Meanwhile(
        "PhoneNumber/main", "contactFlow", _leads("main", "Aim"), _leads_to("main", "Aim")
    ),
    "leads a number to be released elsewhere": Meanwhile(
        "PhoneNumber/fax", "contactFlow", _leads("fax", "Aim"), _leads_to("fax", "Aim")
    ),
    "describes an adopted number": Meanwhile(
        "PhoneNumber/hotline",
        "description",
        *_describes("update_phone_number_metadata", "PhoneNumber", "hotline", "PhoneNumberDescription"),
    ),
    "claims the number that a search finds": Meanwhile("PhoneNumber/sales", "", _claims, _has_claimed),
    "tags a secret": Meanwhile("Secret/centre/crm", "tags[Team]", _tags_secret, _has_tagged_secret),
}
