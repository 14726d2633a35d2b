"""Changes of one resource of each kind, by a plan and by another writer.

A place is the path of a field as plans write it. `write` makes one value live there. `read` returns the live values
of all places.
"""

from __future__ import annotations

from typing import Any

from tests.builders.resources import CHAT, MONDAY, VOICE, hours, queue, routing, security, taken
from tests.worlds import edits_of_account, edits_of_flows, edits_of_users, edits_of_voice
from tests.worlds.editable import Editable, Values
from tests.worlds.other_writer import OtherWriter, pair_of, pairs, permissions, quick_connects

TIMES = {"StartTime": {"Hours": 9, "Minutes": 0}}


def _read_queue(by: OtherWriter) -> Values:
    live = by.describes("Queue", "billing")
    return {
        "description": live.get("Description"),
        "maxContacts": live.get("MaxContacts"),
        "status": live["Status"],
        "outboundCallerConfig.outboundCallerIdName": live.get("OutboundCallerConfig", {}).get("OutboundCallerIdName"),
        "tags[Team]": live["Tags"].get("Team"),
        **{f"quickConnects[{name}]": name for name in quick_connects(by)},
    }


def _write_queue(by: OtherWriter, place: str, value: Any) -> Any:
    match place.partition("[")[0]:
        case "description":
            return by.calls("update_queue_name", "Queue", "billing", Description=value)
        case "maxContacts":
            return by.calls("update_queue_max_contacts", "Queue", "billing", MaxContacts=value)
        case "status":
            return by.calls("update_queue_status", "Queue", "billing", Status=value)
        case "tags":
            return _tag(by, "Queue", "billing", "QueueArn", value)
        case "quickConnects":
            verb = "associate" if value else "disassociate"
            ids = [by.id("QuickConnect", place.partition("[")[2].rstrip("]"))]
            return by.calls(f"{verb}_queue_quick_connects", "Queue", "billing", QuickConnectIds=ids)
        case _:
            config = {"OutboundCallerIdName": value}
            return by.calls("update_queue_outbound_caller_config", "Queue", "billing", OutboundCallerConfig=config)


def _tag(by: OtherWriter, kind: str, name: str, member: str, value: str) -> Any:
    arn = by.describes(kind, name)[member]
    return by.world.connect.tag_resource(resourceArn=arn, tags={"Team": value})


def _read_profile(by: OtherWriter) -> Values:
    live = by.describes("RoutingProfile", "first line")
    return {
        "description": live["Description"],
        "agentAvailabilityTimer": live["AgentAvailabilityTimer"],
        **{f"mediaConcurrencies[{m['Channel']}].concurrency": m["Concurrency"] for m in live["MediaConcurrencies"]},
        **{f"queueConfigs[{queue}/{channel}]": priority for (queue, channel), (priority, _) in pairs(by).items()},
    }


def _write_profile(by: OtherWriter, place: str, value: Any) -> Any:
    of = ("RoutingProfile", "first line")
    match place.partition("[")[0]:
        case "description":
            return by.calls("update_routing_profile_name", *of, Description=value)
        case "agentAvailabilityTimer":
            return by.calls("update_routing_profile_agent_availability_timer", *of, AgentAvailabilityTimer=value)
        case "mediaConcurrencies":
            media = [{"Channel": "VOICE", "Concurrency": 1}, {"Channel": "CHAT", "Concurrency": value}]
            return by.calls("update_routing_profile_concurrency", *of, MediaConcurrencies=media)
        case _:
            return _write_pair(by, *place.partition("[")[2].rstrip("]").split("/"), value)


def _write_pair(by: OtherWriter, queue: str, channel: str, value: Any) -> Any:
    of = ("RoutingProfile", "first line")
    if value is None:
        gone = [pair_of(by, queue, channel)]
        return by.calls("disassociate_routing_profile_queues", *of, QueueReferences=gone)
    verb = "update" if (queue, channel) in pairs(by) else "associate"
    return by.calls(f"{verb}_routing_profile_queues", *of, QueueConfigs=[pair_of(by, queue, channel, value)])


def _read_security(by: OtherWriter) -> Values:
    live = by.describes("SecurityProfile", "agents")
    return {
        "description": live.get("Description"),
        "tags[Team]": live["Tags"].get("Team"),
        "allowedAccessControlTags[Area]": live.get("AllowedAccessControlTags", {}).get("Area"),
        "tagRestrictedResources": tuple(live.get("TagRestrictedResources", ())),
        **{f"permissions[{name}]": name for name in permissions(by)},
    }


def _write_security(by: OtherWriter, place: str, value: Any) -> Any:
    of = ("SecurityProfile", "agents")
    match place.partition("[")[0]:
        case "description":
            return by.calls("update_security_profile", *of, Description=value)
        case "tags":
            return _tag(by, *of, "Arn", value)
        case "allowedAccessControlTags":
            return by.calls("update_security_profile", *of, AllowedAccessControlTags={"Area": value})
        case "tagRestrictedResources":
            return by.calls("update_security_profile", *of, TagRestrictedResources=list(value))
        case _:
            name = place.partition("[")[2].rstrip("]")
            now = permissions(by) | {name} if value else permissions(by) - {name}
            return by.calls("update_security_profile", *of, Permissions=sorted(now))


