"""Moves of phone numbers in plans: nothing but the flag plans one, and the plan says what is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import Action, Change, Manifest, Plan
from reconciler.model.environment import Quotas
from reconciler.reconcile import Options, destroy
from reconciler.sandbox import INSTANCE_ARN
from tests.builders.manifests import manifest
from tests.worlds.exporting import exported
from tests.worlds.other_instance import ADDRESS, ALLOWED, MANAGED, NUMBER, Other
from tests.worlds.world import World

LOSES = "it loses its flow there, and AWS does not say whether queues and flows there may still call out with it"
GROUP = INSTANCE_ARN.replace(":instance/", ":traffic-distribution-group/")


def number(**fields: Any) -> Manifest:
    return manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER, "contactFlow": "Main", **fields})


def only(plan: Plan) -> Change:
    (change,) = plan.changes
    return change


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({}, "not managed there"),
        (MANAGED, "managed by contact-centre/prod as PhoneNumber/old-line"),
        ({"reconciler:stack": "contact-centre/test", "reconciler:address": ADDRESS}, "with the tags of this stack"),
    ],
)
def test_a_number_of_another_instance_is_blocked_with_its_owner_and_the_flag(
    world: World, tags: dict[str, str], owner: str
) -> None:
    other = Other(world, tags)

    change = only(world.plan(number()))

    assert change.action is Action.BLOCKED
    assert change.reason == (
        f"is in instance {other.arn}, {owner}; delete this manifest if it is to stay there; to move it here, repeat "
        f"with --allow-move {ADDRESS}: {LOSES}"
    )


def test_a_move_says_what_is_lost_and_whose_the_number_is(world: World) -> None:
    """S4-27."""
    other = Other(world, MANAGED)

    change = only(world.plan(number(), **ALLOWED))

    assert (change.action, change.irreversible) == (Action.UPDATE, True)
    assert change.reason == (
        f"moves {NUMBER} here from instance {other.arn}, managed by contact-centre/prod as PhoneNumber/old-line; this "
        f'stack takes it over; {LOSES}; calls reach no flow until this run has associated "Main"; what the manifest '
        "does not declare stays: its id, its description, its other tags"
    )
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("instance", other.arn, INSTANCE_ARN),
        ("metadata.owner", "contact-centre/prod", "contact-centre/test"),
        ("contactFlow", None, "Main"),
        ("metadata.address", "PhoneNumber/old-line", ADDRESS),
    ]


def test_a_move_without_a_flow_says_that_no_call_arrives(world: World) -> None:
    Other(world)

    change = only(world.plan(manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER}), **ALLOWED))

    assert "calls reach no flow because its manifest declares no contactFlow" in change.reason


WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"prune": True},
    {"target": (ADDRESS,)},
    {"allow_delete": frozenset({ADDRESS}), "allow_create": frozenset({ADDRESS})},
    {"removed": [ADDRESS], "allow_delete": frozenset({ADDRESS}), "prune": True},
    {"allow_move": frozenset({"PhoneNumber/old-line", "PhoneNumber/*", NUMBER})},
)


@pytest.mark.parametrize("tags", [{}, MANAGED, {**MANAGED, "reconciler:stack": "contact-centre/test"}])
def test_nothing_but_the_flag_moves_a_number(world: World, tags: dict[str, str]) -> None:
    """S4-27: only as an explicit action."""
    other = Other(world, tags)
    before = other.number
    declared = (number(), manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER}, adopt=True))

    for way in WAYS:
        for manifests in (declared[:1], declared[1:], ()):
            world.run(*manifests, **way)
    destroy(Options(world.environment, world.aws))

    assert (other.number, other.flows(other.instance)) == (before, 1)
    assert not {"UpdatePhoneNumber", "TagResource", "ReleasePhoneNumber", "ClaimPhoneNumber"} & world.calls().keys()


# The environment that had it.


@pytest.mark.parametrize(
    "spec", [{"phoneNumber": NUMBER}, {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID"}], ids=["named", "any"]
)
def test_the_former_environment_is_blocked_and_claims_no_other_number(world: World, spec: dict[str, str]) -> None:
    other = Other(world, MANAGED)
    world.run(number(), **ALLOWED)
    former = manifest("PhoneNumber", "old-line", spec)

    change = only(other.world.plan(former))

    assert change.action is Action.BLOCKED
    assert change.reason.startswith(f"is in instance {INSTANCE_ARN}, managed by contact-centre/test as {ADDRESS}; ")
    assert "--allow-move PhoneNumber/old-line" in change.reason


@pytest.mark.parametrize("lost", [False, True])
def test_the_former_environment_forgets_the_number_with_its_manifest(world: World, lost: bool) -> None:
    other = Other(world, MANAGED)
    world.run(number(), **ALLOWED)
    both = {"removed": ["PhoneNumber/old-line"], "allow_delete": frozenset({"PhoneNumber/old-line"})}

    plan = other.world.preview(**(both if lost else {"prune": True})).plan

    assert (plan.changes, plan.orphans) == ((), ())


def test_a_name_is_free_again_without_the_tag_of_the_moved_number(world: World) -> None:
    other = Other(world, MANAGED)
    world.run(number(), **ALLOWED)
    former = manifest("PhoneNumber", "old-line", {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID"})
    blocked = only(other.world.plan(former))

    world.connect.untag_resource(resourceArn=other.number["PhoneNumberArn"], tagKeys=["reconciler:moved-from"])

    assert blocked.reason.endswith("to claim another one under this name, delete its tag reconciler:moved-from first")
    assert only(other.world.plan(former)).action is Action.CREATE


def test_a_number_of_this_stack_in_another_instance_is_never_released(world: World) -> None:
    """Another writer has moved it, and its manifest is gone."""
    other = Other(world, {"reconciler:stack": "contact-centre/test", "reconciler:address": ADDRESS})

    change = only(world.preview(removed=[ADDRESS], allow_delete=frozenset({ADDRESS})).plan)

    assert (change.action, change.reason) == (Action.BLOCKED, f"is in {other.arn}, so it is left alone")


# Obstacles.


@pytest.mark.parametrize("shown", ["listed", "left_out"])
def test_a_number_of_a_traffic_distribution_group_is_not_moved(world: World, shown: str) -> None:
    Other(world, TargetArn=GROUP)
    world.control.set_faults({"switches": {"groupNumbers": shown}})

    change = only(world.plan(number(), **ALLOWED))

    assert change.action is Action.BLOCKED
    assert "traffic distribution group" in change.reason
    assert (GROUP in change.reason) == (shown == "listed")


def test_a_number_that_is_protected_there_stays(world: World) -> None:
    Other(world, {**MANAGED, "reconciler:protect": "true"})

    assert "protected there" in only(world.plan(number(), **ALLOWED)).reason


def test_a_number_of_another_country_than_declared_stays(world: World) -> None:
    Other(world)

    assert "phoneNumberCountryCode US" in only(world.plan(number(phoneNumberCountryCode="US"), **ALLOWED)).reason


def test_a_full_instance_takes_no_number(world: World) -> None:
    """AWS would accept the call, and fail the move."""
    Other(world)
    world.control.seed("PhoneNumber", {"PhoneNumber": "+442079460501"})
    world.environment = replace(world.environment, quotas=Quotas({"phoneNumbersPerInstance": 1}))

    change = only(world.plan(number(), **ALLOWED))

    assert change.action is Action.BLOCKED
    assert "has 1 phone number, this plan moves 1 here, and quotas.phoneNumbersPerInstance is 1" in change.reason


def test_a_move_is_no_claim_of_the_budget(world: World) -> None:
    Other(world)

    plan = world.plan(number(), **ALLOWED)

    assert only(plan).action is Action.UPDATE
    assert not [finding for finding in plan.findings if finding.address == "PhoneNumber/*"]


def test_a_number_of_another_instance_is_not_adopted(world: World) -> None:
    other = Other(world)
    base = world.environment.root / "manifests" / "base"
    base.mkdir(parents=True)
    (base / "numbers.yaml").write_text(
        f'kind: PhoneNumber\nmetadata: {{name: support-line}}\nspec: {{phoneNumber: "{NUMBER}"}}\n'
    )

    done = world.adopt(ADDRESS)

    assert (done.exit_code, other.tags) == (3, {})
    assert only(done.plan).reason == f"is in {other.arn}; adopt it in the environment of that instance"


# Reads.


def test_other_instances_are_listed_only_if_a_declared_number_is_missing(world: World) -> None:
    Other(world)
    world.plan(number(phoneNumber="+442079460777"))
    missing = world.calls()["ListPhoneNumbersV2"]
    world.control.seed("PhoneNumber", {"PhoneNumber": "+442079460777"})

    world.plan(number(phoneNumber="+442079460777"))

    assert (missing, world.calls()["ListPhoneNumbersV2"]) == (2, 1)


def test_a_role_that_may_not_list_other_instances_finds_no_number(world: World) -> None:
    Other(world)
    error = {"every": 2, "code": "AccessDeniedException", "operations": ["ListPhoneNumbersV2"]}
    world.control.set_faults({"error": error})

    assert f"{NUMBER} is not a number of this instance" in only(world.plan(number(), **ALLOWED)).reason


# Other resources.


def test_a_queue_waits_for_the_number_that_it_calls_out_with(world: World) -> None:
    Other(world)
    day = manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": []})
    config = {"outboundCallerConfig": {"outboundCallerIdNumber": "support-line"}}
    queue = manifest("Queue", "support", {"hoursOfOperation": "day", **config})

    done = world.run(queue, day, number(), **ALLOWED)

    assert done.exit_code == 0
    assert not world.plan(queue, day, number()).changes


def test_an_export_leaves_out_a_number_of_another_instance(world: World) -> None:
    other = Other(world, {"reconciler:stack": "contact-centre/test", "reconciler:address": ADDRESS})

    found = exported(world, world.environment.root, kinds=["PhoneNumber"])

    assert not found.written
    assert [(it.address, it.message) for it in found.notes] == [(ADDRESS, f"left out, because it is in {other.arn}")]
