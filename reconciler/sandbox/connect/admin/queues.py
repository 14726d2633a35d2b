"""Queues, and the resources that they refer to."""

from __future__ import annotations

from reconciler.sandbox.connect.admin.catalogue import EMAIL_ADDRESS, QUEUE, QUICK_CONNECT
from reconciler.sandbox.connect.admin.links import Links
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, in_use, invalid

CONNECTS, EMAILS = "quick connects", "email addresses"
MOST_EMAILS = 50


class Queues(Links):
    def create_queue(self, params: Params) -> Answer:
        """Creates a queue. The request has no Status: a new queue is ENABLED [inferred]."""
        self._refuse_too_many_contacts(params)
        queue = self.new(QUEUE, params)
        queue.links[CONNECTS] = dict.fromkeys(queue.members.pop("QuickConnectIds", []))
        queue.links[EMAILS] = {
            address["EmailAddressId"]: None for address in queue.members.pop("EmailAddressesConfig", [])
        }
        return self.created(queue)

    def list_queues(self, params: Params) -> Answer:
        """Lists queues, and the agents' own ones if QueueTypes is missing [service model].

        Those have no name [command line reference]. Simplified: no other answer shows them.
        """
        holdings, wanted = self.holdings(params), params.get("QueueTypes") or ("STANDARD", "AGENT")
        standard = holdings.of(QUEUE.name).values() if "STANDARD" in wanted else ()
        agents = holdings.of("User").values() if "AGENT" in wanted else ()
        own = [(agent, _agents_queue(holdings, agent) | self.stamp(agent.modified)) for agent in agents]
        rows = [*((queue, self.facts(holdings, queue)) for queue in standard), *own]
        return self.page("ListQueues", params, [holdings.arn, sorted(wanted)], rows)

    def update_queue_max_contacts(self, params: Params) -> Answer:
        """Sets the limit; a missing one means no limit [inferred]."""
        self._refuse_too_many_contacts(params)
        return self.update_one(QUEUE, "UpdateQueueMaxContacts", params)

    def associate_queue_quick_connects(self, params: Params) -> Answer:
        holdings, queue = self.one(QUEUE, params)
        ids = self.resolved(holdings, QUEUE, params)["QuickConnectIds"]
        self.attach(holdings, queue, CONNECTS, dict.fromkeys(ids))
        return {}

    def disassociate_queue_quick_connects(self, params: Params) -> Answer:
        """Removes quick connects. One that does not exist is not associated [inferred]."""
        holdings, queue = self.one(QUEUE, params)
        self.detach(holdings, queue, CONNECTS, params["QuickConnectIds"])
        return {}

    def list_queue_quick_connects(self, params: Params) -> Answer:
        holdings, queue = self.one(QUEUE, params)
        connects = holdings.of(QUICK_CONNECT.name)
        linked = [connects[id] for id in queue.links.get(CONNECTS, ()) if id in connects]
        rows = [(connect, self.facts(holdings, connect)) for connect in linked]
        return self.page("ListQueueQuickConnects", params, [queue.arn], rows) | self.stamp(queue.modified)

    def associate_queue_email_addresses(self, params: Params) -> Answer:
        """Adds up to 49 e-mail addresses to the default outbound one [service model]."""
        holdings, queue = self.one(QUEUE, params)
        given = self.resolved(holdings, QUEUE, params)["EmailAddressesConfig"]
        ids = {address["EmailAddressId"]: None for address in given}
        if len({**queue.links.get(EMAILS, {}), **ids}) >= MOST_EMAILS:
            raise Refused("LimitExceededException", f"a queue may have {MOST_EMAILS - 1} email addresses and a default")
        self.attach(holdings, queue, EMAILS, ids)
        return {}

    def disassociate_queue_email_addresses(self, params: Params) -> Answer:
        holdings, queue = self.one(QUEUE, params)
        self.detach(holdings, queue, EMAILS, self.resolved(holdings, QUEUE, params)["EmailAddressesId"])
        return {}

    def list_queue_email_addresses(self, params: Params) -> Answer:
        """Lists the associated addresses and the default outbound one [service model]."""
        holdings, queue = self.one(QUEUE, params)
        default = queue.members.get("OutboundEmailConfig", {}).get("OutboundEmailAddressId")
        addresses = holdings.of(EMAIL_ADDRESS.name)
        ids = dict.fromkeys([*queue.links.get(EMAILS, ()), *([default] if default else [])])
        rows = [
            (addresses[id], self.facts(holdings, addresses[id]) | {"IsDefaultOutboundEmail": id == default})
            for id in ids
            if id in addresses
        ]
        return self.page("ListQueueEmailAddresses", params, [queue.arn], rows) | self.stamp(queue.modified)

    def delete_queue(self, params: Params) -> Answer:
        """Deletes a queue without routing profiles [admin guide]; a switch decides about quick connects."""
        holdings, queue = self.one(QUEUE, params)
        user = next((other for other in holdings.of("RoutingProfile").values() if _routes(other, queue.id)), None)
        if user is None and self.world.switches.quick_connects_hold_queues:
            connects = holdings.of(QUICK_CONNECT.name).values()
            user = next((other for other in connects if _aims_at(other, queue.id)), None)
        if user:
            raise in_use(f"{queue.name!r} is used by the {user.type.noun} {user.name!r}", queue.arn)
        return self.delete_one(QUEUE, "DeleteQueue", params)

    def _refuse_too_many_contacts(self, params: Params) -> None:
        """Refuses the instance's concurrent contacts or more [admin guide, of the console; error inferred]."""
        most = self.world.quotas.concurrent_contacts
        if (params.get("MaxContacts") or 0) >= most:
            raise invalid(f"MaxContacts: must be less than the {most} concurrent contacts of the instance")


def _agents_queue(holdings: Holdings, agent: Resource) -> Answer:
    return {"Id": agent.id, "Arn": f"{holdings.arn}/queue/agent/{agent.id}", "QueueType": "AGENT"}


def _routes(profile: Resource, queue: str) -> bool:
    pairs = (*profile.links.get("pairs", ()), *profile.links.get("manual pairs", ()))
    return profile.members["DefaultOutboundQueueId"] == queue or any(pair[0] == queue for pair in pairs)


def _aims_at(connect: Resource, queue: str) -> bool:
    config = connect.members["QuickConnectConfig"].get("QueueConfig") or {}
    return bool(config.get("QueueId") == queue)
