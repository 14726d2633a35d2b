"""The flows, modules, prompts, views, numbers and secrets of the centre, in two versions.

Day and Night lead to each other. Day also invokes a module by its alias, and the module leads to Night. The queue
Billing has a quick connect whose flow leads back to that queue.
"""

from __future__ import annotations

import json
from typing import Any

from reconciler.model import Manifest, Outcome, Status
from reconciler.model.environment import Quotas
from reconciler.model.ownership import ADDRESS
from tests.builders.manifests import manifest
from tests.worlds.flows import (
    HERE,
    RETURN,
    SETTINGS,
    block,
    content,
    contract,
    flow,
    goes_to,
    invokes,
    module,
    says,
)
from tests.worlds.other_writer import OtherWriter
from tests.worlds.world import World

# Resources that the second version lacks.
GONE = (
    "ContactFlow/Fax",
    "ContactFlowModule/Fax",
    "ContactFlowModuleAlias/Greet/fax",
    "ContactFlowModuleVersion/Greet/fax",
    "Prompt/Fax",
    "View/Fax",
    "PhoneNumber/fax",
    "Secret/centre/fax",
)
# A number that no manifest of the second version declares and that no tombstone names: it stays.
LEFT = "PhoneNumber/old line"
# Only a tombstone and this permission together release a number.
RELEASED = frozenset({"PhoneNumber/fax"})
HOTLINE = "+15550142"  # a number that the instance has before the first version
NUMBERS = Quotas({"phoneNumbersPerInstance": 20})
SUMMARIES = {
    "ContactFlow": ("list_contact_flows", "ContactFlowSummaryList", {}),
    "ContactFlowModule": ("list_contact_flow_modules", "ContactFlowModulesSummaryList", {}),
    "Prompt": ("list_prompts", "PromptSummaryList", {}),
    "View": ("list_views", "ViewsSummaryList", {"Type": "CUSTOMER_MANAGED"}),
}
KINDS_HERE = (*SUMMARIES, "ContactFlowModuleVersion", "ContactFlowModuleAlias", "PhoneNumber", "Secret")
LONDON = {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID", "prefix": "+4420"}
TOLL_FREE = {"phoneNumberCountryCode": "CA", "phoneNumberType": "TOLL_FREE"}


def voice(second: bool) -> list[Manifest]:
    made = [*_flows(second), *_modules(second), *_pages_and_sounds(second), *_numbers(second), *_secrets(second)]
    return [each for each in made if not (second and str(each.ref) in (*GONE, LEFT))]


def left() -> list[Manifest]:
    """Returns what the second version lacks and no tombstone names: it stays, without a manifest."""
    return [each for each in voice(second=False) if str(each.ref) == LEFT]


def _tags(second: bool) -> dict[str, str]:
    return {"Team": "Sales" if second else "Care", ("Area" if second else "Cost"): "42"}


def _flows(second: bool) -> list[Manifest]:
    results = ("Yes", "No") if second else ("Yes",)
    greet = {**invokes("Greet", *results), "Parameters": {"FlowModuleId": "${ContactFlowModuleAlias/Greet/live.arn}"}}
    greet["Transitions"]["NextAction"] = "Go"
    plays = block("MessageParticipant", "Play", "Ask", PromptId="${Prompt/Greeting.arn}")
    queue = block("UpdateContactTargetQueue", "Aim", "Wait", QueueId="${Queue/billing.arn}")
    wait = block("TransferContactToQueue", "Wait")
    wait["Transitions"]["Errors"].append({"NextAction": "End", "ErrorType": "QueueAtCapacity"})
    after = {"description": "After" if second else "Before", "tags": _tags(second)}
    closed = says("We are closed until nine" if second else "We are closed", leads_to="Go")
    return [
        flow("Day", plays, greet, goes_to("Night"), **after),
        flow("Night", closed, goes_to("Day")),
        flow("Aim", queue, wait, type="QUEUE_TRANSFER", **after),
        # The second version publishes the draft.
        flow("Draft", says("Soon"), status="PUBLISHED" if second else "SAVED"),
        flow("Fax", says("Fax")),
    ]


def _modules(second: bool) -> list[Manifest]:
    greet = {"settings": contract("Yes", "No") if second else contract("Yes"), "description": "Two" if second else "1"}
    latest = "two" if second else "one"
    return [
        module("Greet", says(f"Hello {latest}", leads_to="Go"), goes_to("Night"), **greet, tags=_tags(second)),
        module("Fax", says("Fax")),
        manifest("ContactFlowModuleVersion", "Greet/one", {}),
        *([manifest("ContactFlowModuleVersion", "Greet/two", {})] if second else []),
        manifest("ContactFlowModuleVersion", "Greet/fax", {}),
        manifest("ContactFlowModuleAlias", "Greet/live", {"version": f"Greet/{latest}", "description": latest}),
        manifest("ContactFlowModuleAlias", "Greet/fax", {"version": "Greet/fax"}),
    ]


def _pages_and_sounds(second: bool) -> list[Manifest]:
    page = {"template": {"Body": ["Who called" if second else "Who is calling"]}, "actions": ["Next"]}
    changed = {"description": "After" if second else "Before", "tags": _tags(second)}
    return [
        manifest("Prompt", "Greeting", {"s3Uri": f"s3://example-prompts/{2 if second else 1}.wav", **changed}),
        manifest("Prompt", "Fax", {"s3Uri": "s3://example-prompts/fax.wav"}),
        manifest("View", "Card", {**page, "actions": ["Next", "Back"] if second else ["Next", "Close"], **changed}),
        manifest("View", "Fax", page),
    ]


def _numbers(second: bool) -> list[Manifest]:
    changed = {"description": "After" if second else "Before", "tags": _tags(second)}
    return [
        manifest("PhoneNumber", "main", {**LONDON, **changed, "contactFlow": "Night" if second else "Day"}),
        manifest("PhoneNumber", "hotline", {"phoneNumber": HOTLINE, "contactFlow": "Day", **changed}, adopt=True),
        manifest("PhoneNumber", "fax", {**LONDON, "contactFlow": "Fax"}),
        manifest("PhoneNumber", "old line", {**LONDON, "contactFlow": "Night"}),
        *([manifest("PhoneNumber", "sales", {**TOLL_FREE, "contactFlow": "Day"})] if second else []),
    ]


def _secrets(second: bool) -> list[Manifest]:
    account = {"AWS": "arn:aws:iam::111122223333:root"}
    read = {"Effect": "Allow", "Principal": account, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    described = {**read, "Action": "secretsmanager:DescribeSecret"}
    policy = {"Version": "2012-10-17", "Statement": [described if second else read]}
    fields = {"description": "After" if second else "Before", "recoveryWindowInDays": 7 if second else 14}
    return [
        manifest("Secret", "centre/crm", {**fields, "resourcePolicy": policy, "tags": _tags(second)}),
        manifest("Secret", "centre/fax", {}),
    ]


def furnish(world: World) -> None:
    """Gives the instance what it has before the first version: a number to adopt, and room for others."""
    world.control.raise_quotas({"phoneNumbers": 20})
    world.control.seed("PhoneNumber", {"PhoneNumber": HOTLINE})


def heard(world: World) -> dict[str, list[str]]:
    """Returns the live resources from list operations, without AWS's own. A number is listed by the name of its tag."""
    found = {kind: sorted(_listed(world, kind)) for kind in SUMMARIES}
    versions, aliases = [], []
    for name, id in _listed(world, "ContactFlowModule").items():
        of = {**HERE, "ContactFlowModuleId": id}
        frozen = world.connect.list_contact_flow_module_versions(**of)["ContactFlowModuleVersionSummaryList"]
        versions += [f"{name}/{each['VersionDescription']}" for each in frozen]
        named = world.connect.list_contact_flow_module_aliases(**of)["ContactFlowModuleAliasSummaryList"]
        aliases += [f"{name}/{each['AliasName']}" for each in named]
    secrets = world.client("secretsmanager").list_secrets()["SecretList"]
    return found | {
        "ContactFlowModuleVersion": sorted(versions),
        "ContactFlowModuleAlias": sorted(aliases),
        "PhoneNumber": sorted(numbers(world)),
        "Secret": sorted(each["Name"] for each in secrets),
    }


def numbers(world: World) -> list[str]:
    """Returns the name of each number of the instance: that of a tag, or the number itself."""
    rows = world.connect.list_phone_numbers_v2(**HERE)["ListPhoneNumbersSummaryList"]
    named = []
    for row in rows:
        live = world.connect.describe_phone_number(PhoneNumberId=row["PhoneNumberId"])["ClaimedPhoneNumberSummary"]
        tags = live.get("Tags", {})
        named.append(tags.get(ADDRESS, tags.get("Name", row["PhoneNumber"])).removeprefix("PhoneNumber/"))
    return named


def unpublished(world: World) -> set[str]:
    """Returns the addresses of the flows and modules that contacts cannot enter, or that are still without content."""
    found = set()
    for name, id in _listed(world, "ContactFlow").items():
        draft = world.connect.describe_contact_flow(**HERE, ContactFlowId=f"{id}:$SAVED")["ContactFlow"]
        listed = world.connect.list_contact_flows(**HERE)["ContactFlowSummaryList"]
        status = next(each["ContactFlowStatus"] for each in listed if each["Id"] == id)
        found |= {f"ContactFlow/{name}"} if status == "SAVED" or _is_stub(draft["Content"]) else set()
    for name, id in _listed(world, "ContactFlowModule").items():
        live = world.connect.describe_contact_flow_module(**HERE, ContactFlowModuleId=id)["ContactFlowModule"]
        found |= {f"ContactFlowModule/{name}"} if _is_stub(live["Content"]) else set()
    return found


def check_unfinished(world: World, done: Outcome, *drafts: str) -> None:
    """Checks that the outcome says of each flow that the run left without its content that it is not done."""
    undone = {
        str(done.plan.changes[item.change].ref) for item, it in done.results.items() if it.status is not Status.DONE
    }
    assert unpublished(world) - {*drafts} <= undone


def _is_stub(content: str) -> bool:
    return '"StartAction":"end"' in content


def _listed(world: World, kind: str) -> dict[str, str]:
    operation, items, params = SUMMARIES[kind]
    pages = world.connect.get_paginator(operation).paginate(InstanceId=world.control.instance, **params)
    named: dict[str, Any] = {each["Name"]: each["Id"] for page in pages for each in page[items]}
    return {name: id for name, id in named.items() if not name.startswith("Default ") and not name.endswith(".wav")}


# Undeclared: resources of another writer, and undeclared fields of managed resources.

STRANGERS = ("ContactFlow", "ContactFlowModule", "PhoneNumber", "Prompt", "Secret", "View")


def set_beside(by: OtherWriter) -> None:
    """Another writer works in the console, on the first version."""
    of_flow = json.dumps(content(says("Theirs")))
    by.calls("create_contact_flow", Name="theirs", Type="CONTACT_FLOW", Content=of_flow)
    of_module = json.dumps(content(says("Theirs"), end=RETURN, Settings=SETTINGS))
    by.calls("create_contact_flow_module", Name="theirs", Content=of_module)
    by.calls("create_prompt", Name="theirs", S3Uri="s3://example-prompts/theirs.wav")
    by.calls("create_view", Name="theirs", Status="SAVED", Content={})
    by.calls("claim_phone_number", PhoneNumber="+33199001200", Tags={"Name": "theirs"})
    by.world.client("secretsmanager").create_secret(Name="theirs", SecretString="theirs")
    by.calls("update_contact_flow_metadata", "ContactFlow", "Draft", Description="theirs")
    by.calls("update_contact_flow_metadata", "ContactFlow", "Night", Description="theirs")


def beside(by: OtherWriter) -> dict[str, Any]:
    """Returns the other writer's settings as they are now."""
    drafts = by.calls("describe_contact_flow", ContactFlowId=f"{by.id('ContactFlow', 'Draft')}:$SAVED")["ContactFlow"]
    secrets = by.world.client("secretsmanager")
    return {
        "draft": drafts["Description"],
        "night": by.describes("ContactFlow", "Night")["Description"],
        "value": secrets.get_secret_value(SecretId="theirs")["SecretString"],
        "left": by.describes("PhoneNumber", "old line")["PhoneNumberId"],
    }
