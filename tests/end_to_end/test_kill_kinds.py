"""Killed at any call of a run over several kinds: the next run finishes it, and makes nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import Repository, Server, client
from tests.end_to_end.killing import applied, declared, finishes_after, prepared

CALLS = 39
SAMPLE = (19,)
VOICE = {"channel": "VOICE", "concurrency": 1}
QUEUES = [f"q{at:02}" for at in range(12)]


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


@pytest.fixture
def repository(server: Server, tmp_path: Path) -> Repository:
    """Bulk reads of seven kinds, and then creates with what can follow them only."""
    return prepared(server, tmp_path, *centre())


def centre() -> list[dict[str, Any]]:
    override = {"name": "Xmas", "config": [], "effectiveFrom": "2026-12-24", "effectiveTill": "2026-12-26"}
    till = {"queue": "q00", "contactFlow": "Default queue transfer"}
    pairs = [{"queueReference": {"queue": name, "channel": "VOICE"}, "priority": 1, "delay": 0} for name in QUEUES]
    line = {"description": "d", "defaultOutboundQueue": "q00", "mediaConcurrencies": [VOICE], "queueConfigs": pairs}
    return [
        declared("HoursOfOperation", "day", timeZone="UTC", config=[], overrides=[override]),
        declared("Queue", "q00", hoursOfOperation="day", quickConnects=["till"], status="DISABLED"),
        *(declared("Queue", name, hoursOfOperation="day") for name in QUEUES[1:]),
        declared("QuickConnect", "till", quickConnectConfig={"quickConnectType": "QUEUE", "queueConfig": till}),
        declared("RoutingProfile", "line", **line),
        declared("SecurityProfile", "agents", permissions=["BasicAgentAccess"]),
        declared("UserHierarchy", "main", levelOne={"name": "Country"}, levelTwo={"name": "Site"}),
        declared("UserHierarchyGroup", "North"),
        declared("UserHierarchyGroup", "North/Berlin"),
    ]


def finished_after(repository: Repository, server: Server, call: int) -> None:
    finishes_after(repository, server, call)

    assert there(server) == (["day"], QUEUES, ["till"], ["line"], ["Berlin", "North"])


def there(server: Server) -> tuple[list[str], ...]:
    """Returns the resources that a client lists, without AWS's own."""
    connect, where = client(server), {"InstanceId": INSTANCE_ARN}
    listed = (
        connect.list_hours_of_operations(**where)["HoursOfOperationSummaryList"],
        connect.list_queues(**where, QueueTypes=["STANDARD"])["QueueSummaryList"],
        connect.list_quick_connects(**where)["QuickConnectSummaryList"],
        connect.list_routing_profiles(**where)["RoutingProfileSummaryList"],
        connect.list_user_hierarchy_groups(**where)["UserHierarchyGroupSummaryList"],
    )
    return tuple(sorted(each["Name"] for each in found if not each["Name"].startswith("Basic")) for found in listed)


@pytest.mark.parametrize("call", SAMPLE)
def test_killed_at_a_call_here_and_there(repository: Repository, server: Server, call: int) -> None:
    finished_after(repository, server, call)


@pytest.mark.slow
@pytest.mark.parametrize("call", [call for call in range(1, CALLS + 1) if call not in SAMPLE])
def test_killed_at_every_other_call(repository: Repository, server: Server, call: int) -> None:
    finished_after(repository, server, call)


def test_the_run_takes_so_many_calls(repository: Repository, server: Server) -> None:
    assert applied(repository) == 0

    assert sum(count for name, count in server.calls().items() if name.startswith("connect:")) == CALLS
