"""Namespaces and workgroups of Amazon Redshift Serverless: order, waits, and data that nothing deletes."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Manifest
from tests.builders.manifests import manifest
from tests.builders.roles import trust
from tests.worlds.world import World

NAMESPACE = "RedshiftNamespace/analytics"


def namespace(**spec: Any) -> Manifest:
    return manifest("RedshiftNamespace", "analytics", spec)


def workgroup(**spec: Any) -> Manifest:
    return manifest("RedshiftWorkgroup", "analytics", {"namespace": "analytics", "baseCapacity": 8, **spec})


def live(world: World) -> dict[str, Any]:
    return dict(world.client("redshift-serverless").get_workgroup(workgroupName="analytics")["workgroup"])


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)


def test_a_workgroup_is_created_when_its_namespace_is_available(world: World) -> None:
    world.control.set_faults({"deletion": {"calls": 6}})

    done = world.run(namespace(), workgroup())

    assert done.exit_code == 0, done
    assert live(world)["namespaceName"] == "analytics"


def test_every_setting_waits_for_the_one_before(world: World) -> None:
    world.run(namespace(), workgroup(maxCapacity=16))
    world.control.set_faults({"deletion": {"calls": 3}})
    spec = {"baseCapacity": 32, "maxCapacity": 64, "port": 5440, "enhancedVpcRouting": True}

    done = world.run(namespace(), workgroup(**spec))

    assert done.exit_code == 0, done
    assert live(world).items() >= spec.items()


def test_an_existing_namespace_needs_no_manifest(world: World) -> None:
    redshift = world.client("redshift-serverless")
    redshift.create_namespace(namespaceName="analytics")
    redshift.list_namespaces()

    assert world.run(workgroup()).exit_code == 0


def test_an_existing_namespace_is_adopted_and_only_tagged(world: World) -> None:
    redshift = world.client("redshift-serverless")
    made = redshift.create_namespace(namespaceName="analytics", adminUsername="root")["namespace"]
    redshift.list_namespaces()
    world.every_call()

    (world.environment.root / "manifests").mkdir()
    done = world.adopt(NAMESPACE)

    reads = ("Get", "List", "Search")
    writes = [name for name in world.every_call() if not name.partition(":")[2].startswith(reads)]
    assert (done.exit_code, writes) == (0, ["redshift-serverless:TagResource"])
    tags = redshift.list_tags_for_resource(resourceArn=made["namespaceArn"])["tags"]
    assert {"key": "reconciler:address", "value": NAMESPACE} in tags


def test_neither_prune_nor_a_tombstone_alone_deletes_data(world: World) -> None:
    world.run(namespace())

    pruned = world.run(prune=True)
    (buried,) = world.preview(removed=[NAMESPACE]).plan.changes

    assert not [change for change in pruned.plan.changes if change.action is Action.DELETE]
    assert buried.action is Action.BLOCKED
    assert "a namespace holds the data of its databases" in buried.reason


def test_both_permissions_delete_the_workgroup_first(world: World) -> None:
    world.run(namespace(), workgroup())

    removed = [NAMESPACE, "RedshiftWorkgroup/analytics"]
    done = world.run(removed=removed, allow_delete=frozenset({NAMESPACE}))

    assert done.exit_code == 0, done
    assert not world.client("redshift-serverless").list_namespaces()["namespaces"]


def test_no_plan_or_outcome_has_a_password(world: World) -> None:
    done = world.run(namespace(), workgroup())

    assert "adminUserPassword" not in repr(done)


def role(name: str) -> Manifest:
    return manifest("IamRole", name, {"assumeRolePolicyDocument": trust("redshift.amazonaws.com")})


def roles(world: World) -> list[str]:
    live = world.client("redshift-serverless").get_namespace(namespaceName="analytics")["namespace"]
    return [text.rpartition("/")[2].removesuffix(")") for text in live["iamRoles"]]


def test_a_new_role_is_used_when_aws_knows_it(world: World) -> None:
    world.run(namespace())
    world.control.set_faults({"propagation": {"calls": 4}})

    done = world.run(role("copy"), namespace(iamRoles=["copy"], defaultIamRole="copy"))

    assert done.exit_code == 0, done
    assert roles(world) == ["copy"]
    assert not world.plan(role("copy"), namespace(iamRoles=["copy"])).changes


def test_a_role_that_another_writer_has_added_meanwhile_is_not_lost(world: World) -> None:
    world.run(role("copy"), role("theirs"), namespace())
    seen = world.preview(role("copy"), role("theirs"), namespace(iamRoles=["copy"]))
    redshift = world.client("redshift-serverless")
    arn = "arn:aws:iam::111122223333:role/reconcile/theirs"
    redshift.update_namespace(namespaceName="analytics", iamRoles=[arn])
    redshift.list_namespaces()

    done = world.apply(seen)

    assert done.exit_code == 5
    assert roles(world) == ["theirs"]


def test_roles_of_others_stay_where_no_manifest_says_which(world: World) -> None:
    world.run(role("theirs"), namespace(iamRoles=["theirs"]))

    done = world.run(role("theirs"), namespace(logExports=["userlog"]))

    assert done.exit_code == 0
    assert roles(world) == ["theirs"]
