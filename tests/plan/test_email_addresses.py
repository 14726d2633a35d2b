"""E-mail addresses in plans: what is read of them, who may name one, and what keeps one."""

from __future__ import annotations

from typing import Any

from reconciler.model import Action, Manifest, Ref
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.exporting import exported
from tests.worlds.undoing import way_back
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
CARE = Ref("EmailAddress", "care@example.com")
DAY = manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": []})


def address(name: str = "care", **fields: Any) -> Manifest:
    return manifest("EmailAddress", f"{name}@example.com", fields)


def queue(*names: str) -> Manifest:
    return manifest(
        "Queue", "support", {"hoursOfOperation": "day", "emailAddresses": [f"{name}@example.com" for name in names]}
    )


def reads(world: World) -> tuple[int, int]:
    """Returns the searches and descriptions of addresses since the last read."""
    called = world.calls()
    return called.get("SearchEmailAddresses", 0), called.get("DescribeEmailAddress", 0)


def test_a_plan_without_addresses_searches_those_of_the_stack_alone(world: World) -> None:
    world.control.seed("EmailAddress", {"EmailAddress": "other@example.com"})
    world.run(DAY)
    world.calls()

    world.plan(DAY)

    assert reads(world) == (1, 0)


def test_an_address_without_a_manifest_is_an_orphan(world: World) -> None:
    world.run(DAY, address())

    assert world.plan(DAY).orphans == (CARE,)


def test_only_addresses_of_manifests_and_of_the_stack_are_described(world: World) -> None:
    for number in range(5):
        world.control.seed("EmailAddress", {"EmailAddress": f"other-{number}@example.com"})
    world.run(address(), address("sales"))
    world.calls()

    plan = world.plan(address(description="Orders"))

    assert plan.orphans == (Ref("EmailAddress", "sales@example.com"),)
    assert reads(world) == (2, 2)


def test_a_queue_may_name_an_address_that_no_manifest_declares(world: World) -> None:
    """As before this kind: one more search, and no description."""
    world.control.seed("EmailAddress", {"EmailAddress": "care@example.com"})
    world.run(DAY, queue("care"))
    world.calls()

    plan = world.plan(DAY, queue("care"))

    assert not plan.changes
    assert reads(world) == (2, 0)


def test_an_address_that_is_not_live_and_not_declared_is_reported(world: World) -> None:
    plan = world.plan(DAY, address(), queue("cart"))

    (blocked,) = [change for change in plan.changes if change.action is Action.BLOCKED]
    assert 'did you mean "care@example.com"?' in blocked.reason


def test_an_address_is_made_before_its_queue_and_deleted_after_it(world: World) -> None:
    made = world.run(DAY, queue("care"), address())
    kept = world.plan(DAY, queue("care"), removed=[str(CARE)])
    gone = world.run(DAY, removed=[str(CARE), "Queue/support"])

    assert (made.exit_code, gone.exit_code) == (0, 0)
    assert [change.action for change in kept.changes if change.ref == CARE] == [Action.BLOCKED]
    assert world.connect.search_email_addresses(**HERE)["EmailAddresses"] == []


def test_an_alias_is_made_before_it_is_associated(world: World) -> None:
    forwarding = address(aliasConfigurations=["help@example.com"])

    done = world.run(forwarding, address("help"))

    assert done.exit_code == 0
    assert not world.plan(forwarding, address("help")).changes


def test_an_export_has_flow_and_alias_by_name(world: World) -> None:
    flow = world.control.seed("ContactFlow", {"Name": "Mail"})
    for name in ("care", "help"):
        world.control.seed("EmailAddress", {"EmailAddress": f"{name}@example.com"})
    care, help = world.connect.search_email_addresses(**HERE)["EmailAddresses"]
    arn = care["EmailAddressArn"]
    world.connect.associate_flow(**HERE, ResourceId=arn, FlowId=flow, ResourceType="INBOUND_EMAIL")
    alias = {"EmailAddressId": help["EmailAddressId"]}
    world.connect.associate_email_address_alias(**HERE, EmailAddressId=care["EmailAddressId"], AliasConfiguration=alias)

    found = exported(world, world.environment.root, kinds=["EmailAddress"])

    text = next(path.read_text() for path in found.written if "care" in path.read_text())
    assert "contactFlow: Mail" in text
    assert 'aliasConfigurations: ["help@example.com"]' in text


def test_an_undo_names_the_addresses_of_a_queue(world: World) -> None:
    for name in ("care", "sales"):
        world.control.seed("EmailAddress", {"EmailAddress": f"{name}@example.com"})
    world.run(DAY, queue("care"))
    done = world.run(DAY, queue("care", "sales"))

    (change,) = way_back(world, done).plan.changes

    assert [field.path for field in change.fields] == ["emailAddresses[sales@example.com]"]
