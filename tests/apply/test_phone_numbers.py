"""Phone numbers under apply: a claim chooses its number right before it is made, and never makes a second one."""

from __future__ import annotations

from typing import Any

from reconciler.model import Manifest, Outcome
from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
LONDON = {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID", "prefix": "+4420"}


def number(name: str = "main-line", **fields: Any) -> Manifest:
    return manifest("PhoneNumber", name, {**LONDON, **fields})


def claimed(world: World) -> dict[str, str]:
    """Returns the claimed numbers by their ids."""
    rows = world.connect.list_phone_numbers_v2(**HERE)["ListPhoneNumbersSummaryList"]
    return {row["PhoneNumberId"]: row["PhoneNumber"] for row in rows}


def messages(done: Outcome) -> set[str]:
    return {result.message for result in done.results.values()}


def test_a_number_is_searched_claimed_awaited_and_attached_to_its_flow(world: World) -> None:
    """S4-27: search, claim, wait, associate; country and type are honoured."""
    world.control.set_faults({"claim": {"calls": 3}})
    world.control.seed("ContactFlow", {"Name": "Main"})
    declared = number(description="Main line", contactFlow="Main", tags={"Team": "Sales"})

    done = world.run(declared)

    (id,) = claimed(world)
    found = world.connect.describe_phone_number(PhoneNumberId=id)["ClaimedPhoneNumberSummary"]
    assert done.exit_code == 0
    assert {name: found[name] for name in ("PhoneNumber", "PhoneNumberDescription", "TargetArn")} == {
        "PhoneNumber": "+442079460000",
        "PhoneNumberDescription": "Main line",
        "TargetArn": INSTANCE_ARN,
    }
    assert (found["PhoneNumberCountryCode"], found["PhoneNumberType"]) == ("GB", "DID")
    assert found["Tags"]["Team"] == "Sales"
    (flow,) = world.connect.list_flow_associations(**HERE)["FlowAssociationSummaryList"]
    assert flow["ResourceId"] == found["PhoneNumberArn"]
    assert not world.plan(declared).changes
