"""E-mail addresses, and their aliases: addresses whose mail is forwarded to another one.

A domain is one of the instance's own [admin guide]: `<alias>.email.connect.aws`, or one of its associations with SES.
A switch decides whether others are refused.
"""

from __future__ import annotations

from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.catalogue import CONTACT_FLOW, EMAIL_ADDRESS, INTEGRATION_ASSOCIATION
from reconciler.sandbox.connect.admin.number_flows import FLOW, INBOUND_EMAIL, NumberFlows
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, invalid, not_found

ALIASES = "AliasConfigurations"
CONFLICT = "ResourceConflictException"


class EmailAddresses(NumberFlows):
    def create_email_address(self, params: Params) -> Answer:
        if self.world.switches.unknown_email_domain != "accepted":
            domain = params["EmailAddress"].rpartition("@")[2].casefold()
            if domain not in self._domains(params):
                raise Refused(self.world.switches.unknown_email_domain, f"{domain} is not a domain of the instance")
        return self.create_one(EMAIL_ADDRESS, "CreateEmailAddress", params)

    def describe_email_address(self, params: Params) -> Answer:
        """Describes an address. The whole answer is the resource [service model]."""
        holdings, address = self.one(EMAIL_ADDRESS, params)
        return self.answer_of(address, self.facts(holdings, address), model.answer_members("DescribeEmailAddress"))

    def update_email_address_metadata(self, params: Params) -> Answer:
        """Changes an address, and returns its id and ARN [service model]."""
        self.update_one(EMAIL_ADDRESS, "UpdateEmailAddressMetadata", params)
        _, address = self.one(EMAIL_ADDRESS, params)
        return {"EmailAddressId": address.id, "EmailAddressArn": address.arn}

    def delete_email_address(self, params: Params) -> Answer:
        """Deletes an address with its aliases [service model, AssociateEmailAddressAlias], unless a queue uses it.

        The answer for one in use is a switch.
        """
        holdings, address = self.one(EMAIL_ADDRESS, params)
        user = next((queue for queue in holdings.of("Queue").values() if _uses(queue, address.id)), None)
        if user and self.world.switches.email_address_in_use != "deleted":
            raise Refused(self.world.switches.email_address_in_use, f"the queue {user.name!r} uses {address.name}")
        for other in holdings.of(EMAIL_ADDRESS.name).values():
            if _alias_of(other) == address.id:
                self._set_alias(holdings, other, None)
        return self.delete_one(EMAIL_ADDRESS, "DeleteEmailAddress", params)

    def associate_email_address_alias(self, params: Params) -> Answer:
        """Forwards the alias's mail. An address has one alias, and there are no chains [service model; error inferred].

        "Cannot already be configured as an alias or have an alias of its own" [service model, of the alias].
        """
        holdings, address, alias = self._with_alias(params)
        every = holdings.of(EMAIL_ADDRESS.name).values()
        if alias is address:
            raise invalid("AliasConfiguration: an address cannot be its own alias")
        if _alias_of(address) or any(_alias_of(other) == address.id for other in every):
            raise Refused(CONFLICT, f"{address.name} has an alias, or is one")
        if _alias_of(alias) or any(_alias_of(other) == alias.id for other in every):
            raise Refused(CONFLICT, f"{alias.name} has an alias, or is one")
        self._set_alias(holdings, address, alias)
        return {}

    def disassociate_email_address_alias(self, params: Params) -> Answer:
        """Ends the forwarding. AWS does not document the answer for a missing alias; a switch."""
        holdings, address, alias = self._with_alias(params)
        if _alias_of(address) == alias.id:
            self._set_alias(holdings, address, None)
        elif self.world.switches.missing_link != "accepted":
            raise Refused(self.world.switches.missing_link, f"{alias.name} is not an alias of {address.name}")
        return {}

    def associate_flow(self, params: Params) -> Answer:
        """Associates the flow that e-mails begin, and overwrites another one [inferred: as for phone numbers]."""
        holdings, address = self._with_flow(params)
        flow = self.find(holdings, CONTACT_FLOW, params["FlowId"], by_arn=True)
        address.links = {FLOW: {flow.id: None}}
        return {}

    def disassociate_flow(self, params: Params) -> Answer:
        """Removes the association. AWS does not document the answer for a missing one; a switch."""
        _, address = self._with_flow(params)
        if not address.links.get(FLOW) and self.world.switches.missing_link != "accepted":
            raise Refused(self.world.switches.missing_link, f"{address.name} has no flow")
        address.links = {}
        return {}

    def get_flow_association(self, params: Params) -> Answer:
        """Returns the flow of an address; without one it is a ResourceNotFoundException [inferred]."""
        holdings, address = self._with_flow(params)
        for id in address.links.get(FLOW, ()):
            flow = self.find(holdings, CONTACT_FLOW, id)
            return {"ResourceId": address.arn, "FlowId": flow.arn, "ResourceType": INBOUND_EMAIL}
        raise not_found(f"{address.name} has no flow")

    def _with_flow(self, params: Params) -> tuple[Holdings, Resource]:
        """Returns the address that a request names by its ARN. Other resources have no flow here [simplified]."""
        if params["ResourceType"] != INBOUND_EMAIL:
            raise invalid(f"ResourceType: the sandbox has flows of {INBOUND_EMAIL} alone")
        holdings = self.holdings(params)
        return holdings, self.find(holdings, EMAIL_ADDRESS, params["ResourceId"], by_arn=True)

    def _domains(self, params: Params) -> set[str]:
        """Returns the domains of an instance: its own, and those of its associations with SES [admin guide]."""
        holdings, alias = self.holdings(params), self.instance(params).instance_alias
        associations = (it.members for it in holdings.of(INTEGRATION_ASSOCIATION.name).values())
        identities = [it["IntegrationArn"] for it in associations if it["IntegrationType"] == "SES_IDENTITY"]
        return {f"{alias}.email.connect.aws".casefold(), *(arn.rpartition("/")[2].casefold() for arn in identities)}

    def _with_alias(self, params: Params) -> tuple[Holdings, Resource, Resource]:
        holdings, address = self.one(EMAIL_ADDRESS, params)
        return holdings, address, self.find(holdings, EMAIL_ADDRESS, params["AliasConfiguration"]["EmailAddressId"])

    def _set_alias(self, holdings: Holdings, address: Resource, alias: Resource | None) -> None:
        kept = {name: value for name, value in address.members.items() if name != ALIASES}
        self.change(holdings, address, {**kept, **({ALIASES: [{"EmailAddressId": alias.id}]} if alias else {})})


def _alias_of(address: Resource) -> str:
    """Returns the id of an address's alias; empty if it has none."""
    return str(next((alias["EmailAddressId"] for alias in address.members.get(ALIASES, ())), ""))


def _uses(queue: Resource, address: str) -> bool:
    default = queue.members.get("OutboundEmailConfig", {}).get("OutboundEmailAddressId")
    return address == default or address in queue.links.get("email addresses", {})
