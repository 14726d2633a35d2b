"""A second instance of the account, with a phone number that a flow there answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.sandbox import INSTANCE_ID
from tests.worlds.world import UNLIMITED, World, session

NUMBER = "+442079460500"
ADDRESS = "PhoneNumber/support-line"
ALLOWED: Mapping[str, Any] = {"allow_move": frozenset({ADDRESS})}
OWNER = "contact-centre/prod"
MANAGED = {"reconciler:stack": OWNER, "reconciler:address": "PhoneNumber/old-line"}


class Other:
    """The other instance. `world` is that of the environment that has it, `prod`."""

    def __init__(self, world: World, tags: Mapping[str, str] | None = None, **members: Any) -> None:
        self._here, self.connect = world, world.connect
        settings = {"IdentityManagementType": "SAML", "InboundCallsEnabled": True, "OutboundCallsEnabled": True}
        self.instance = self.connect.create_instance(**settings, InstanceAlias="other")["Id"]
        while self.connect.describe_instance(InstanceId=self.instance)["Instance"]["InstanceStatus"] != "ACTIVE":
            pass
        self.arn = self.connect.describe_instance(InstanceId=self.instance)["Instance"]["Arn"]
        number = {"PhoneNumber": NUMBER, "PhoneNumberDescription": "Old", "Tags": {"Team": "Care", **(tags or {})}}
        self.id = world.control.seed("PhoneNumber", {**number, **members}, self.instance)
        flow = world.control.seed("ContactFlow", {"Name": "Elsewhere"}, self.instance)
        place = {"InstanceId": self.instance, "PhoneNumberId": self.id}
        self.connect.associate_phone_number_contact_flow(**place, ContactFlowId=flow)
        world.control.seed("ContactFlow", {"Name": "Main"})
        world.calls()

    @property
    def world(self) -> World:
        environment = replace(self._here.environment, name="prod", instance=self.arn)
        other = World(self._here.control, environment.root)
        other.environment = environment
        other.aws = Aws(session(), self.instance, Pacer(UNLIMITED))
        return other

    @property
    def number(self) -> dict[str, Any]:
        return dict(self.connect.describe_phone_number(PhoneNumberId=self.id)["ClaimedPhoneNumberSummary"])

    @property
    def place(self) -> str:
        """Returns the ARN of the instance that has the number."""
        return str(self.number["TargetArn"])

    @property
    def tags(self) -> dict[str, str]:
        """Returns this program's tags, without the beginning that all have."""
        prefix = "reconciler:"
        found = self.number.get("Tags", {})
        return {key.removeprefix(prefix): text for key, text in found.items() if key.startswith(prefix)}

    def flows(self, instance: str = INSTANCE_ID) -> int:
        """Returns how many flows answer numbers of an instance."""
        return len(self.connect.list_flow_associations(InstanceId=instance)["FlowAssociationSummaryList"])
