"""Roles in the list of a namespace: AWS replaces the list as a whole, and other writers own the rest of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from reconciler.apply.lists import with_list
from reconciler.apply.run import Ports, Stop
from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.errors import UnreadableAnswerError
from reconciler.kinds.iam import apply_actions, policy
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Outcome, Ref, Status
from reconciler.sandbox import INSTANCE_ID, REGION
from tests.builders.manifests import manifest
from tests.builders.roles import trust
from tests.worlds.scripted_aws import ScriptedAws
from tests.worlds.undoing import undone
from tests.worlds.world import UNLIMITED, World

ROLE = "arn:aws:iam::111122223333:role/reconcile/"
NAMESPACE = "analytics"


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("waiting", "lists"):
        monkeypatch.setattr(f"reconciler.apply.{place}.PAUSE", 0.0)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)


def role(name: str) -> Manifest:
    return manifest("IamRole", name, {"assumeRolePolicyDocument": trust("redshift.amazonaws.com")})


def member(name: str) -> Manifest:
    return manifest("RedshiftRole", f"{NAMESPACE}/{name}", {})


def redshift(world: World) -> Any:
    return world.client("redshift-serverless")


def write(world: World, *names: str, **more: Any) -> None:
    """Replaces the list, as another writer does, and waits until AWS has finished it."""
    arns = [ROLE + name for name in names]
    redshift(world).update_namespace(namespaceName=NAMESPACE, iamRoles=arns, **more)
    redshift(world).list_namespaces()


def namespace(world: World) -> dict[str, Any]:
    return dict(redshift(world).get_namespace(namespaceName=NAMESPACE)["namespace"])


def roles(world: World) -> list[str]:
    return [text.rpartition("/")[2].removesuffix(")") for text in namespace(world)["iamRoles"]]


def furnish(world: World, *names: str, **more: Any) -> None:
    """Creates a namespace of others, and roles of the stack. Others have attached the named ones."""
    world.run(*map(role, ("copy", "unload", "theirs")))
    redshift(world).create_namespace(namespaceName=NAMESPACE)
    redshift(world).list_namespaces()
    if names:
        write(world, *names, **more)


def run(world: World, *names: str, **selection: Any) -> Outcome:
    return world.run(*map(role, ("copy", "unload", "theirs")), *map(member, names), **selection)


def test_a_role_joins_the_namespace_of_others(world: World) -> None:
    furnish(world, "theirs", defaultIamRoleArn=f"{ROLE}theirs")

    done = run(world, "copy")

    assert done.exit_code == 0, done
    assert roles(world) == ["theirs", "copy"]
    assert namespace(world)["defaultIamRoleArn"] == f"{ROLE}theirs"
    assert not world.plan(role("copy"), member("copy")).changes


def test_the_plan_says_that_an_edit_between_read_and_write_is_not_seen(world: World) -> None:
    furnish(world)

    plan = world.plan(member("copy"))

    assert [(it.address, it.message) for it in plan.findings] == [
        ("RedshiftRole/*", "AWS has no lock for this kind: an edit between read and write is not seen")
    ]
    assert plan.estimate.operations == {"redshift-serverless:GetNamespace": 1, "redshift-serverless:UpdateNamespace": 1}


def test_roles_of_one_namespace_join_one_after_the_other(world: World) -> None:
    furnish(world)
    world.control.set_faults({"deletion": {"calls": 4}})
    world.every_call()

    done = run(world, "copy", "unload", "theirs")

    assert done.exit_code == 0, done
    assert sorted(roles(world)) == ["copy", "theirs", "unload"]
    assert world.every_call()["redshift-serverless:UpdateNamespace"] == 3  # none was refused because of another


def test_a_new_namespace_gets_its_settings_and_its_roles_in_one_run(world: World) -> None:
    world.control.set_faults({"deletion": {"calls": 3}, "propagation": {"calls": 4}})
    own = manifest("RedshiftNamespace", NAMESPACE, {"logExports": ["userlog"]})
    run_of_all = (own, role("copy"), role("unload"), member("copy"), member("unload"))

    done = world.run(*run_of_all)
    changed = manifest("RedshiftNamespace", NAMESPACE, {"logExports": ["connectionlog"]})
    again = world.run(changed, *run_of_all[1:-1], removed=[str(member("unload").ref)])

    assert (done.exit_code, again.exit_code) == (0, 0), (done, again)
    assert (roles(world), namespace(world)["logExports"]) == (["copy"], ["connectionlog"])


def test_what_another_writer_adds_after_the_plan_stays(world: World) -> None:
    furnish(world)
    seen = world.preview(role("copy"), member("copy"))
    write(world, "theirs")

    done = world.apply(seen)

    assert done.exit_code == 0, done
    assert roles(world) == ["theirs", "copy"]


def test_the_list_is_read_before_every_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(world)
    world.control.set_faults({"propagation": {"calls": 12}})
    edits: list[str] = []

    def edit(attempt: int) -> float:
        """Another writer attaches a role between two attempts: AWS does not know the new role yet."""
        if not edits:
            edits.append("theirs")
            write(world, "theirs")
        return 0.0

    monkeypatch.setattr("reconciler.apply.sending.backoff", edit)

    done = world.run(role("fresh"), manifest("RedshiftRole", f"{NAMESPACE}/fresh", {}))

    assert (done.exit_code, edits) == (0, ["theirs"]), done
    assert roles(world) == ["theirs", "fresh"]


def test_a_role_that_another_writer_has_attached_meanwhile_is_unchanged(world: World) -> None:
    furnish(world)
    seen = world.preview(role("copy"), member("copy"))
    write(world, "theirs", "copy")
    world.every_call()

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.UNCHANGED}
    assert "redshift-serverless:UpdateNamespace" not in world.every_call()


@pytest.mark.parametrize("every", [1, 2])
def test_a_lost_reply_loses_no_role(world: World, every: int) -> None:
    furnish(world, "theirs")
    world.control.set_faults({"lostReply": {"every": every, "operations": ["UpdateNamespace"]}})

    done = run(world, "copy", "unload")

    assert done.exit_code == 0, done
    assert sorted(roles(world)) == ["copy", "theirs", "unload"]


def test_a_removed_role_leaves_and_others_stay(world: World) -> None:
    furnish(world, "theirs", "copy", "unload", defaultIamRoleArn=f"{ROLE}copy")

    done = world.run(role("theirs"), role("unload"), removed=[str(member("copy").ref)], prune=True)

    assert done.exit_code == 0, done
    assert roles(world) == ["theirs", "unload"]
    assert "defaultIamRoleArn" not in namespace(world)
    assert {str(change.ref) for change in done.plan.changes} == {"IamRole/copy", "RedshiftRole/analytics/copy"}


def test_a_removed_role_that_another_writer_has_detached_is_done(world: World) -> None:
    furnish(world, "theirs", "copy")
    seen = world.preview(removed=[str(member("copy").ref)])
    write(world, "theirs")
    world.every_call()

    done = world.apply(seen)

    assert done.exit_code == 0, done
    assert roles(world) == ["theirs"]
    assert "redshift-serverless:UpdateNamespace" not in world.every_call()


def test_undo_detaches_and_attaches_again(world: World) -> None:
    furnish(world, "theirs")
    joined = run(world, "copy")

    undone(world, joined)
    without = roles(world)
    run(world, "copy")
    left = run(world, removed=[str(member("copy").ref)])
    undone(world, left)

    assert (without, roles(world)) == (["theirs"], ["theirs", "copy"])


def test_prune_detaches_the_role_of_a_pipeline_that_is_deleted(world: World) -> None:
    furnish(world, "theirs")
    pipeline, joining = Ref("Pipeline", "calls"), member("copy")
    own = replace(role("copy"), origins=(pipeline,), untagged=(joining.ref,))
    others = (role("unload"), role("theirs"))
    world.run(own, replace(joining, origins=(pipeline,)), *others)

    orphans = world.plan(*others).orphans
    done = world.run(*others, prune=True)

    assert orphans == (own.ref, joining.ref)
    assert done.exit_code == 0, done
    assert roles(world) == ["theirs"]


def test_a_namespace_that_is_not_there_blocks_its_role(world: World) -> None:
    (change,) = [it for it in world.plan(role("copy"), member("copy")).changes if it.ref.kind == "RedshiftRole"]

    assert change.reason.startswith("refers to RedshiftNamespace/analytics, which is neither live nor created")


def as_apply_role(world: World) -> World:
    """Returns a world whose calls are made by a role with the policy of apply alone."""
    rights = policy(apply_actions(["IamRole", "RedshiftRole"]), world.environment.scope)
    iam, name = world.client("iam"), {"RoleName": "apply"}
    own = iam.create_role(**name, AssumeRolePolicyDocument=json.dumps(trust("ec2.amazonaws.com")))["Role"]
    iam.put_role_policy(**name, PolicyName="apply", PolicyDocument=json.dumps(rights, separators=(",", ":")))
    keys = world.client("sts").assume_role(RoleArn=own["Arn"], RoleSessionName="apply")["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=REGION)
    limited = World(world.control, world.environment.root)
    limited.aws = Aws(session, INSTANCE_ID, Pacer(UNLIMITED))
    return limited


@pytest.fixture
def foreign(world: World) -> str:
    """A role outside the tool's path, which another writer has attached to the namespace."""
    furnish(world)
    document = json.dumps(trust("redshift.amazonaws.com"))
    arn = str(world.client("iam").create_role(RoleName="foreign", AssumeRolePolicyDocument=document)["Role"]["Arn"])
    redshift(world).update_namespace(namespaceName=NAMESPACE, iamRoles=[arn])
    redshift(world).list_namespaces()
    return arn


