"""How many calls it takes to read an instance: by what is declared, and never by how much else there is."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import CallError
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Ownership
from tests.shapes import many
from tests.world import World, manifest

QUEUES, PROFILES, SECURITY, HOURS = 50, 20, 20, 10
ROOM = {"quotas": {"queues": 500, "securityProfiles": 500, "routingProfiles": 500, "hoursOfOperation": 300}}
VOICE = [{"channel": "VOICE", "concurrency": 1}]
OPEN = [{"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}]
# One bulk read for each kind that bears tags: of those that nobody declares, something of ours may be left.
SEARCHES = {
    kind.search.operation: 1 for kind in KINDS.values() if kind.ownership is Ownership.TAGS and not kind.bare_search
}


def instance(*, lists: bool = False, **hours: Any) -> list[Manifest]:
    """50 queues, 20 routing profiles, 20 security profiles and 10 hours; `lists`: with what no search tells."""

    def profile(at: int) -> dict[str, Any]:
        said = {"description": "d", "defaultOutboundQueue": f"q{at}", "mediaConcurrencies": VOICE}
        pair = {"queueReference": {"queue": f"q{at}", "channel": "VOICE"}, "priority": 1, "delay": 0}
        return said | ({"queueConfigs": [pair]} if lists else {})

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


def test_what_a_search_tells_takes_one_call_a_kind(world: World) -> None:
    world.control.set_faults(ROOM)
    world.run(*instance())

    assert calls_of_a_plan(world, instance()) == SEARCHES


def test_what_no_search_tells_takes_one_call_for_each_that_declares_it(world: World) -> None:
    world.control.set_faults(ROOM)
    world.run(*instance(lists=True))

    assert calls_of_a_plan(world, instance(lists=True)) == SEARCHES | {
        "ListRoutingProfileQueues": PROFILES,
        "ListSecurityProfilePermissions": SECURITY,
    }


def test_what_asks_one_operation_does_not_wait_behind_all_that_ask_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS lets two calls of each operation through in a second: a hundred tables are read in half the time."""
    tables = [many(2, others=1, name=f"T{at}") for at in range(4)]
    declared = [*instance(lists=True), *tables]
    world.control.set_faults(ROOM)
    world.run(*declared)
    monkeypatch.setattr("reconciler.live.reading.WORKERS", 1)
    world.aws = heard = Heard(world.aws)  # type: ignore[assignment]

    world.plan(*declared)

    inside = [name for name in heard.asked if name not in SEARCHES]
    lists = ["ListDataTableAttributes", "ListRoutingProfileQueues", "ListSecurityProfilePermissions"]
    assert [sorted(inside[at : at + 4]) for at in range(0, 16, 4)] == [sorted([*lists, "ListDataTableValues"])] * 4
    assert len(inside) == 2 * len(tables) + PROFILES + SECURITY


class Heard:
    """A port that remembers what was asked, in that order."""

    def __init__(self, aws: Any) -> None:
        self._aws = aws
        self.asked: list[str] = []

    def pages(self, service: str, operation: str, items: str, params: Any) -> Any:
        self.asked.append(operation)
        return self._aws.pages(service, operation, items, params)


def test_overrides_of_all_hours_take_one_search_together(world: World) -> None:
    override = {"name": "Xmas", "config": [], "effectiveFrom": "2026-12-24", "effectiveTill": "2026-12-26"}
    world.control.set_faults(ROOM)
    world.run(*instance(overrides=[override]))

    assert calls_of_a_plan(world, instance(overrides=[override])) == SEARCHES | {"SearchHoursOfOperationOverrides": 1}


def test_hundreds_of_strangers_take_no_call_but_their_pages(world: World) -> None:
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


def test_kinds_without_tags_are_read_only_where_one_is_declared(world: World) -> None:
    origin = manifest("ApprovedOrigin", "https://crm.example.com", {})
    world.run(origin)

    assert calls_of_a_plan(world, [origin]) == SEARCHES | {"ListApprovedOrigins": 1}


@pytest.mark.parametrize("kind", ["Queue", "AgentStatus", "SecurityProfile"])
def test_a_kind_that_nobody_declares_and_nobody_may_list_is_an_info(world: World, kind: str) -> None:
    """S0-59: a role that may not read what is not managed is no failure."""
    denied(world, KINDS[kind].search.operation)

    plan = world.plan(manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": OPEN}))

    (told,) = [finding for finding in plan.findings if finding.address == f"{kind}/*"]
    assert told.severity == "info"
    assert f"connect:{KINDS[kind].search.operation}" in told.message
    assert [str(change.ref) for change in plan.changes] == ["HoursOfOperation/day"]


def test_a_declared_kind_that_nobody_may_list_is_an_error_that_names_the_action(world: World) -> None:
    denied(world, "SearchQueues")

    with pytest.raises(CallError, match="connect:SearchQueues") as wrong:
        world.plan(*instance()[: HOURS + 1])

    assert wrong.value.code == "AccessDeniedException"


def test_what_nobody_may_read_of_a_declared_one_is_an_error_too(world: World) -> None:
    world.control.set_faults(ROOM)
    world.run(*instance(lists=True))
    denied(world, "ListSecurityProfilePermissions")

    with pytest.raises(CallError, match="connect:ListSecurityProfilePermissions"):
        world.plan(*instance(lists=True))
    assert not world.plan(*instance()).changes


def denied(world: World, operation: str) -> None:
    error = {"every": 1, "code": "AccessDeniedException", "operations": [operation]}
    world.control.set_faults({**ROOM, "error": error})
