"""Log groups, roles and schedules are read by their names: an account has thousands that concern no manifest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.errors import CallError
from reconciler.kinds.operations import reads_of
from reconciler.kinds.registry import KINDS
from reconciler.live import ReadRequest, read
from reconciler.model import Action, Manifest, Ref
from tests.builders.manifests import manifest
from tests.builders.roles import trust
from tests.worlds.world import World

TRUST = trust("scheduler.amazonaws.com")
GROUPS = 60
INDEX = "resourcegroupstaggingapi:GetResources"


def groups() -> list[Manifest]:
    return [manifest("LogGroup", f"/calls/{at:02}", {"retentionInDays": 30}) for at in range(GROUPS)]


def role(name: str = "caller", **more: Any) -> Manifest:
    return manifest("IamRole", name, {"assumeRolePolicyDocument": TRUST, **more})


def schedule(name: str = "jobs/nightly") -> Manifest:
    target = {"arn": "arn:aws:lambda:us-east-1:111122223333:function:f", "role": "caller"}
    return manifest("Schedule", name, {"scheduleExpression": "rate(1 hours)", "target": target})


def calls_of_a_plan(world: World, *declared: Manifest) -> dict[str, int]:
    world.every_call()
    world.plan(*declared)
    calls = world.every_call()
    return {name: count for name, count in calls.items() if not name.startswith("connect:")}


def denied(world: World, *operations: str) -> None:
    world.control.set_faults({"error": {"every": 1, "code": "AccessDeniedException", "operations": list(operations)}})


# The calls of a plan.


@pytest.mark.slow
def test_declared_log_groups_are_described_fifty_at_a_time(world: World) -> None:
    world.run(*groups())

    calls = calls_of_a_plan(world, *groups())

    assert (calls["logs:DescribeLogGroups"], calls["logs:ListTagsForResource"]) == (2, GROUPS)


def test_a_stack_inside_the_instance_asks_the_tag_index_alone(world: World) -> None:
    world.client("logs").create_log_group(logGroupName="/of/another/program")

    assert calls_of_a_plan(world) == {INDEX: 1}


def test_groups_and_roles_that_concern_no_manifest_are_not_described(world: World) -> None:
    for at in range(5):
        world.client("logs").create_log_group(logGroupName=f"/of/another/program/{at}")
        world.client("iam").create_role(RoleName=f"r{at}", AssumeRolePolicyDocument=json.dumps(TRUST))
    world.run(role())

    calls = calls_of_a_plan(world, role())

    assert "logs:DescribeLogGroups" not in calls
    assert (calls["iam:ListRoles"], calls["iam:GetRole"]) == (1, 1)


def test_policies_of_a_role_are_read_only_if_they_are_declared(world: World) -> None:
    world.run(role(managedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]))

    assert "iam:ListAttachedRolePolicies" not in calls_of_a_plan(world, role())
    assert calls_of_a_plan(world, role(managedPolicyArns=[]))["iam:ListAttachedRolePolicies"] == 1


# Orphans.


def test_an_orphan_is_found_by_the_tag_index_in_pages(world: World) -> None:
    world.run(*groups())
    world.control.set_faults({"pageCap": 7})

    assert world.plan().orphans == tuple(sorted(each.ref for each in groups()))


def test_a_deleted_group_that_the_index_still_lists_is_not_an_orphan(world: World) -> None:
    world.run(*groups())
    world.control.set_faults({"searchLag": {"calls": 1000}})
    world.client("logs").delete_log_group(logGroupName="/calls/07")

    plan = world.plan(*groups()[:7], *groups()[8:])

    assert (plan.changes, plan.orphans) == ((), ())


def test_a_new_declared_group_that_the_index_lacks_is_found_by_its_name(world: World) -> None:
    world.control.set_faults({"searchLag": {"calls": 1000}})
    world.run(*groups())

    assert not world.plan(*groups()).changes


def test_a_role_of_another_stack_is_not_an_orphan(world: World) -> None:
    world.run(role("own"))
    other = world.with_settings(name="prod")
    other.run(role("foreign"))

    assert world.plan().orphans == ()
    assert world.plan(*groups()[:1]).orphans == (Ref("IamRole", "own"),)


def test_a_role_below_another_path_is_found_only_by_its_name(world: World) -> None:
    world.run(role("elsewhere", path="/teams/"), *groups()[:1])

    plan = world.plan(*groups()[:1])
    deleted = world.run(*groups()[:1], removed=["IamRole/elsewhere"])

    assert plan.orphans == ()
    assert [(change.ref, change.action) for change in deleted.plan.changes] == [
        (Ref("IamRole", "elsewhere"), Action.DELETE)
    ]
    assert deleted.exit_code == 0


def test_schedules_of_groups_that_the_stack_does_not_manage_are_left_alone(world: World) -> None:
    world.run(role(), manifest("ScheduleGroup", "jobs", {}), schedule())
    foreign = {"Arn": "arn:aws:lambda:us-east-1:111122223333:function:f", "RoleArn": arn_of(world, "caller")}
    world.client("scheduler").create_schedule(
        Name="foreign", ScheduleExpression="rate(1 hours)", FlexibleTimeWindow={"Mode": "OFF"}, Target=foreign
    )

    plan = world.plan(role(), manifest("ScheduleGroup", "jobs", {}))

    assert plan.orphans == (Ref("Schedule", "jobs/nightly"),)


def arn_of(world: World, role: str) -> str:
    return str(world.client("iam").get_role(RoleName=role)["Role"]["Arn"])


# Permissions.


def test_a_denied_index_is_a_finding_of_each_kind(world: World) -> None:
    denied(world, "GetResources")

    findings = [finding for finding in world.plan().findings if finding.address == "LogGroup/*"]

    assert [finding.severity for finding in findings] == ["info"]
    assert "orphans are not listed" in findings[0].message


def test_a_denied_read_of_a_declared_role_is_an_error(world: World) -> None:
    world.run(role())
    denied(world, "GetRole")

    with pytest.raises(CallError, match="iam:GetRole"):
        world.plan(role())


def test_a_denied_read_of_an_undeclared_kind_is_a_finding(world: World) -> None:
    world.run(role("orphan"), *groups()[:1])
    denied(world, "GetRole")

    plan = world.plan(*groups()[:1])

    assert [finding for finding in plan.findings if finding.address == "IamRole/*"]
    assert plan.orphans == ()


# Requests.


def test_an_export_lists_the_account_only_for_kinds_that_it_names(world: World) -> None:
    world.client("logs").create_log_group(logGroupName="/of/another/program")
    scope = world.environment.scope

    whole = read(world.aws, scope, {}, ReadRequest(lambda ref: True))
    named = read(world.aws, scope, {}, ReadRequest(lambda ref: True, account_wide=("LogGroup",)))

    assert Ref("LogGroup", "/of/another/program") not in whole.live
    assert Ref("LogGroup", "/of/another/program") in named.live


def test_a_reference_by_name_finds_a_role_that_no_manifest_declares(world: World) -> None:
    world.client("iam").create_role(RoleName="caller", AssumeRolePolicyDocument=json.dumps(TRUST))

    made = world.run(manifest("ScheduleGroup", "jobs", {}), schedule())

    assert made.exit_code == 0, made
    assert not world.plan(manifest("ScheduleGroup", "jobs", {}), schedule()).changes


def test_every_kind_that_is_read_by_name_can_find_its_orphans() -> None:
    for kind in KINDS.values():
        # AWS lists the objects of one bucket at a time, millions of them. So they are deleted by address alone.
        if kind.reading.by_name and reads_of(kind).searches:
            ways = [kind.reading.index, kind.reading.candidates, kind.reading.within[0]]
            assert any(ways), kind.name
            assert kind.reading.describe, kind.name


def test_an_id_is_read_from_an_arn_of_its_own_kind_alone() -> None:
    kind = KINDS["LogGroup"]

    assert kind.id_within("arn:aws:logs:us-east-1:111122223333:log-group:/a/b") == "/a/b"
    assert kind.id_within("arn:aws-cn:logs:cn-north-1:111122223333:log-group:/a:b") == "/a:b"
    assert kind.id_within("arn:aws:logs:us-east-1:111122223333:destination:d") == ""
