"""Phone numbers in plans: what is searched, what keeps a number, and what alone releases one."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from reconciler.model import Action, Change, Desired, Manifest, Plan, Ref
from reconciler.model.environment import Quotas
from reconciler.outcomes.past_calls import past_calls
from reconciler.plan import Selection, make_plan
from reconciler.plan.turnover import begins
from reconciler.reconcile import Options, destroy
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.exporting import exported
from tests.worlds.undoing import way_back
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
LONDON = {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID", "prefix": "+4420"}
MAIN = Ref("PhoneNumber", "main-line")
BOTH = {"removed": [str(MAIN)], "allow_delete": frozenset({str(MAIN)})}


def number(name: str = "main-line", **fields: Any) -> Manifest:
    return manifest("PhoneNumber", name, {**LONDON, **fields})


def only(plan: Plan) -> Change:
    (change,) = plan.changes
    return change


def claimed(world: World) -> list[str]:
    rows = world.connect.list_phone_numbers_v2(**HERE)["ListPhoneNumbersSummaryList"]
    return [row["PhoneNumber"] for row in rows]


# Claims.


def test_a_plan_says_what_it_will_search(world: World) -> None:
    change = only(world.plan(number()))

    assert change.reason == "declared, not live; claims a free GB DID number that begins with +4420"


def test_a_plan_searches_nothing(world: World) -> None:
    world.plan(number())

    assert "SearchAvailablePhoneNumbers" not in world.calls()


def test_a_plan_counts_its_claims_and_says_what_it_cannot_know(world: World) -> None:
    plan = world.plan(number(), number("sales-line"))

    (finding,) = [each for each in plan.findings if each.address == "PhoneNumber/*"]
    assert finding.message == (
        "this plan claims 2 and releases 0 phone numbers; AWS blocks claims above 10 in 180 days (200 % of "
        "quotas.phoneNumbersPerInstance, 5). Earlier ones of this machine: 0. AWS reports no others, so they are not "
        "counted"
    )


def test_no_number_is_claimed_beyond_the_quota(world: World) -> None:
    """AWS would answer 200, and count the failed claim."""
    world.environment = world.with_settings(quotas=Quotas({"phoneNumbersPerInstance": 2})).environment
    world.run(number("first"))

    plan = world.plan(number("first"), number("second"), number("third"))

    assert [change.action for change in plan.changes] == [Action.BLOCKED, Action.BLOCKED]
    assert "has 1 phone number, this plan claims 2 more" in plan.changes[0].reason


def test_claims_and_releases_of_earlier_runs_count(world: World) -> None:
    """The outcomes of this machine are all that is known of them."""
    environment = world.environment
    folder = environment.root / ".reconcile" / "outcomes"
    folder.mkdir(parents=True, exist_ok=True)
    for at, (day, calls) in enumerate({"2026-01-31": 9, "2026-02-15": 6, "2026-03-01": 3}.items()):
        operations = {"connect:ClaimPhoneNumber": calls - 1, "connect:ReleasePhoneNumber": 1}
        outcome = {"environment": "test", "startedAt": f"{day}T09:00:00.000Z", "operations": operations}
        (folder / f"test-{at}.json").write_text(json.dumps(outcome))
    (folder / "test-damaged.json").write_text("{")
    seen = world.preview(number(), number("sales-line"))
    since = begins(seen.desired, seen.world, date(2026, 8, 14))

    assert since == date(2026, 2, 15)
    past = past_calls(environment.root, "test", since)
    one = make_plan(environment, Desired({MAIN: number()}), seen.world, Selection(), past=past)
    two = make_plan(environment, seen.desired, seen.world, Selection(), past=past)

    assert only(one).action is Action.CREATE
    assert "Earlier ones of this machine: 9." in one.findings[0].message
    assert [change.action for change in two.changes] == [Action.BLOCKED, Action.BLOCKED]
    assert "earlier runs of this machine made 9 such calls" in two.changes[0].reason


def test_earlier_runs_are_not_read_without_a_claim(world: World) -> None:
    world.run(number())
    seen = world.preview(number())

    assert begins(seen.desired, seen.world, date(2026, 8, 14)) is None


# Reasons to keep a number.


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"phoneNumberCountryCode": "US", "prefix": "+1"}, "phoneNumberCountryCode US and prefix +1"),
        ({"phoneNumberType": "TOLL_FREE"}, "phoneNumberType TOLL_FREE"),
        ({"prefix": "+44161"}, "prefix +44161"),
        ({"phoneNumber": "+442079460999"}, "phoneNumber +442079460999"),
    ],
)
def test_another_sort_of_number_is_blocked_and_never_a_replacement(
    world: World, fields: dict[str, Any], text: str
) -> None:
    world.run(number())

    change = only(world.plan(number(**fields), allow_delete=frozenset({str(MAIN)})))

    assert change.action is Action.BLOCKED
    assert f"it is +442079460000, a GB DID number, and no claimed number gets {text}" in change.reason


def test_a_number_without_a_manifest_is_an_orphan_that_says_so(world: World) -> None:
    world.run(number())

    plan = world.plan()

    assert (plan.changes, plan.orphans) == ((), (MAIN,))
    (finding,) = [each for each in plan.findings if each.address == str(MAIN)]
    assert finding.message == (
        "stays, and AWS goes on charging for it: a released number cannot be claimed back for up to 180 days; its "
        "deletion needs both: kind: Removed with its address, and --allow-delete PhoneNumber/main-line"
    )


def test_prune_never_releases(world: World) -> None:
    world.run(number(), number("sales-line"))

    done = world.run(number("sales-line"), prune=True)

    assert (done.exit_code, done.plan.changes, done.plan.orphans) == (0, (), (MAIN,))
    assert len(claimed(world)) == 2


def test_destroy_never_releases_even_with_a_tombstone(world: World) -> None:
    root = world.environment.root
    base = root / "manifests" / "base"
    base.mkdir(parents=True)
    (base / "removed.yaml").write_text(
        "kind: Removed\nmetadata: {name: lines}\nspec: {addresses: [PhoneNumber/main-line]}\n"
    )
    world.run(number(), manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": []}))

    done = destroy(Options(world.environment, world.aws))

    assert [str(change.ref) for change in done.plan.changes] == ["HoursOfOperation/day"]
    assert done.plan.orphans == (MAIN,)
    assert claimed(world) == ["+442079460000"]


@pytest.mark.parametrize("way", [{"removed": [str(MAIN)]}, {"allow_delete": frozenset({str(MAIN)})}])
def test_a_tombstone_or_a_flag_alone_releases_nothing(world: World, way: dict[str, Any]) -> None:
    world.run(number())

    change = only(world.preview(**{"removed": [], **way}).plan)

    assert change.action is Action.BLOCKED
    assert "its deletion needs both" in change.reason


def test_a_release_states_the_cool_down(world: World) -> None:
    world.run(number())

    change = only(world.preview(**BOTH).plan)  # type: ignore[arg-type]

    assert (change.action, change.irreversible) == (Action.DELETE, True)
    assert "AWS keeps a released number for up to 180 days" in change.reason


def test_a_protected_number_is_kept_although_both_allow_it(world: World) -> None:
    world.run(manifest("PhoneNumber", "main-line", LONDON, protect=True))

    assert only(world.preview(**BOTH).plan).action is Action.BLOCKED  # type: ignore[arg-type]


def test_the_undo_of_a_claim_is_no_release(world: World) -> None:
    done = world.run(number())

    plan = way_back(world, done).plan

    assert only(plan).action is Action.BLOCKED
    assert "stays, because a released number cannot be claimed back" in only(plan).reason
    assert claimed(world) == ["+442079460000"]


def test_the_undo_of_a_release_claims_nothing(world: World) -> None:
    world.run(number())
    done = world.run(**BOTH)

    plan = way_back(world, done).plan

    assert only(plan).action is Action.BLOCKED
    assert "cannot come back" in only(plan).reason


def test_a_number_in_another_instance_is_not_claimed_again(world: World) -> None:
    world.run(number())
    rows = world.connect.list_phone_numbers_v2(**HERE)["ListPhoneNumbersSummaryList"]
    other = {"IdentityManagementType": "SAML", "InboundCallsEnabled": True, "OutboundCallsEnabled": True}
    id = world.connect.create_instance(**other, InstanceAlias="other")["Id"]
    while world.connect.describe_instance(InstanceId=id)["Instance"]["InstanceStatus"] != "ACTIVE":
        pass
    world.connect.update_phone_number(PhoneNumberId=rows[0]["PhoneNumberId"], InstanceId=id)
    world.connect.describe_phone_number(PhoneNumberId=rows[0]["PhoneNumberId"])

    change = only(world.plan(number()))

    assert change.action is Action.BLOCKED
    assert change.reason.startswith("is in instance arn:aws:connect:us-east-1:111122223333:instance/")
    assert change.reason.endswith(
        "with the tags of this stack; delete this manifest if it is to stay there; to move it here, declare "
        'phoneNumber: "+442079460000" and repeat with --allow-move PhoneNumber/main-line'
    )


# Names.


def test_a_number_is_adopted_under_a_name_of_its_own(world: World) -> None:
    world.control.seed("PhoneNumber", {"PhoneNumber": "+442079460500"})
    spec = {"phoneNumber": "+442079460500"}

    blocked = only(world.plan(manifest("PhoneNumber", "main-line", spec)))

    assert "adopt it with" in blocked.reason
    assert not world.plan(manifest("PhoneNumber", "main-line", spec, adopt=True)).changes


@pytest.mark.parametrize("name", ["main-line", "+442079460000"])
def test_a_queue_names_a_declared_number_in_either_way(world: World, name: str) -> None:
    day = manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": []})
    config = {"outboundCallerConfig": {"outboundCallerIdNumber": name}}
    queue = manifest("Queue", "support", {"hoursOfOperation": "day", **config})
    world.run(number())

    done = world.run(queue, day, number())

    assert done.exit_code == 0
    assert not world.plan(queue, day, number()).changes


def test_a_queue_may_name_a_number_that_no_manifest_declares(world: World) -> None:
    """As before this kind: one list of numbers, and no description of any."""
    world.control.seed("PhoneNumber", {"PhoneNumber": "+442079460500"})
    day = manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": []})
    config = {"outboundCallerConfig": {"outboundCallerIdNumber": "+442079460500"}}
    queue = manifest("Queue", "support", {"hoursOfOperation": "day", **config})

    done = world.run(queue, day)
    called = world.calls()

    assert (done.exit_code, world.plan(queue, day).changes) == (0, ())
    assert (called["ListPhoneNumbersV2"], called.get("DescribePhoneNumber", 0)) == (1, 0)


def test_a_number_that_is_not_live_and_not_declared_is_reported(world: World) -> None:
    day = manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": []})
    config = {"outboundCallerConfig": {"outboundCallerIdNumber": "main-lime"}}
    world.run(number(), day)

    plan = world.plan(number(), day, manifest("Queue", "support", {"hoursOfOperation": "day", **config}))

    assert 'did you mean "main-line"?' in only(plan).reason


def test_an_export_has_the_number_and_its_flow_by_name(world: World) -> None:
    flow = world.control.seed("ContactFlow", {"Name": "Main"})
    id = world.control.seed("PhoneNumber", {"PhoneNumber": "+442079460500"})
    world.connect.associate_phone_number_contact_flow(**HERE, PhoneNumberId=id, ContactFlowId=flow)

    found = exported(world, world.environment.root, kinds=["PhoneNumber"])

    (path,) = [path for path in found.written if "phone" in str(path)]
    text = path.read_text()
    assert 'phoneNumber: "+442079460500"' in text
    assert "phoneNumberCountryCode: GB" in text
    assert "contactFlow: " in text
