"""Moves of phone numbers from another instance: only with the flag, once, and continued by the next run."""

from __future__ import annotations

from typing import Any

from reconciler.model import Manifest
from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
NUMBER = "+442079460500"
ADDRESS = "PhoneNumber/support-line"
ALLOWED = {"allow_move": frozenset({ADDRESS})}
THERE = {"reconciler:stack": "contact-centre/prod", "reconciler:address": "PhoneNumber/old-line"}


class Other:
    """Another instance of the account, with a number that a flow answers."""

    def __init__(self, world: World, tags: dict[str, str] | None = None) -> None:
        self._world, connect = world, world.connect
        settings = {"IdentityManagementType": "SAML", "InboundCallsEnabled": True, "OutboundCallsEnabled": True}
        self.instance = connect.create_instance(**settings, InstanceAlias="other")["Id"]
        while connect.describe_instance(InstanceId=self.instance)["Instance"]["InstanceStatus"] != "ACTIVE":
            pass
        self.arn = connect.describe_instance(InstanceId=self.instance)["Instance"]["Arn"]
        members = {"PhoneNumber": NUMBER, "PhoneNumberDescription": "Old", "Tags": {"Team": "Care", **(tags or {})}}
        self.id = world.control.seed("PhoneNumber", members, self.instance)
        flow = world.control.seed("ContactFlow", {"Name": "Elsewhere"}, self.instance)
        connect.associate_phone_number_contact_flow(InstanceId=self.instance, PhoneNumberId=self.id, ContactFlowId=flow)
        world.control.seed("ContactFlow", {"Name": "Main"})
        world.calls()

    @property
    def number(self) -> dict[str, Any]:
        return dict(self._world.connect.describe_phone_number(PhoneNumberId=self.id)["ClaimedPhoneNumberSummary"])

    @property
    def flows(self) -> list[str]:
        found = self._world.connect.list_flow_associations(**HERE)["FlowAssociationSummaryList"]
        return [each["FlowId"] for each in found]


def number(**fields: Any) -> Manifest:
    return manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER, "contactFlow": "Main", **fields})


def test_a_move_takes_the_number_over_with_tags_description_and_flow(world: World) -> None:
    other = Other(world, THERE)

    done = world.run(number(description="Support"), **ALLOWED)

    assert (done.exit_code, other.number["TargetArn"], other.number["PhoneNumberDescription"]) == (
        0,
        INSTANCE_ARN,
        "Support",
    )
    assert other.number["Tags"] == {
        "Team": "Care",
        "reconciler:stack": "contact-centre/test",
        "reconciler:address": ADDRESS,
        "reconciler:moved-from": "contact-centre/prod PhoneNumber/old-line",
    }
    assert len(other.flows) == 1
    assert not world.plan(number(description="Support")).changes
