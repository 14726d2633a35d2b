"""A small contact centre of many kinds, in two versions: the declared one, and another writer's additions."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest
from tests.builders.manifests import manifest
from tests.worlds import centre_voice as voice
from tests.worlds.other_writer import SUMMARIES, OtherWriter, names
from tests.worlds.world import World

# Resources that the second version lacks.
GONE = (
    "HoursOfOperation/fair",
    "Queue/fax",
    "QuickConnect/fax",
    "QuickConnect/bob",
    "RoutingProfile/old line",
    "SecurityProfile/temps",
    "User/bob",
    "UserHierarchyGroup/North/Berlin/Team 2",
    "PredefinedAttribute/Fax",
    "ApprovedOrigin/https://old.example.com",
    "LambdaAssociation/old",
    "InstanceStorage/CHAT_TRANSCRIPTS",
    "LogGroup//calls/old",
    "IamRole/old",
    "Schedule/jobs/old",
    "ScheduleGroup/fairs",
    *voice.GONE,
)
# AWS's own, which are in every instance.
BUILT_IN = {
    "AgentStatus": ["Available", "Offline"],
    "HoursOfOperation": ["Basic Hours"],
    "Queue": ["BasicQueue"],
    "QuickConnect": [],
    "RoutingProfile": ["Basic Routing Profile"],
    "SecurityProfile": ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"],
    "User": [],
    "UserHierarchyGroup": [],
}
NUMBERED = [f"q{at:02}" for at in range(13)]
VOICE = {"channel": "VOICE", "concurrency": 1}


def centre(second: bool = False) -> list[Manifest]:
    """Every kind but data tables and instances; `second`: all of it changed, and some of it gone."""
    made = [*_hours(second), *_queues(second), *_quick_connects(second), *_routing(second), *_security(second)]
    made += [*_hierarchy(second), *_others(second), *_associations(second), *_users(second)]
    made += [*_account(second), *voice.voice(second)]
    return [each for each in made if not (second and str(each.ref) in GONE)]


def _hours(second: bool) -> list[Manifest]:
    opening = {"day": "MONDAY", "startTime": "08:00", "endTime": "18:00" if second else "17:00"}
    week = [{**opening, "day": day} for day in ("MONDAY", "TUESDAY", "FRIDAY")]
    christmas = {"name": "Christmas", "config": [], "effectiveFrom": "2026-12-24", "effectiveTill": "2026-12-26"}
    fair = {**christmas, "name": "Fair", "effectiveTill": "2026-12-31" if second else "2026-12-28"}
    other = {**christmas, "name": "Harvest" if second else "Spring"}
    zone = {"timeZone": "Europe/Berlin" if second else "UTC"}
    return [
        manifest("HoursOfOperation", "country", {**zone, "config": week, "overrides": [christmas, fair]}),
        manifest("HoursOfOperation", "town", {**zone, "config": week, "overrides": [other]}),
        manifest("HoursOfOperation", "fair", {**zone, "config": week}),
        manifest(
            "HoursOfOperation",
            "day",
            {**zone, "config": week, "parentHoursOfOperations": ["town"] if second else ["country", "fair"]},
        ),
    ]


def _queues(second: bool) -> list[Manifest]:
    listed = ["desk", "support", "boss"] if second else ["billing", "desk"]
    tags = {"Team": "Sales" if second else "Care", ("Area" if second else "Cost"): "42"}
    caller = {"outboundCallerIdNumber": "sales" if second else "main", "outboundCallerIdName": "Centre"}
    fields = {"hoursOfOperation": "day", "tags": tags, "quickConnects": listed, "maxContacts": None if second else 7}
    fields["outboundCallerConfig"] = caller
    return [
        manifest("Queue", "billing", {**fields, "description": "Bills" if second else "Payments"}),
        manifest("Queue", "support", {"hoursOfOperation": "town" if second else "day", "quickConnects": ["billing"]}),
        manifest("Queue", "fax", {"hoursOfOperation": "fair"}),
        *(manifest("Queue", name, {"hoursOfOperation": "day"}) for name in NUMBERED),
    ]


def _quick_connects(second: bool) -> list[Manifest]:
    def leading(name: str, queue: str) -> Manifest:
        config = {"queue": queue, "contactFlow": "Aim"}
        fields = {"quickConnectType": "QUEUE", "queueConfig": config}
        return manifest("QuickConnect", name, {"quickConnectConfig": fields})

    def calling(name: str, number: str) -> Manifest:
        fields = {"quickConnectType": "PHONE_NUMBER", "phoneConfig": {"phoneNumber": number}}
        return manifest("QuickConnect", name, {"quickConnectConfig": fields})

    desk = leading("desk", "support") if second else calling("desk", "+15550100")
    there = [desk, leading("billing", "billing"), leading("support", "support"), leading("fax", "fax")]
    return [*there, *([calling("boss", "+15550101")] if second else [])]


def _routing(second: bool) -> list[Manifest]:
    chat = {"channel": "CHAT", "concurrency": 4 if second else 3}
    listed = [(name, channel) for name in NUMBERED for channel in ("VOICE", "CHAT")][: 25 if not second else 20]
    listed += [("billing", "CHAT"), ("support", "VOICE")] if second else []
    pairs = [
        {
            "queueReference": {"queue": queue, "channel": channel},
            "priority": 2 if second and at < 3 else 1,
            "delay": 0,
        }
        for at, (queue, channel) in enumerate(listed)
    ]
    first = {"description": "First", "defaultOutboundQueue": "support" if second else "billing"}
    return [
        manifest(
            "RoutingProfile",
            "first line",
            {**first, "mediaConcurrencies": [VOICE, chat], "queueConfigs": pairs},
        ),
        manifest("RoutingProfile", "old line", {**first, "mediaConcurrencies": [VOICE], "defaultOutboundQueue": "fax"}),
    ]


def _security(second: bool) -> list[Manifest]:
    permissions = ["BasicAgentAccess", "Users.View" if second else "RoutingPolicies.View", "AccessMetrics"]
    group = {"allowedAccessControlHierarchyGroup": "North/Berlin" if second else "North"}
    return [
        manifest("SecurityProfile", "agents", {"permissions": permissions, "description": "A" if second else "B"}),
        manifest("SecurityProfile", "leads", {"permissions": permissions[:2], **group}),
        manifest("SecurityProfile", "temps", {"permissions": []}),
    ]


def _hierarchy(second: bool) -> list[Manifest]:
    three = ("levelOne", "Country"), ("levelTwo", "Town" if second else "Site"), ("levelThree", "Team")
    groups = ["North", "North/Berlin", "North/Berlin/Team 1", "North/Berlin/Team 2"]
    groups += ["North/Berlin/Team 3"] if second else []
    return [
        manifest("UserHierarchy", "main", {key: {"name": name} for key, name in three}),
        *(manifest("UserHierarchyGroup", path, {}) for path in groups),
    ]


def _others(second: bool) -> list[Manifest]:
    languages = {"values": {"stringList": ["German", "Spanish" if second else "English"]}}
    return [
        manifest("AgentStatus", "Lunch", {"state": "DISABLED" if second else "ENABLED"}),
        manifest("AgentStatus", "Training", {"state": "ENABLED", "description": "new" if second else "old"}),
        manifest("PredefinedAttribute", "Language", languages),
        manifest("PredefinedAttribute", "Fax", languages),
    ]


def _associations(second: bool) -> list[Manifest]:
    def bucket(name: str) -> dict[str, Any]:
        return {"storageConfig": {"storageType": "S3", "s3Config": {"bucketName": name, "bucketPrefix": "calls"}}}

    arn = "arn:aws:lambda:us-east-1:111122223333:function:"
    return [
        manifest("ApprovedOrigin", "https://crm.example.com", {}),
        manifest("ApprovedOrigin", "https://old.example.com", {}),
        manifest("LambdaAssociation", "lookup", {"functionArn": f"{arn}lookup"}),
        manifest("LambdaAssociation", "old", {"functionArn": f"{arn}old"}),
        manifest("InstanceStorage", "CALL_RECORDINGS", bucket("archive" if second else "recordings")),
        manifest("InstanceStorage", "CHAT_TRANSCRIPTS", bucket("chats")),
    ]


def _users(second: bool) -> list[Manifest]:
    """Users of every field, a quick connect to one of them, and one who is in a single version."""

    def user(name: str, **fields: Any) -> Manifest:
        person = {"firstName": "Ada", "lastName": "King" if second else "Byron"}
        return manifest("User", name, {"identityInfo": person, "securityProfiles": ["agents"], **fields})

    language = {"attributeName": "Language", "attributeValue": "German", "level": 3 if second else 1}
    spanish = {**language, "attributeValue": "Spanish"}
    aim = {"user": "bob", "contactFlow": "Default agent transfer"}
    leading = {"quickConnectConfig": {"quickConnectType": "USER", "userConfig": aim}}
    ada = {
        "securityProfiles": ["agents", "leads"] if second else ["agents", "temps"],
        "routingProfile": "first line" if second else "old line",
        "hierarchyGroup": f"North/Berlin/Team {1 if second else 2}",
        "afterContactWorkConfigs": [
            {"channel": "VOICE", "afterContactWorkConfig": {"afterContactWorkTimeLimit": 20 if second else 10}}
        ],
        "proficiencies": [language, spanish] if second else [language],
        "tags": {"Team": "Sales" if second else "Care"},
    }
    phone = {"phoneType": "SOFT_PHONE", "autoAccept": second}
    return [
        user("ada", **ada),
        user("eve" if second else "bob", routingProfile="first line", phoneConfig=phone),
        manifest("QuickConnect", "bob", leading),
    ]


def _account(second: bool) -> list[Manifest]:
    """Resources of the account: a function's log, roles with policies, and schedules that assume a role."""

    def policy(action: str) -> dict[str, Any]:
        return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}

    trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trusted = {"assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    managed = "arn:aws:iam::aws:policy/"
    attached = ["AWSXRayDaemonWriteAccess"] if second else ["ReadOnlyAccess", "SecurityAudit"]
    hours = 2 if second else 1
    target = {"arn": "arn:aws:lambda:us-east-1:111122223333:function:calls", "role": "caller"}
    caller = {
        "description": "Calls" if second else "Called",
        "inlinePolicies": [
            {"name": "main", "document": policy("lambda:InvokeAsync" if second else "lambda:InvokeFunction")},
            {"name": "logs", "document": policy("logs:PutLogEvents")},
        ],
        "managedPolicyArns": [managed + name for name in attached],
        "permissionsBoundary": f"{managed}AdministratorAccess" if second else None,
        "tags": {"Team": "Sales" if second else "Care"},
    }
    return [
        manifest("LogGroup", "/calls/new", {"retentionInDays": 30 if second else None, "tags": {"Team": "Care"}}),
        manifest("LogGroup", "/calls/old", {"retentionInDays": 7}),
        manifest("IamRole", "caller", {**trusted, **caller}),
        manifest("IamRole", "old", {**trusted, "inlinePolicies": [{"name": "main", "document": policy("s3:*")}]}),
        manifest("ScheduleGroup", "jobs", {"tags": {"Team": "Sales" if second else "Care"}}),
        manifest("ScheduleGroup", "fairs", {}),
        manifest("Schedule", "jobs/nightly", {"scheduleExpression": f"rate({hours} hours)", "target": target}),
        manifest("Schedule", "jobs/old", {"scheduleExpression": "rate(1 days)", "target": target}),
    ]


def there(world: World) -> dict[str, list[str]]:
    """Returns the live resources from list operations, which never lag, without AWS's own."""
    found = {kind: [name for name in names(world, kind) if name not in BUILT_IN[kind]] for kind in SUMMARIES}
    scheduler = world.client("scheduler")
    groups = [each["Name"] for each in scheduler.list_schedule_groups()["ScheduleGroups"] if each["State"] == "ACTIVE"]
    schedules = [f"{each['GroupName']}/{each['Name']}" for each in scheduler.list_schedules()["Schedules"]]
    return (found | voice.heard(world)) | {
        "LogGroup": sorted(each["logGroupName"] for each in world.client("logs").describe_log_groups()["logGroups"]),
        "IamRole": sorted(each["RoleName"] for each in world.client("iam").list_roles()["Roles"]),
        "ScheduleGroup": sorted({*groups} - {"default"}),
        "Schedule": sorted(schedules),
    }


def expected(wanted: list[Manifest], *strangers: str) -> dict[str, list[str]]:
    """Returns what `there` finds: the resources of the manifests, and a stranger's of some kinds."""
    kinds = (*SUMMARIES, *voice.KINDS_HERE, "LogGroup", "IamRole", "ScheduleGroup", "Schedule")
    named: dict[str, list[str]] = {kind: [] for kind in kinds}
    for each in wanted:
        if each.ref.kind in named:
            named[each.ref.kind].append(KINDS[each.ref.kind].listed_name(each.spec) or each.ref.name)
    return {kind: sorted([*found, *(strangers if kind in STRANGERS else ())]) for kind, found in named.items()}


# Undeclared: resources of another writer, and undeclared fields of managed resources.

STRANGERS = ("HoursOfOperation", "Queue", "SecurityProfile", *voice.STRANGERS)


def set_beside(by: OtherWriter) -> None:
    """Another writer works in the console, on the first version."""
    by.calls("create_hours_of_operation", Name="theirs", TimeZone="UTC", Config=[])
    by.calls("create_queue", Name="theirs", HoursOfOperationId=by.id("HoursOfOperation", "day"))
    by.calls("create_security_profile", SecurityProfileName="theirs", Permissions=["Theirs.Access"])
    by.calls("update_queue_name", "Queue", "support", Description="theirs")
    by.calls("update_queue_max_contacts", "Queue", "support", MaxContacts=3)
    by.calls("update_hours_of_operation", "HoursOfOperation", "country", Description="theirs")
    by.calls("update_agent_status", "AgentStatus", "Lunch", DisplayOrder=9)
    by.calls("update_predefined_attribute", "PredefinedAttribute", "Language", Purposes=["Theirs"])
    by.calls("update_security_profile", "SecurityProfile", "agents", AllowedAccessControlTags={"Area": "EU"})
    voice.set_beside(by)


def beside(by: OtherWriter) -> dict[str, Any]:
    """Returns the other writer's settings as they are now."""
    support, country = by.describes("Queue", "support"), by.describes("HoursOfOperation", "country")
    found = {
        "queue": by.describes("Queue", "theirs"),
        "hours": by.describes("HoursOfOperation", "theirs"),
        "profile": by.describes("SecurityProfile", "theirs"),
        "permissions": by.calls("list_security_profile_permissions", "SecurityProfile", "theirs")["Permissions"],
    }
    return {
        **found,
        "support": (support["Description"], support["MaxContacts"]),
        "country": country["Description"],
        "order": by.describes("AgentStatus", "Lunch")["DisplayOrder"],
        "purposes": by.describes("PredefinedAttribute", "Language")["Purposes"],
        "tags": by.describes("SecurityProfile", "agents")["AllowedAccessControlTags"],
        **voice.beside(by),
    }
