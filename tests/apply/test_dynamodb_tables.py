"""Tables of Amazon DynamoDB: apply waits while AWS works on one, and a plan never destroys items by the way."""

from __future__ import annotations

import pytest

from reconciler.model import Action, Manifest, Status
from tests.builders.examples import EXAMPLES, SWITCHES, example
from tests.builders.manifests import manifest
from tests.worlds.world import World

ADDRESS = "DynamoDBTable/contact-calls"
BOTH = {"removed": [ADDRESS], "allow_delete": frozenset({ADDRESS})}


@pytest.fixture
def slow(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which AWS works on a table for some calls, and apply looks often."""
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)
    world.control.set_faults({"tables": {"calls": 3}, "switches": SWITCHES})
    return world


def simple(**spec: object) -> Manifest:
    first = EXAMPLES["DynamoDBTable"]["first"]["spec"]
    return manifest(
        "DynamoDBTable", "contact-calls", {key: first[key] for key in ("attributeDefinitions", "keySchema")} | spec
    )


def test_each_change_waits_for_the_one_before_it(slow: World) -> None:
    for which in ("first", "second", "first"):
        done = slow.run(example("DynamoDBTable", which))

        assert {result.status for result in done.results.values()} == {Status.DONE}
        assert not slow.plan(example("DynamoDBTable", which)).changes
    assert slow.control.stats()["calls"]["dynamodb:UpdateTable"] > 6


def test_another_view_of_a_stream_is_another_stream(slow: World) -> None:
    slow.run(simple(streamSpecification={"streamViewType": "KEYS_ONLY"}))
    describe = slow.client("dynamodb").describe_table
    before = describe(TableName="contact-calls")["Table"]["LatestStreamArn"]

    done = slow.run(simple(streamSpecification={"streamViewType": "NEW_IMAGE"}))

    assert {result.status for result in done.results.values()} == {Status.DONE}
    assert describe(TableName="contact-calls")["Table"]["LatestStreamArn"] != before


def test_a_run_that_ended_between_two_streams_is_finished_by_the_next(slow: World) -> None:
    slow.run(simple(streamSpecification={"streamViewType": "KEYS_ONLY"}))
    wanted = simple(streamSpecification={"streamViewType": "NEW_IMAGE"})
    slow.client("dynamodb").update_table(TableName="contact-calls", StreamSpecification={"StreamEnabled": False})
    for _ in range(4):
        slow.plan(wanted)

    assert slow.run(wanted).exit_code == 0
    assert not slow.plan(wanted).changes


def test_prune_and_one_permission_leave_a_table_alone(world: World) -> None:
    world.run(simple())

    assert world.plan(prune=True).changes == ()
    (named,) = world.plan(removed=[ADDRESS]).changes
    assert (named.action, "needs both" in named.reason) == (Action.BLOCKED, True)


def test_a_table_is_gone_when_its_deletion_is_done(slow: World) -> None:
    slow.run(simple())

    done = slow.run(**BOTH)

    assert done.exit_code == 0
    assert slow.client("dynamodb").list_tables()["TableNames"] == []


def test_a_plan_says_what_is_billed_by_the_hour(world: World) -> None:
    units = {"readCapacityUnits": 5, "writeCapacityUnits": 2}
    bill = "; AWS bills its provisioned throughput by the hour while it exists"
    provisioned = simple(billingMode="PROVISIONED", provisionedThroughput=units)
    (created,) = world.plan(provisioned).changes
    world.run(simple())
    (updated,) = world.plan(provisioned).changes

    assert created.reason.endswith(bill)
    assert updated.reason.endswith(bill)