def _read_hours(by: OtherWriter) -> Values:
    live = by.describes("HoursOfOperation", "night")
    listed = by.calls("list_hours_of_operation_overrides", "HoursOfOperation", "night")["HoursOfOperationOverrideList"]
    return {
        "description": live.get("Description"),
        "timeZone": live["TimeZone"],
        "tags[Team]": live["Tags"].get("Team"),
        "config": live["Config"][0]["EndTime"]["Hours"],
        **{f"overrides[{each['Name']}].effectiveTill": each["EffectiveTill"] for each in listed},
        **{f"overrides[{each['Name']}].description": each.get("Description") for each in listed},
        **{
            f"parentHoursOfOperations[{each['Name']}]": each["Name"] for each in live.get("ParentHoursOfOperations", ())
        },
    }


def _write_hours(by: OtherWriter, place: str, value: Any) -> Any:
    of = ("HoursOfOperation", "night")
    match place.partition("[")[0]:
        case "description":
            return by.calls("update_hours_of_operation", *of, Description=value)
        case "timeZone":
            return by.calls("update_hours_of_operation", *of, TimeZone=value)
        case "config":
            opening = {"Day": "MONDAY", **TIMES, "EndTime": {"Hours": value, "Minutes": 0}}
            return by.calls("update_hours_of_operation", *of, Config=[opening])
        case "tags":
            return _tag(by, *of, "HoursOfOperationArn", value)
        case "parentHoursOfOperations":
            id = by.id("HoursOfOperation", place.partition("[")[2].rstrip("]"))
            params = {"ParentHoursOfOperationConfigs": [{"HoursOfOperationId": id}]}
            gone = {"ParentHoursOfOperationIds": [id]}
            return by.calls(
                f"{'' if value else 'dis'}associate_hours_of_operations", *of, **(params if value else gone)
            )
        case _:
            name, _, member = place.partition("[")[2].partition("].")
            return _write_override(by, name, member, value)


def _write_override(by: OtherWriter, name: str, member: str, value: Any) -> Any:
    of = ("HoursOfOperation", "night")
    listed = by.calls("list_hours_of_operation_overrides", *of)["HoursOfOperationOverrideList"]
    id = next(each["HoursOfOperationOverrideId"] for each in listed if each["Name"] == name)
    params = {member[0].upper() + member[1:]: value}
    return by.calls("update_hours_of_operation_override", *of, HoursOfOperationOverrideId=id, **params)


def _override(till: str, name: str = "Xmas") -> dict[str, Any]:
    return {"name": name, "config": [], "effectiveFrom": "2026-12-24", "effectiveTill": till}


EDITABLE = (
    edits_of_account.EDITABLE
    | edits_of_users.EDITABLE
    | edits_of_flows.EDITABLE
    | edits_of_voice.EDITABLE
    | {
        "Queue": Editable(
            queue(description="one", maxContacts=1, quickConnects=["desk", "shop"], tags={"Team": "a"}),
            queue(
                **{"description": "two", "maxContacts": 2, "quickConnects": ["desk", "boss"], "tags": {"Team": "b"}},
                outboundCallerConfig={"outboundCallerIdName": "Ours"},
            ),
            _read_queue,
            _write_queue,
            {
                "description": ("theirs", "two"),
                "maxContacts": (8, 2),
                "status": ("DISABLED",),
                "outboundCallerConfig.outboundCallerIdName": ("Theirs",),
                "tags[Team]": ("theirs", "b"),
                **{f"quickConnects[{name}]": (None,) for name in ("desk", "shop")},
                "quickConnects[boss]": ("boss",),
            },
        ),
        "RoutingProfile": Editable(
            routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT"), taken("support", "VOICE")]),
            routing(
                description="e",
                mediaConcurrencies=[VOICE, {**CHAT, "concurrency": 3}],
                queueConfigs=[taken("billing", "VOICE", 2), taken("billing", "CHAT", 2), taken("support", "CHAT")],
            ),
            _read_profile,
            _write_profile,
            {
                "description": ("theirs",),
                "agentAvailabilityTimer": ("TIME_SINCE_LAST_INBOUND",),
                "mediaConcurrencies[CHAT].concurrency": (9, 3),
                **{f"queueConfigs[billing/{channel}]": (7, 2, None) for channel in ("VOICE", "CHAT")},
                "queueConfigs[support/VOICE]": (7, None),
                "queueConfigs[support/CHAT]": (7, 1),
            },
        ),
        "SecurityProfile": Editable(
            security(description="one", permissions=["A.Access", "B.Access"], tags={"Team": "a"}),
            security(description="two", permissions=["A.Access", "C.Access"], tags={"Team": "b"}),
            _read_security,
            _write_security,
            {
                "description": ("theirs", "two"),
                "tags[Team]": ("theirs",),
                "allowedAccessControlTags[Area]": ("EU",),
                "tagRestrictedResources": (("User",),),
                "permissions[Theirs.Access]": ("Theirs.Access",),
                **{f"permissions[{name}]": (None,) for name in ("A.Access", "B.Access")},
            },
        ),
        "HoursOfOperation": Editable(
            hours("night", description="one", tags={"Team": "a"}, overrides=[_override("2026-12-26")]),
            hours(
                "night",
                **{"description": "two", "tags": {"Team": "b"}, "parentHoursOfOperations": ["day"]},
                config=[{**MONDAY, "endTime": "18:00"}],
                overrides=[_override("2026-12-27"), _override("2027-01-01", "Holidays")],
            ),
            _read_hours,
            _write_hours,
            {
                "description": ("theirs", "two"),
                "timeZone": ("Europe/Berlin",),
                "config": (20,),
                "tags[Team]": ("theirs",),
                "overrides[Xmas].effectiveTill": ("2026-12-30", "2026-12-27"),
                "overrides[Xmas].description": ("theirs",),
                "parentHoursOfOperations[day]": ("day",),
            },
        ),
    }
)
