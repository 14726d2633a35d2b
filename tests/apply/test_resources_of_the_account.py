"""Roles, log groups and schedules: what another writer does meanwhile, delays of AWS, and lost replies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model import Linked, Manifest, Outcome, Status
from tests.apply.meanwhile import statuses
from tests.builders.manifests import manifest
from tests.builders.roles import trust
from tests.worlds.world import World

TRUST = trust("scheduler.amazonaws.com")
XRAY = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"


def allowed(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def inline(**actions: str) -> list[dict[str, Any]]:
    return [{"name": name, "document": allowed(action)} for name, action in actions.items()]


def role(name: str = "caller", **more: Any) -> Manifest:
    return manifest("IamRole", name, {"assumeRolePolicyDocument": TRUST, **more})


def group() -> Manifest:
    return manifest("ScheduleGroup", "jobs", {})


def schedule(**more: Any) -> Manifest:
    target = {"arn": "arn:aws:lambda:us-east-1:111122223333:function:f", "role": "caller"}
    return manifest("Schedule", "jobs/nightly", {"scheduleExpression": "rate(1 hours)", "target": target, **more})


def while_planned(world: World, edit: Callable[[], object], *wanted: Manifest, **flags: Any) -> Outcome:
    """Plans, lets another writer edit, and applies the plan."""
    seen = world.preview(*wanted, **flags)
    edit()
    return world.apply(seen)


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)


# Another writer.


def test_an_inline_policy_that_another_writer_has_created_is_not_overwritten(world: World) -> None:
    world.run(role())
    iam, foreign = world.client("iam"), json.dumps(allowed("s3:*"))

    def edit() -> None:
        iam.put_role_policy(RoleName="caller", PolicyName="main", PolicyDocument=foreign)

    done = while_planned(world, edit, role(inlinePolicies=inline(main="s3:GetObject")))

    assert done.exit_code == 5
    assert statuses(done) == {"inlinePolicies[main]": Status.CONFLICT}
    assert iam.get_role_policy(RoleName="caller", PolicyName="main")["PolicyDocument"] == allowed("s3:*")


def test_an_equal_inline_policy_of_another_writer_needs_no_call(world: World) -> None:
    world.run(role())
    wanted = json.dumps(allowed("S3:GetObject"))

    def edit() -> None:
        world.client("iam").put_role_policy(RoleName="caller", PolicyName="main", PolicyDocument=wanted)

    done = while_planned(world, edit, role(inlinePolicies=inline(main="s3:GetObject")))

    assert (done.exit_code, statuses(done)) == (0, {"inlinePolicies[main]": Status.UNCHANGED})


def test_an_inline_policy_that_another_writer_has_changed_is_not_overwritten(world: World) -> None:
    world.run(role(inlinePolicies=inline(main="s3:GetObject")))
    iam = world.client("iam")

    def edit() -> None:
        iam.put_role_policy(RoleName="caller", PolicyName="main", PolicyDocument=json.dumps(allowed("s3:*")))

    done = while_planned(world, edit, role(inlinePolicies=inline(main="s3:PutObject")))

    assert done.exit_code == 5
    assert iam.get_role_policy(RoleName="caller", PolicyName="main")["PolicyDocument"] == allowed("s3:*")


def test_a_role_with_a_policy_that_the_plan_did_not_show_is_not_deleted(world: World) -> None:
    world.run(role(inlinePolicies=inline(main="s3:GetObject")))

    def edit() -> None:
        document = json.dumps(allowed("s3:*"))
        world.client("iam").put_role_policy(RoleName="caller", PolicyName="new", PolicyDocument=document)

    done = while_planned(world, edit, removed=["IamRole/caller"])

    assert done.exit_code == 5
    assert world.client("iam").list_role_policies(RoleName="caller")["PolicyNames"] == ["main", "new"]


def test_a_schedule_that_another_writer_has_changed_is_not_replaced(world: World) -> None:
    declared = (role(), group(), schedule())
    world.run(*declared)
    scheduler = world.client("scheduler")

    def edit() -> None:
        live = scheduler.get_schedule(GroupName="jobs", Name="nightly")
        own = ("Name", "GroupName", "Target", "FlexibleTimeWindow")
        scheduler.update_schedule(**{key: live[key] for key in own}, ScheduleExpression="rate(3 hours)")

    done = while_planned(world, edit, role(), group(), schedule(scheduleExpression="rate(2 hours)"))

    assert done.exit_code == 5
    assert scheduler.get_schedule(GroupName="jobs", Name="nightly")["ScheduleExpression"] == "rate(3 hours)"


def test_what_another_writer_has_changed_elsewhere_in_a_schedule_survives_a_replacement_of_all(world: World) -> None:
    world.run(role(), group(), schedule())
    scheduler = world.client("scheduler")

    def edit() -> None:
        live = scheduler.get_schedule(GroupName="jobs", Name="nightly")
        own = ("Name", "GroupName", "Target", "FlexibleTimeWindow", "ScheduleExpression")
        scheduler.update_schedule(**{key: live[key] for key in own}, Description="By hand", State="DISABLED")

    done = while_planned(world, edit, role(), group(), schedule(scheduleExpression="rate(2 hours)"))

    live = scheduler.get_schedule(GroupName="jobs", Name="nightly")
    assert done.exit_code == 0
    assert (live["ScheduleExpression"], live["Description"], live["State"]) == ("rate(2 hours)", "By hand", "DISABLED")


# Delays of AWS.


def test_a_schedule_waits_until_its_new_role_may_be_assumed(world: World) -> None:
    world.control.set_faults({"propagation": {"calls": 4}})

    done = world.run(role(), group(), schedule())

    assert done.exit_code == 0, done
    assert done.retries > 0


def test_a_deleted_group_is_gone_when_its_deletion_is_done(world: World) -> None:
    world.run(role(), group(), schedule())
    world.control.set_faults({"deletion": {"calls": 5}})

    done = world.run(role(), removed=["ScheduleGroup/jobs", "Schedule/jobs/nightly"])

    names = {each["Name"] for each in world.client("scheduler").list_schedule_groups()["ScheduleGroups"]}
    assert (done.exit_code, names) == (0, {"default"})


def test_a_group_that_aws_is_deleting_blocks_its_changes(world: World) -> None:
    world.run(group())
    world.control.set_faults({"deletion": {"calls": 50}})
    world.client("scheduler").delete_schedule_group(Name="jobs")

    (change,) = world.plan(manifest("ScheduleGroup", "jobs", {"tags": {"Team": "Care"}})).changes

    assert change.reason == "is still DELETING"


def test_a_role_whose_reply_is_lost_is_created_once_though_iam_does_not_show_it_yet(world: World) -> None:
    faults = {"lostReply": {"every": 1, "operations": ["CreateRole"]}, "consistency": {"calls": 3}}
    world.control.set_faults(faults)

    done = world.run(role(inlinePolicies=inline(main="s3:GetObject"), managedPolicyArns=[XRAY]))

    world.control.set_faults({})
    assert done.exit_code == 0, done
    assert not world.plan(role(inlinePolicies=inline(main="s3:GetObject"), managedPolicyArns=[XRAY])).changes


# Failures.


def test_a_policy_whose_reply_is_lost_is_the_same_in_whatever_way_it_refers_to_a_resource(world: World) -> None:
    """AWS returns the ARN, which is read as `${QAssistant/desk.arn}`. The manifest has an ARN that holds the id."""
    arn = Linked("arn:aws:wisdom:us-east-1:111122223333:assistant/${QAssistant/desk.id}")
    document = allowed("wisdom:GetAssistant")
    document["Statement"][0]["Resource"] = arn
    wanted = manifest("QAssistant", "desk", {}), role(inlinePolicies=[{"name": "main", "document": document}])
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["PutRolePolicy"]}})

    done = world.run(*wanted)

    assert done.exit_code == 0
    assert world.control.stats()["faults"]["lostReply"] == 1
    assert not world.plan(*wanted).changes


def test_a_deletion_that_fails_between_its_calls_is_finished_by_the_next_run(world: World) -> None:
    world.run(role(inlinePolicies=inline(main="s3:GetObject"), managedPolicyArns=[XRAY]))
    refused = {"every": 1, "code": "AccessDeniedException", "operations": ["DeleteRolePolicy"]}
    world.control.set_faults({"error": refused})

    failed = world.run(removed=["IamRole/caller"])
    world.control.set_faults({})
    finished = world.run(removed=["IamRole/caller"])

    assert failed.totals.failed
    assert "iam:DeleteRolePolicy" in next(result.message for result in failed.results.values())
    assert finished.exit_code == 0
    assert not world.client("iam").list_roles()["Roles"]


def test_a_replacement_reports_a_policy_that_it_could_not_attach_again(world: World) -> None:
    world.run(role(managedPolicyArns=[XRAY]))
    refused = {"every": 1, "code": "AccessDeniedException", "operations": ["AttachRolePolicy"]}
    world.control.set_faults({"error": refused})
    moved = role(managedPolicyArns=[XRAY], path="/reconcile/calls/")

    failed = world.run(moved, allow_delete=frozenset({"IamRole/caller"}))
    world.control.set_faults({})

    assert failed.totals.failed
    assert [change.ref.name for change in world.plan(moved).changes] == ["caller"]
    assert world.run(moved).exit_code == 0


def test_a_log_group_with_the_retention_of_an_account_policy_is_blocked_and_says_why(world: World) -> None:
    declared = manifest("LogGroup", "/calls", {"retentionInDays": 30})
    world.run(declared)
    document = json.dumps({"retentionInDays": 90, "enforcementMode": "RETROACTIVE"})
    world.client("logs").put_account_policy(
        policyName="long", policyType="RETENTION_POLICY", policyDocument=document, scope="ALL"
    )

    (change,) = world.plan(declared).changes

    assert 'decided by the account policy "long"' in change.reason
