"""The calls to read an instance depend on the declared resources, and not on the other ones."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import CallError
from reconciler.kinds.operations import INDEX, finds_orphans
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest
from tests.builders.manifests import manifest
from tests.builders.tables import many
from tests.worlds.world import World

QUEUES, PROFILES, SECURITY, HOURS = 50, 20, 20, 10
ROOM = {"quotas": {"queues": 500, "securityProfiles": 500, "routingProfiles": 500, "hoursOfOperation": 300}}
VOICE = [{"channel": "VOICE", "concurrency": 1}]
OPEN = [{"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}]
# One bulk read per taggable kind: an undeclared kind may still have a managed resource.
SEARCHES = {kind.reading.search.operation: 1 for kind in KINDS.values() if finds_orphans(kind)}


def instance(*, lists: bool = False, **hours: Any) -> list[Manifest]:
    """Returns 50 queues, 20 routing profiles, 20 security profiles and 10 hours. `lists`: with details."""

    def profile(at: int) -> dict[str, Any]:
        fields = {"description": "d", "defaultOutboundQueue": f"q{at}", "mediaConcurrencies": VOICE}
        pair = {"queueReference": {"queue": f"q{at}", "channel": "VOICE"}, "priority": 1, "delay": 0}
        return fields | ({"queueConfigs": [pair]} if lists else {})

    def hours_of(at: int) -> dict[str, Any]:
        return {"timeZone": "UTC", "config": OPEN, **hours}

    permissions = {"permissions": ["BasicAgentAccess"]} if lists else {}
    return [
        *(manifest("HoursOfOperation", f"h{at}", hours_of(at)) for at in range(HOURS)),
        *(manifest("Queue", f"q{at}", {"hoursOfOperation": f"h{at % HOURS}"}) for at in range(QUEUES)),
        *(manifest("RoutingProfile", f"r{at}", profile(at)) for at in range(PROFILES)),
        *(manifest("SecurityProfile", f"s{at}", {"description": "d", **permissions}) for at in range(SECURITY)),
    ]


def calls_of_a_plan(world: World, declared: list[Manifest]) -> dict[str, int]:
    world.calls()
    assert not world.plan(*declared).changes
    return world.calls()


def test_searched_fields_take_one_call_per_kind(world: World) -> None:
    world.control.set_faults(ROOM)
    world.run(*instance())

    assert calls_of_a_plan(world, instance()) == SEARCHES


@pytest.mark.slow
def test_details_take_one_call_per_declaring_resource(world: World) -> None:
    world.control.set_faults(ROOM)
    world.run(*instance(lists=True))

    assert calls_of_a_plan(world, instance(lists=True)) == SEARCHES | {
        "ListRoutingProfileQueues": PROFILES,
        "ListSecurityProfilePermissions": SECURITY,
    }


@pytest.mark.slow
def test_an_operation_does_not_wait_for_all_calls_of_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS allows two calls of each operation a second, so a hundred tables are read in half the time."""
    tables = [many(2, others=1, name=f"T{at}") for at in range(4)]
    declared = [*instance(lists=True), *tables]
    world.control.set_faults(ROOM)
    world.run(*declared)
    monkeypatch.setattr("reconciler.live.reading.WORKERS", 1)
    world.aws = port = RecordingPort(world.aws)  # type: ignore[assignment]

    world.plan(*declared)

    inside = [name for name in port.operations if name not in {*SEARCHES, INDEX.operation}]
    lists = ["ListDataTableAttributes", "ListRoutingProfileQueues", "ListSecurityProfilePermissions"]
    assert [sorted(inside[at : at + 4]) for at in range(0, 16, 4)] == [sorted([*lists, "ListDataTableValues"])] * 4
    assert len(inside) == 2 * len(tables) + PROFILES + SECURITY


class RecordingPort:
    """A port that records the operations in order."""

    def __init__(self, aws: Any) -> None:
        self._aws = aws
        self.operations: list[str] = []

    def pages(self, service: str, operation: str, items: str, params: Any) -> Any:
        self.operations.append(operation)
        return self._aws.pages(service, operation, items, params)


@pytest.mark.slow
def test_overrides_of_all_hours_take_one_search_together(world: World) -> None:
    override = {"name": "Xmas", "config": [], "effectiveFrom": "2026-12-24", "effectiveTill": "2026-12-26"}
    world.control.set_faults(ROOM)
    world.run(*instance(overrides=[override]))

    assert calls_of_a_plan(world, instance(overrides=[override])) == SEARCHES | {"SearchHoursOfOperationOverrides": 1}


@pytest.mark.slow
def test_hundreds_of_unmanaged_resources_take_only_their_pages(world: World) -> None:
    world.control.set_faults(ROOM)
    world.run(*instance(lists=True))
    before = calls_of_a_plan(world, instance(lists=True))
    where = {"InstanceId": world.control.instance}
    hours = world.connect.list_hours_of_operations(**where)["HoursOfOperationSummaryList"][0]["Id"]
    for at in range(200):
        world.connect.create_queue(**where, Name=f"theirs {at}", HoursOfOperationId=hours)
        world.connect.create_security_profile(**where, SecurityProfileName=f"theirs {at}", Permissions=["A.Access"])

    after = calls_of_a_plan(world, instance(lists=True))

    # 224 security profiles come in three pages of a hundred; 251 queues in one of five hundred.
    assert after == before | {"SearchSecurityProfiles": 3}


def test_kinds_without_tags_are_read_only_if_declared(world: World) -> None:
    origin = manifest("ApprovedOrigin", "https://crm.example.com", {})
    world.run(origin)

    assert calls_of_a_plan(world, [origin]) == SEARCHES | {"ListApprovedOrigins": 1}


@pytest.mark.parametrize("kind", ["Queue", "AgentStatus", "SecurityProfile"])
def test_an_undeclared_kind_that_cannot_be_listed_is_an_info(world: World, kind: str) -> None:
    """S0-59: a role may lack permissions for unmanaged kinds."""
    denied(world, KINDS[kind].reading.search.operation)

    plan = world.plan(manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": OPEN}))

    (finding,) = [finding for finding in plan.findings if finding.address == f"{kind}/*"]
    assert finding.severity == "info"
    assert f"connect:{KINDS[kind].reading.search.operation}" in finding.message
    assert [str(change.ref) for change in plan.changes] == ["HoursOfOperation/day"]


def test_a_declared_kind_that_cannot_be_listed_is_an_error(world: World) -> None:
    denied(world, "SearchQueues")

    with pytest.raises(CallError, match="connect:SearchQueues") as wrong:
        world.plan(*instance()[: HOURS + 1])

    assert wrong.value.code == "AccessDeniedException"


@pytest.mark.slow
def test_unreadable_details_of_a_declared_resource_are_an_error(world: World) -> None:
    world.control.set_faults(ROOM)
    world.run(*instance(lists=True))
    denied(world, "ListSecurityProfilePermissions")

    with pytest.raises(CallError, match="connect:ListSecurityProfilePermissions"):
        world.plan(*instance(lists=True))
    assert not world.plan(*instance()).changes


def denied(world: World, operation: str) -> None:
    error = {"every": 1, "code": "AccessDeniedException", "operations": [operation]}
    world.control.set_faults({**ROOM, "error": error})
