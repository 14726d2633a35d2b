"""The flow of a phone number or an e-mail address. It has operations of its own: no description shows it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.connect.admin.catalogue import CONTACT_FLOW, EMAIL_ADDRESS, PHONE_NUMBER
from reconciler.sandbox.connect.admin.number_moves import NumberMoves
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, invalid

FLOW = "flow"
VOICE, INBOUND_EMAIL = "VOICE_PHONE_NUMBER", "INBOUND_EMAIL"
OWNERS = ((PHONE_NUMBER, VOICE), (EMAIL_ADDRESS, INBOUND_EMAIL))


class NumberFlows(NumberMoves):
    def associate_phone_number_contact_flow(self, params: Params) -> Answer:
        """Associates a flow and overwrites another one [seen: terraform-provider-aws, which has no update]."""
        holdings, number = self._of_instance(params)
        flow = self.find(holdings, CONTACT_FLOW, params["ContactFlowId"])
        number.links = {**number.links, FLOW: {flow.id: None}}
        return {}

    def disassociate_phone_number_contact_flow(self, params: Params) -> Answer:
        """Removes the association. AWS does not document the answer for a missing one; a switch."""
        _, number = self._of_instance(params)
        if not number.links.get(FLOW) and self.world.switches.missing_link != "accepted":
            raise Refused(self.world.switches.missing_link, f"{number.name} has no flow")
        number.links = {}
        return {}

    def list_flow_associations(self, params: Params) -> Answer:
        """Lists the associations of phone numbers and e-mail addresses. ResourceId and FlowId are ARNs [seen]."""
        holdings = self.holdings(params)
        rows = list(_associations(holdings, params))
        fixed = [holdings.arn, params.get("ResourceType")]
        return self.page_of("ListFlowAssociations", params, fixed, [(row["ResourceId"], row) for row in rows])

    def batch_get_flow_association(self, params: Params) -> Answer:
        """Returns the associations of resources by their ARNs; those without any are left out [inferred]."""
        rows = _associations(self.holdings(params), params)
        return {"FlowAssociationSummaryList": [row for row in rows if row["ResourceId"] in params["ResourceIds"]]}

    def _of_instance(self, params: Params) -> tuple[Holdings, Resource]:
        """Returns the number that a request names, which must be claimed to the instance of the request."""
        holdings = self.holdings(params)
        where, number = self._settled(params["PhoneNumberId"])
        if where is not holdings:
            raise invalid(f"PhoneNumberId: {number.name} is not claimed to instance {params['InstanceId']}")
        return holdings, number


def _associations(holdings: Holdings, params: Params) -> Iterator[Answer]:
    """Yields the associations of the type that a request names, or of all types."""
    flows = holdings.of(CONTACT_FLOW.name)
    for type, word in OWNERS:
        for owner in holdings.of(type.name).values() if params.get("ResourceType") in (None, word) else ():
            led = [flows[id].arn for id in owner.links.get(FLOW, {}) if id in flows]
            yield from ({"ResourceId": owner.arn, "FlowId": arn, "ResourceType": word} for arn in led)
