"""`adopt` and `destroy` beyond data tables: untaggable, undeletable and dependent resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import Done, Repository, Server, client, resource, written

Reconcile = Callable[..., Done]
HERE = {"InstanceId": INSTANCE_ARN}
ORIGIN = resource("ApprovedOrigin", "https://example.com")
STATUS = resource("AgentStatus", "Lunch", {"state": "ENABLED"})
LEVELS = resource("UserHierarchy", "main", {"levelOne": {"name": "Country"}, "levelTwo": {"name": "Site"}})
GROUPS = (
    resource("UserHierarchyGroup", "North"),
    resource("UserHierarchyGroup", "North/Berlin"),
)
OPENING = {"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}
RING = (
    resource("HoursOfOperation", "Office", {"timeZone": "UTC", "config": [OPENING]}),
    resource("Queue", "Care", {"hoursOfOperation": "Office", "quickConnects": ["Back"]}),
    resource(
        "QuickConnect",
        "Back",
        {
            "quickConnectConfig": {
                "quickConnectType": "QUEUE",
                "queueConfig": {"queue": "Care", "contactFlow": "Default queue transfer"},
            }
        },
    ),
)


@pytest.fixture
def applied(repository: Repository, reconcile: Reconcile) -> Callable[..., Reconcile]:
    def apply(*manifests: dict[str, Any]) -> Reconcile:
        repository.declare(*manifests)
        done = reconcile("apply", "--auto-approve")
        assert done.code == 0, done
        return reconcile

    return apply


def test_an_untaggable_resource_is_managed_while_declared(applied: Callable[..., Reconcile], server: Server) -> None:
    reconcile = applied(ORIGIN)
    before = server.calls()

    for arguments in (["--all"], ["ApprovedOrigin/https://example.com"]):
        done = reconcile("adopt", *arguments, "--auto-approve")
        assert done.code == 0
        assert "nothing to tag: it is managed while a manifest declares it" in done.out
    assert written(name for name, count in server.calls().items() if count != before.get(name)) == set()


def test_an_untaggable_resource_is_managed_once_declared(
    repository: Repository, applied: Callable[..., Reconcile]
) -> None:
    reconcile = applied(ORIGIN)
    repository.declare()

    done = reconcile("adopt", "ApprovedOrigin/https://example.com", "--auto-approve")

    assert done.code == 0
    assert "it is managed as soon as a manifest declares it" in done.out


def test_destroy_deletes_declared_untaggable_resources(applied: Callable[..., Reconcile], server: Server) -> None:
    client(server).associate_approved_origin(**HERE, Origin="https://other.example.com")
    reconcile = applied(ORIGIN)

    done = reconcile("destroy", "--yes")

    assert done.code == 0
    assert "deleted    ApprovedOrigin/https://example.com\n" in done.out
    assert client(server).list_approved_origins(**HERE)["Origins"] == ["https://other.example.com"]


def test_an_untaggable_resource_stays_once_it_is_not_declared(
    repository: Repository, applied: Callable[..., Reconcile]
) -> None:
    reconcile = applied(ORIGIN)
    repository.declare()

    done = reconcile("destroy", "--yes")

    assert done.code == 0
    assert done.out.startswith("Nothing is owned here by shop/lab.\n")


def test_destroy_deletes_dependents_first(applied: Callable[..., Reconcile], server: Server) -> None:
    reconcile = applied(*RING, LEVELS, *GROUPS)

    done = reconcile("destroy", "--yes")

    assert done.code == 0
    assert done.out.count("\ndeleted ") == 6
    assert client(server).describe_user_hierarchy_structure(**HERE)["HierarchyStructure"] == {}


def test_undeletable_resources_are_kept_and_the_rest_deleted(applied: Callable[..., Reconcile]) -> None:
    reconcile = applied(STATUS, *RING)

    done = reconcile("destroy", "--yes")

    assert done.code == 3
    assert (
        "blocked AgentStatus/Lunch\n    Amazon Connect cannot delete AgentStatus resources; declare it with" in done.out
    )
    assert "kept       1 resource; see the plan above for the reasons; exit code 3\n" in done.out
    assert done.out.count("AgentStatus/Lunch") == 1
    assert done.out.count("deleted  ") == 3


def test_unreadable_manifests_stop_it_before_any_deletion(
    repository: Repository, applied: Callable[..., Reconcile], server: Server
) -> None:
    reconcile = applied(ORIGIN, *RING)
    before = server.calls()
    repository.declare(ORIGIN, resource("Queue", "Care", {"hoursOfOperations": "Office"}))

    done = reconcile("destroy", "--yes")

    assert done.code == 1
    assert "hoursOfOperations" in done.err
    assert server.calls() == before


@pytest.mark.parametrize("gone", ["manifests/base", "manifests"])
def test_without_manifests_it_deletes_tagged_resources(
    repository: Repository, applied: Callable[..., Reconcile], gone: str
) -> None:
    reconcile = applied(*RING)
    repository.declare()
    (repository.root / "manifests/base/.gitkeep").unlink()
    (repository.root / "manifests/base").rmdir()
    if gone == "manifests":
        (repository.root / "manifests").rmdir()

    done = reconcile("destroy", "--yes")

    assert done.code == 0
    assert done.out.count("deleted  ") == 3


def test_a_declared_resource_that_cannot_be_read_is_an_error(applied: Callable[..., Reconcile], server: Server) -> None:
    reconcile = applied(ORIGIN, *RING)
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["SearchQueues"]})

    done = reconcile("destroy", "--yes")

    assert done.code == 1
    assert not written(server.calls()) & {"connect:DeleteQueue", "connect:DisassociateApprovedOrigin"}
