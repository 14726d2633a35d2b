"""Routing profiles: channels, and pairs of queue and channel."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.connect.admin.catalogue import QUEUE, ROUTING_PROFILE
from reconciler.sandbox.connect.admin.links import Links
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, in_use, invalid

PAIRS, MANUAL_PAIRS = "pairs", "manual pairs"
# The members of requests that hold pairs, by kind.
CONFIGS = {"QueueConfigs": PAIRS, "ManualAssignmentQueueConfigs": MANUAL_PAIRS}
REFERENCES = {"QueueReferences": PAIRS, "ManualAssignmentQueueReferences": MANUAL_PAIRS}
MOST_PAIRS_PER_CALL = 10
# The console's default [inferred for the API].
CROSSING = {"CrossChannelBehavior": {"BehaviorType": "ROUTE_CURRENT_CHANNEL_ONLY"}}
Pair = tuple[str, str]


class RoutingProfiles(Links):
    def create_routing_profile(self, params: Params) -> Answer:
        """Creates a profile with at most ten pairs of either kind; more are associated afterwards [service model]."""
        params = self.resolved(self.holdings(params), ROUTING_PROFILE, params)
        _refuse_wrong_channels(params["MediaConcurrencies"])
        pairs = {kind: _pairs(params.get(member) or []) for member, kind in CONFIGS.items()}
        for kind, new in pairs.items():
            self._refuse_wrong_pairs(params["MediaConcurrencies"], kind, {}, new)
        profile = self.new(ROUTING_PROFILE, params)
        profile.links.update(pairs)
        for member in CONFIGS:
            profile.members.pop(member, None)
        return self.created(profile)

    def describe_routing_profile(self, params: Params) -> Answer:
        """Describes a profile without AssociatedQueueIds [service model], nor the manual ones [inferred]."""
        answer = self.describe_one(ROUTING_PROFILE, "DescribeRoutingProfile", params)
        for member in ("AssociatedQueueIds", "AssociatedManualAssignmentQueueIds"):
            answer["RoutingProfile"].pop(member, None)
        return answer

    def update_routing_profile_concurrency(self, params: Params) -> Answer:
        """Replaces the list. A channel stays while pairs use it [inferred]."""
        _refuse_wrong_channels(params["MediaConcurrencies"])
        _, profile = self.one(ROUTING_PROFILE, params)
        for kind in (PAIRS, MANUAL_PAIRS):
            _refuse_closed_channels(params["MediaConcurrencies"], profile.links.get(kind, {}))
        return self.update_one(ROUTING_PROFILE, "UpdateRoutingProfileConcurrency", params)

    def associate_routing_profile_queues(self, params: Params) -> Answer:
        """Associates pairs. The model has no error for too many; it is an invalid request [inferred]."""
        holdings, profile = self.one(ROUTING_PROFILE, params)
        params = self.resolved(holdings, ROUTING_PROFILE, params)
        given = {kind: _pairs(params[member]) for member, kind in CONFIGS.items() if params.get(member)}
        _refuse_nothing(given, CONFIGS)
        for kind, new in given.items():
            self._refuse_wrong_pairs(profile.members["MediaConcurrencies"], kind, profile.links.get(kind, {}), new)
        for kind, new in given.items():
            self.refuse_existing(profile, kind, list(new))
        for kind, new in given.items():
            self.attach(holdings, profile, kind, new)
        return {}

    def update_routing_profile_queues(self, params: Params) -> Answer:
        """Updates pairs. They must be associated [service model], or the request is invalid [seen]."""
        holdings, profile = self.one(ROUTING_PROFILE, params)
        changed = _pairs(self.resolved(holdings, ROUTING_PROFILE, params)["QueueConfigs"])
        there = profile.links.get(PAIRS, {})
        if unknown := [" ".join(pair) for pair in changed if pair not in there]:
            raise Refused("InvalidRequestException", f"{unknown[0]} is not associated")
        self.change(holdings, profile)
        profile.links[PAIRS] = {**there, **changed}
        return {}

    def disassociate_routing_profile_queues(self, params: Params) -> Answer:
        """Removes pairs. More than ten per list [inferred] are an InvalidParameterException [service model]."""
        holdings, profile = self.one(ROUTING_PROFILE, params)
        given = {kind: params[member] for member, kind in REFERENCES.items() if params.get(member)}
        _refuse_nothing(given, REFERENCES)
        for member in REFERENCES:
            if len(params.get(member) or []) > MOST_PAIRS_PER_CALL:
                raise invalid(f"{member}: at most {MOST_PAIRS_PER_CALL} can be disassociated in a call")
        gone = {kind: [(pair["QueueId"], pair["Channel"]) for pair in pairs] for kind, pairs in given.items()}
        for kind, pairs in gone.items():
            self.refuse_missing(profile, kind, pairs)
        for kind, pairs in gone.items():
            self.detach(holdings, profile, kind, pairs)
        return {}

    def list_routing_profile_queues(self, params: Params) -> Answer:
        return self._listed_pairs("ListRoutingProfileQueues", PAIRS, params)

    def list_routing_profile_manual_assignment_queues(self, params: Params) -> Answer:
        return self._listed_pairs("ListRoutingProfileManualAssignmentQueues", MANUAL_PAIRS, params)

    def delete_routing_profile(self, params: Params) -> Answer:
        """Deletes a profile without users [service model: ResourceInUseException]; never the default one [inferred]."""
        holdings, profile = self.one(ROUTING_PROFILE, params)
        if profile.members["IsDefault"]:
            raise Refused("InvalidRequestException", f"{profile.name!r} is the default routing profile")
        if count := _users(holdings, profile):
            raise in_use(f"{profile.name!r} is assigned to {count} users", profile.arn, "USER")
        return self.delete_one(ROUTING_PROFILE, "DeleteRoutingProfile", params)

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        """Returns the facts. Queues count as pairs with channels, as the quota counts them [inferred]."""
        facts = super().facts(holdings, resource)
        if resource.type is ROUTING_PROFILE:
            if self.world.switches.unset_members == "defaults":
                facts["MediaConcurrencies"] = [CROSSING | channel for channel in facts["MediaConcurrencies"]]
            pairs, manual = resource.links.get(PAIRS, {}), resource.links.get(MANUAL_PAIRS, {})
            facts |= {
                "NumberOfAssociatedQueues": len(pairs),
                "NumberOfAssociatedManualAssignmentQueues": len(manual),
                "NumberOfAssociatedUsers": _users(holdings, resource),
                "AssociatedQueueIds": sorted({queue for queue, _ in pairs}),
                "AssociatedManualAssignmentQueueIds": sorted({queue for queue, _ in manual}),
            }
        return facts

    def _listed_pairs(self, operation: str, kind: str, params: Params) -> Answer:
        """Lists pairs by queue and channel; AWS does not document the order."""
        holdings, profile = self.one(ROUTING_PROFILE, params)
        queues = holdings.of(QUEUE.name)
        pairs = [
            (f"{queues[id].name.casefold()}\x1f{id}\x1f{channel}", _shown(queues[id], channel, more))
            for (id, channel), more in profile.links.get(kind, {}).items()
        ]
        return self.page_of(operation, params, [profile.arn], pairs) | self.stamp(profile.modified)

    def _refuse_wrong_pairs(
        self, channels: list[Params], kind: str, there: dict[Pair, Any], new: dict[Pair, Any]
    ) -> None:
        """Refuses over 50 pairs of a kind [service quotas page], and channels that the profile lacks [inferred]."""
        _refuse_closed_channels(channels, new)
        if kind == MANUAL_PAIRS and self.world.switches.manual_voice == "refused":
            for _, channel in new:
                if channel == "VOICE":
                    raise invalid("ManualAssignmentQueueConfigs: VOICE cannot be assigned by hand")
        most = self.world.quotas.routing_profile_queues
        if len({**there, **new}) > most:
            raise Refused("InvalidRequestException", f"a routing profile may have {most} queues and channels")


def _pairs(configs: list[Params]) -> dict[Pair, Any]:
    pairs: dict[Pair, Any] = {}
    for config in configs:
        pair = (config["QueueReference"]["QueueId"], config["QueueReference"]["Channel"])
        if pair in pairs:
            raise invalid(f"{' '.join(pair)}: is given twice")
        pairs[pair] = {name: config[name] for name in ("Priority", "Delay") if name in config}
    return pairs


def _shown(queue: Resource, channel: str, more: dict[str, int]) -> Answer:
    return {"QueueId": queue.id, "QueueArn": queue.arn, "QueueName": queue.name, "Channel": channel, **more}


def _refuse_nothing(given: dict[str, Any], members: dict[str, str]) -> None:
    """Refuses a request with neither member: the model requires none, but one is needed [inferred]."""
    if not given:
        raise Refused("InvalidRequestException", f"{' or '.join(members)} must be provided")


def _refuse_wrong_channels(channels: list[Params]) -> None:
    """Allows one contact for VOICE, one to ten elsewhere [service model], and each channel once [inferred].

    WorkloadTypeConcurrencies may replace Concurrency: the model requires neither [inferred].
    """
    names = [channel["Channel"] for channel in channels]
    if len(set(names)) < len(names):
        raise invalid("MediaConcurrencies: a channel is given twice")
    for channel in channels:
        count, most = channel.get("Concurrency"), 1 if channel["Channel"] == "VOICE" else 10
        if not count and channel.get("WorkloadTypeConcurrencies"):
            continue
        if not count or count > most:
            raise invalid(f"MediaConcurrencies.Concurrency: must be within 1 and {most} for {channel['Channel']}")


def _refuse_closed_channels(channels: list[Params], pairs: dict[Pair, Any]) -> None:
    opened = {channel["Channel"] for channel in channels}
    for _, channel in pairs:
        if channel not in opened:
            raise Refused("InvalidRequestException", f"{channel} is not among the profile's MediaConcurrencies")


def _users(holdings: Holdings, profile: Resource) -> int:
    return sum(user.members.get("RoutingProfileId") == profile.id for user in holdings.of("User").values())