def test_a_foreign_role_that_apply_may_not_pass_is_named_with_the_remedy(world: World, foreign: str) -> None:
    """AWS does not say whether each role of the list must be passable. By default the sandbox demands it."""
    done = run(as_apply_role(world), "copy")

    (failed,) = [result for result in done.results.values() if result.status is Status.FAILED]
    assert (done.exit_code, roles(world)) == (1, ["foreign"])
    assert f"iam:PassRole on resource: {foreign} " in failed.message
    assert "allow the apply role iam:PassRole on it, with iam:PassedToService redshift-" in failed.message


def test_the_remedy_lets_the_role_join(world: World, foreign: str) -> None:
    limited = as_apply_role(world)
    passed = {"StringEquals": {"iam:PassedToService": "redshift-serverless.amazonaws.com"}}
    statement = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": foreign, "Condition": passed}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.client("iam").put_role_policy(RoleName="apply", PolicyName="pass", PolicyDocument=document)

    done = run(limited, "copy")

    assert done.exit_code == 0, done
    assert roles(world) == ["foreign", "copy"]


def test_where_aws_asks_only_for_new_roles_the_policies_of_init_are_enough(world: World, foreign: str) -> None:
    world.control.set_faults({"switches": {"passedRoles": "new"}})

    done = run(as_apply_role(world), "copy")

    assert done.exit_code == 0, done
    assert roles(world) == ["foreign", "copy"]


def test_a_list_in_an_unknown_form_is_not_replaced() -> None:
    kind, it = KINDS["RedshiftRole"], member("copy")
    live = {"namespaceName": NAMESPACE, "status": "AVAILABLE", "iamRoles": [f"{ROLE}known", "IamRole(id=42)"]}
    ports = Ports(ScriptedAws({"redshift-serverless:GetNamespace": {"namespace": live}}), *[None] * 3, stop=Stop())  # type: ignore[arg-type]
    call = kind.create_call(it.ref, it.spec, {})

    with pytest.raises(UnreadableAnswerError, match="unknown form"):
        with_list(ports, kind, call, {"namespaceName": NAMESPACE, "iamRoles": [f"{ROLE}copy"]})
