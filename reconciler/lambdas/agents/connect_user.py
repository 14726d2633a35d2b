"""The calls that make a user of Amazon Connect as it is declared, in AWS's words and without any AWS.

The kind `User` takes its table of updates from here, and the function `agent_roster` uses all of it. So manifests and
spreadsheets change a user by the same calls. `tests/lambdas/agents` plays the cases of the kind with this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.agents.agent import Agent

IDENTITY, ROUTING, SECURITY = "IdentityInfo", "RoutingProfileId", "SecurityProfileIds"
GROUP, PHONE = "HierarchyGroupId", "PhoneConfig"
PER_CHANNEL = (
    *("AutoAcceptConfigs", "AfterContactWorkConfigs", "PhoneNumberConfigs"),
    *("PersistentConnectionConfigs", "VoiceEnhancementConfigs"),
)
# The operation of each part of a user, in the order in which they are called. Each sends the whole of its part, so what
# is not declared is sent as it is live. Source: service model; order as in Terraform's provider, user.go.
UPDATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("UpdateUserIdentityInfo", (IDENTITY,)),
    ("UpdateUserRoutingProfile", (ROUTING,)),
    ("UpdateUserSecurityProfiles", (SECURITY,)),
    ("UpdateUserHierarchy", (GROUP,)),
    ("UpdateUserPhoneConfig", (PHONE,)),
    ("UpdateUserConfig", PER_CHANNEL),
)
# The member with the number of a desk phone, in each member that has one.
NUMBERS = {PHONE: "DeskPhoneNumber", "PhoneNumberConfigs": "PhoneNumber"}
SOFT_PHONE = "SOFT_PHONE"
# Tags that are not the author's: AWS's own, and those that say who manages the user.
KEPT_TAGS = ("aws:", "reconciler:")
_PERSON = {
    "FirstName": "first_name",
    "LastName": "last_name",
    "Email": "email",
    "SecondaryEmail": "secondary_email",
    "Mobile": "mobile",
}
_SETTINGS = {
    "PhoneType": "phone_type",
    "AutoAccept": "auto_accept",
    "AfterContactWorkTimeLimit": "after_contact_work_seconds",
    "DeskPhoneNumber": "desk_phone_number",
}

Members = Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One call on Amazon Connect, without the instance."""

    name: str
    params: Members


@dataclass(frozen=True)
class Wanted:
    """An agent with ids in place of names. `None` as group: the agent states none; "": it has none."""

    agent: Agent
    routing_profile: str
    security_profiles: tuple[str, ...]
    hierarchy_group: str | None = None

    @property
    def members(self) -> dict[str, Any]:
        """The declared values in AWS's members. `None` in a structure removes that member."""
        members: dict[str, Any] = {ROUTING: self.routing_profile, SECURITY: sorted(self.security_profiles)}
        if person := _stated(self.agent, _PERSON):
            members[IDENTITY] = person
        if settings := _stated(self.agent, _SETTINGS):
            # A softphone has no number, so that of the desk phone before it is removed.
            members[PHONE] = settings | ({"DeskPhoneNumber": None} if settings.get("PhoneType") == SOFT_PHONE else {})
        if self.hierarchy_group is not None:
            members[GROUP] = self.hierarchy_group or None
        return members


def creation(wanted: Wanted, owned: Mapping[str, str]) -> Operation:
    """Returns the call that creates the user. `owned` are the tags that say who manages it.

    The caller adds the password, which no value here ever has.
    """
    members = {name: _without_nones(value) for name, value in wanted.members.items()}
    tags = {**dict(wanted.agent.tags or ()), **owned}
    params = {"Username": wanted.agent.username, **members, "Tags": tags}
    return Operation("CreateUser", {name: value for name, value in params.items() if value})


def changes(live: Members, wanted: Wanted) -> Iterator[Operation]:
    """Yields the fewest calls that make a live user as declared. `live` is a user as DescribeUser answers it."""
    declared, has = wanted.members, normal(live)
    for operation, members in UPDATES:
        named = {name: _merged(has.get(name), declared[name]) for name in members if name in declared}
        # A part that AWS leaves out is an empty one.
        if any((value or None) != (has.get(name) or None) for name, value in named.items()):
            sent = {name: value for name, value in named.items() if value is not None}
            yield Operation(operation, {"UserId": live["Id"], **sent})
    yield from _tag_changes(live, wanted.agent)


def normal(live: Members) -> dict[str, Any]:
    """Returns a live user with sorted security profiles, and without the number of a desk phone that is not used."""
    known = dict(live)
    known[SECURITY] = sorted(known.get(SECURITY) or ())
    if known.get(PHONE):
        known[PHONE] = without_unused(NUMBERS[PHONE], known[PHONE])
    return known


def without_unused(number: str, value: Any) -> Any:
    """Returns settings without the number of a desk phone that is not used: AWS may keep it.

    `number` is the member of `NUMBERS`; `value` is a structure, or a list of them. Source: Terraform's provider.
    """
    if isinstance(value, list):
        return [without_unused(number, item) for item in value]
    is_unused = value.get("PhoneType") == SOFT_PHONE
    return {name: item for name, item in value.items() if name != number or not is_unused}


def _tag_changes(live: Members, agent: Agent) -> Iterator[Operation]:
    """Yields the calls on tags. They set all tags of the user, without those that are not the author's."""
    if agent.tags is None:
        return
    has = {key: value for key, value in (live.get("Tags") or {}).items() if not key.startswith(KEPT_TAGS)}
    wanted = dict(agent.tags)
    new = {key: value for key, value in wanted.items() if has.get(key) != value}
    if new:
        yield Operation("TagResource", {"resourceArn": live["Arn"], "tags": new})
    if gone := sorted(has.keys() - wanted.keys()):
        yield Operation("UntagResource", {"resourceArn": live["Arn"], "tagKeys": gone})


def _stated(agent: Agent, fields: Mapping[str, str]) -> dict[str, Any]:
    """Returns the members that the agent states. An empty text removes the live one."""
    stated = {member: getattr(agent, field) for member, field in fields.items()}
    return {member: None if value == "" else value for member, value in stated.items() if value is not None}


def _merged(live: Any, declared: Any) -> Any:
    """Returns a structure with the declared members over the live ones; any other value as declared."""
    if not isinstance(declared, Mapping):
        return declared
    return without_unused(NUMBERS[PHONE], _without_nones({**(live or {}), **declared}))


def _without_nones(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {name: item for name, item in value.items() if item is not None}
