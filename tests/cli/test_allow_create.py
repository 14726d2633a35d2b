"""`--allow-create`: an instance is created only if the flag names it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.running import Done, Repository, Server, client, resource

Reconcile = Callable[..., Done]
ADDRESS = "ConnectInstance/second-site"
SITE = resource(
    "ConnectInstance",
    "second-site",
    {"identityManagementType": "CONNECT_MANAGED", "inboundCallsEnabled": True, "outboundCallsEnabled": False},
)


@pytest.fixture
def site(repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> Reconcile:
    """Declared, but not live. Waiting between two reads takes no time."""
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)
    repository.declare(SITE)
    return reconcile


def aliases(server: Server) -> set[str]:
    return {each["InstanceAlias"] for each in client(server).list_instances()["InstanceSummaryList"]}


def test_without_it_an_instance_is_blocked_with_the_flag_that_allows_it(site: Reconcile, server: Server) -> None:
    done = site("apply", "--auto-approve")

    assert done.code == 3
    assert f"create it with --allow-create {ADDRESS}" in done.out
    assert aliases(server) == {"sandbox"}


@pytest.mark.parametrize("command", [["apply"], []])
def test_with_it_an_instance_is_created(site: Reconcile, server: Server, command: list[str]) -> None:
    """S4-5, S4-9, S4-25: apply waits until it is active."""
    done = site(*command, "--auto-approve", "--allow-create", ADDRESS)

    assert done.code == 0
    assert aliases(server) == {"sandbox", "second-site"}
    assert site("plan", "--detailed-exitcode").code == 0


def test_a_plan_shows_what_it_allows(site: Reconcile) -> None:
    done = site("plan", "--allow-create", ADDRESS, "--allow-create", "ConnectInstance/third-site")

    assert done.last.startswith("Plan: 1 to create")
    assert 'warning: --allow-create "ConnectInstance/third-site" is not a declared or live address' in done.err


def test_it_accepts_no_patterns(site: Reconcile) -> None:
    done = site("plan", "--allow-create", "ConnectInstance/*")

    assert done.code == 64
    assert "--allow-create" in done.err
    assert "give each address in full" in done.err


def test_a_failed_creation_is_reported_and_then_blocked(site: Reconcile, server: Server) -> None:
    """S4-5, S4-14: AWS answers the create, and fails later with a reason."""
    server.set_faults(creation={"calls": 2, "fails": "the alias is reserved"})

    done = site("apply", "--auto-approve", "--allow-create", ADDRESS)

    assert done.code == 1
    assert "its creation failed: the alias is reserved" in done.out
    again = site("plan", "--allow-create", ADDRESS)
    assert "1 blocked" in again.last
    assert "its creation failed: the alias is reserved" in again.out


def test_a_flag_before_a_command_is_an_error(site: Reconcile) -> None:
    done = site("--allow-create", ADDRESS, "plan")

    assert done.code == 64
    assert "--allow-create must follow the command plan" in done.err


def test_an_instance_is_never_destroyed_without_a_tombstone(
    repository: Repository, site: Reconcile, server: Server
) -> None:
    site("apply", "--auto-approve", "--allow-create", ADDRESS)

    kept = site("destroy", "--yes")
    repository.declare({"kind": "Removed", "spec": {"addresses": [ADDRESS]}})
    gone = site("destroy", "--yes")

    assert kept.code == 3
    assert f"blocked {ADDRESS}\n" in kept.out
    assert "kept       1 resource" in kept.out
    assert "declare kind: Removed" in kept.out
    assert gone.code == 0
    assert f"deleted    {ADDRESS}\n" in gone.out
    assert aliases(server) == {"sandbox"}


@pytest.mark.slow
def test_an_instance_is_adopted_by_its_alias_or_by_its_arn(
    repository: Repository, site: Reconcile, server: Server
) -> None:
    made = client(server).create_instance(
        InstanceAlias="second-site",
        IdentityManagementType="CONNECT_MANAGED",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=False,
    )
    client(server).list_instances()
    assert site("adopt", ADDRESS, "--auto-approve").code == 0
    assert site("plan", "--detailed-exitcode").code == 0

    client(server).untag_resource(resourceArn=made["Arn"], tagKeys=["reconciler:stack", "reconciler:address"])
    repository.declare({**SITE, "spec": {**SITE["spec"], "arn": made["Arn"]}})
    assert site("adopt", "--all", "--auto-approve").code == 0
    assert site("plan", "--detailed-exitcode").code == 0
