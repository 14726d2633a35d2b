"""Random hours, queues, quick connects and profiles as another writer may have created them, within AWS's rules.

A reference to another resource is its position until that resource is created.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from reconciler.sandbox import INSTANCE_ID, Control
from tests.builders.live_tables import described, names

HERE = {"InstanceId": INSTANCE_ID}
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
Params = dict[str, Any]


@dataclass(frozen=True)
class Estate:
    """The parameters of the create calls, in order."""

    hours: tuple[Params, ...]
    overrides: tuple[tuple[int, Params], ...]
    queues: tuple[Params, ...]
    connects: tuple[Params, ...]
    linked: tuple[tuple[int, int], ...]  # queue, quick connect
    routing: tuple[Params, ...]
    security: tuple[Params, ...]


def make(control: Control, connect: Any, estate: Estate) -> None:
    """Creates the resources as another writer in the console."""
    flow = control.seed("ContactFlow", {"Name": "Main", "ContactFlowType": "CONTACT_FLOW"})
    number = control.seed("PhoneNumber", {"PhoneNumber": "+15550100100"})
    hours = [connect.create_hours_of_operation(**HERE, **params)["HoursOfOperationId"] for params in estate.hours]
    for at, params in estate.overrides:
        connect.create_hours_of_operation_override(**HERE, HoursOfOperationId=hours[at], **params)
    queues = []
    for params in estate.queues:
        caller = {key: {"flow": flow, "number": number}.get(text, text) for key, text in params["caller"].items()}
        born = {key: value for key, value in params.items() if key[0].isupper()}
        called = {"OutboundCallerConfig": caller} if caller else {}
        queue_answer = connect.create_queue(**HERE, HoursOfOperationId=hours[params["hours"]], **called, **born)
        queues.append(queue_answer["QueueId"])
        connect.update_queue_status(**HERE, QueueId=queue_answer["QueueId"], Status=params["status"])
    connects = [_connect(connect, params, queues, flow) for params in estate.connects]
    for queue, each in estate.linked:
        connect.associate_queue_quick_connects(**HERE, QueueId=queues[queue], QuickConnectIds=[connects[each]])
    for params in estate.routing:
        connect.create_routing_profile(**HERE, **_with_queues(params, queues))
    for params in estate.security:
        connect.create_security_profile(**HERE, **params)


def _connect(connect: Any, params: Params, queues: list[str], flow: str) -> str:
    phone = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "+15550100101"}}
    config = phone
    if params["queue"] is not None:
        there = {"QueueId": queues[params["queue"]], "ContactFlowId": flow}
        config = {"QuickConnectType": "QUEUE", "QueueConfig": there}
    born = {key: value for key, value in params.items() if key != "queue"}
    return str(connect.create_quick_connect(**HERE, QuickConnectConfig=config, **born)["QuickConnectId"])


def _with_queues(value: Any, queues: list[str]) -> Any:
    """Replaces positions by ids."""
    match value:
        case dict():
            return {
                key: queues[item] if key in ("QueueId", "DefaultOutboundQueueId") else _with_queues(item, queues)
                for key, item in value.items()
            }
        case list():
            return [_with_queues(item, queues) for item in value]
        case _:
            return value


# The random parts.

_tags = st.dictionaries(st.sampled_from(["Team", "Cost center", "Größe", "a:b"]), described.map(lambda it: it[:40]))
_lasting = described.filter(bool)
_named = st.lists(names, unique_by=str.casefold, min_size=1, max_size=4)
_clocks = st.fixed_dictionaries({"Hours": st.integers(0, 23), "Minutes": st.integers(0, 59)})
_permissions = st.sampled_from(["BasicAgentAccess", "Users.View", "Queues.View", "Queues.Edit", "AccessMetrics"])


def _fields(required: Params, optional: Params) -> st.SearchStrategy[Params]:
    return st.fixed_dictionaries(required, optional=optional)


def _named_each(named: list[str], each: st.SearchStrategy[Params]) -> st.SearchStrategy[tuple[Params, ...]]:
    return st.tuples(*(each.map(lambda params, name=name: {"Name": name, **params}) for name in named))


@st.composite
def _openings(draw: st.DrawFn) -> list[Params]:
    days = draw(st.lists(st.sampled_from(DAYS), unique=True, min_size=1, max_size=7))
    found = [{"Day": day, "StartTime": draw(_clocks), "EndTime": draw(_clocks)} for day in days]
    midnight = {"Hours": 0, "Minutes": 0}
    return [
        {**each, "StartTime": midnight, "EndTime": midnight} if each["StartTime"] == each["EndTime"] else each
        for each in found
    ]


_hours = _fields(
    {"TimeZone": st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]), "Config": _openings()},
    {"Description": _lasting, "Tags": _tags},
)
_patterns = st.one_of(
    _fields({"Frequency": st.just("WEEKLY"), "Interval": st.integers(1, 6)}, {}),
    _fields(
        {"Frequency": st.just("YEARLY"), "Interval": st.integers(1, 6), "ByMonth": st.just([12])},
        {"ByMonthDay": st.sampled_from([[-1], [24]])},
    ),
    _fields(
        {"Frequency": st.just("MONTHLY"), "Interval": st.integers(1, 6)},
        {"ByWeekdayOccurrence": st.sampled_from([[-1], [2]])},
    ),
)
_overrides = _fields(
    {
        "EffectiveFrom": st.sampled_from(["2026-02-28", "2026-12-24"]),
        "EffectiveTill": st.sampled_from(["2026-12-24", "2027-01-01"]),
        "Config": st.one_of(st.just([]), _openings()),
    },
    {
        "Description": _lasting,
        "OverrideType": st.sampled_from(["STANDARD", "OPEN", "CLOSED"]),
        "RecurrenceConfig": st.fixed_dictionaries({"RecurrencePattern": _patterns}),
    },
)


def _queues(hours: int) -> st.SearchStrategy[Params]:
    caller = {
        "OutboundCallerIdName": _lasting,
        "OutboundCallerIdNumberId": st.just("number"),
        "OutboundFlowId": st.just("flow"),
    }
    return _fields(
        {
            "hours": st.integers(0, hours - 1),
            "status": st.sampled_from(["ENABLED", "DISABLED"]),
            "caller": _fields({}, caller),
        },
        {"Description": _lasting, "MaxContacts": st.integers(0, 5), "Tags": _tags},
    )


@st.composite
def _profiles(draw: st.DrawFn, queues: int) -> Params:
    channels = draw(st.lists(st.sampled_from(CHANNELS), unique=True, min_size=1))
    at, crossed = st.integers(0, queues - 1), st.sampled_from(["ROUTE_CURRENT_CHANNEL_ONLY", "ROUTE_ANY_CHANNEL"])
    crossing = {"CrossChannelBehavior": st.fixed_dictionaries({"BehaviorType": crossed})}

    def media(channel: str) -> st.SearchStrategy[Params]:
        most = 1 if channel == "VOICE" else 5
        return _fields({"Channel": st.just(channel), "Concurrency": st.integers(1, most)}, crossing)

    def pairs(among: list[str], **more: st.SearchStrategy[int]) -> st.SearchStrategy[list[Params]]:
        reference = st.fixed_dictionaries({"QueueId": at, "Channel": st.sampled_from(among)})
        config = st.fixed_dictionaries({"QueueReference": reference, **more})
        return st.lists(
            config,
            unique_by=lambda it: (it["QueueReference"]["QueueId"], it["QueueReference"]["Channel"]),
            min_size=1,
            max_size=8,
        )

    # VOICE contacts cannot be assigned manually.
    silent = [channel for channel in channels if channel != "VOICE"]
    manual = {"ManualAssignmentQueueConfigs": pairs(silent)} if silent else {}
    profile = _fields(
        {
            "Description": _lasting,
            "DefaultOutboundQueueId": at,
            "MediaConcurrencies": st.tuples(*map(media, channels)).map(list),
        },
        {
            "QueueConfigs": pairs(channels, Priority=st.integers(1, 99), Delay=st.integers(0, 9999)),
            "AgentAvailabilityTimer": st.sampled_from(["TIME_SINCE_LAST_ACTIVITY", "TIME_SINCE_LAST_INBOUND"]),
            "Tags": _tags,
            **manual,
        },
    )
    return draw(profile)


_applications = st.lists(
    st.fixed_dictionaries(
        {
            "Namespace": st.sampled_from(["crm", "billing", "audit"]),
            "ApplicationPermissions": st.lists(st.sampled_from(["Read", "Write"]), unique=True, min_size=1),
        }
    ),
    unique_by=lambda it: it["Namespace"],
)
_security = _fields(
    {"Permissions": st.lists(_permissions, unique=True)},
    {
        "Description": described,
        "Applications": _applications,
        "AllowedAccessControlTags": st.dictionaries(st.sampled_from(["Team", "Area"]), _lasting),
        "TagRestrictedResources": st.lists(st.sampled_from(["User", "Queue"]), unique=True),
        "HierarchyRestrictedResources": st.lists(st.sampled_from(["User", "Agent"]), unique=True),
        "Tags": _tags,
    },
)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    def some(each: st.SearchStrategy[Params]) -> tuple[Params, ...]:
        return draw(_named_each(draw(_named), each))

    hours = some(_hours)
    overrides = [(at, each) for at in range(len(hours)) for each in (some(_overrides) if draw(st.booleans()) else ())]
    queues = some(_queues(len(hours)))
    connects = some(
        _fields({"queue": st.one_of(st.none(), st.integers(0, len(queues) - 1))}, {"Description": _lasting})
    )
    links = st.tuples(st.integers(0, len(queues) - 1), st.integers(0, len(connects) - 1))
    profiles = st.lists(st.from_regex(r"[a-zA-Z0-9_@-][ a-zA-Z0-9_@-]{0,20}[a-zA-Z0-9]", fullmatch=True), max_size=3)
    called = {name.casefold(): name for name in draw(profiles)}.values()
    return Estate(
        hours,
        tuple(overrides),
        queues,
        connects,
        tuple(draw(st.lists(links, unique=True, max_size=4))),
        some(_profiles(len(queues))),
        tuple({**draw(_security), "SecurityProfileName": name} for name in called),
    )
