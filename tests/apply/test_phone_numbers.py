"""Phone numbers under apply: a claim chooses its number right before it is made, and never makes a second one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.model import Manifest, Outcome
from reconciler.model.ownership import tags
from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
LONDON = {"phoneNumberCountryCode": "GB", "phoneNumberType": "DID", "prefix": "+4420"}


def number(name: str = "main-line", **fields: Any) -> Manifest:
    return manifest("PhoneNumber", name, {**LONDON, **fields})


def claimed(world: World) -> dict[str, str]:
    """Returns the claimed numbers by their ids."""
    rows = world.connect.list_phone_numbers_v2(**HERE)["ListPhoneNumbersSummaryList"]
    return {row["PhoneNumberId"]: row["PhoneNumber"] for row in rows}


def messages(done: Outcome) -> set[str]:
    return {result.message for result in done.results.values()}


def test_a_number_is_searched_claimed_awaited_and_attached_to_its_flow(world: World) -> None:
    """S4-27: search, claim, wait, associate; country and type are honoured."""
    world.control.set_faults({"claim": {"calls": 3}})
    world.control.seed("ContactFlow", {"Name": "Main"})
    declared = number(description="Main line", contactFlow="Main", tags={"Team": "Sales"})

    done = world.run(declared)

    (id,) = claimed(world)
    found = world.connect.describe_phone_number(PhoneNumberId=id)["ClaimedPhoneNumberSummary"]
    assert done.exit_code == 0
    assert {name: found[name] for name in ("PhoneNumber", "PhoneNumberDescription", "TargetArn")} == {
        "PhoneNumber": "+442079460000",
        "PhoneNumberDescription": "Main line",
        "TargetArn": INSTANCE_ARN,
    }
    assert (found["PhoneNumberCountryCode"], found["PhoneNumberType"]) == ("GB", "DID")
    assert found["Tags"]["Team"] == "Sales"
    (flow,) = world.connect.list_flow_associations(**HERE)["FlowAssociationSummaryList"]
    assert flow["ResourceId"] == found["PhoneNumberArn"]
    assert not world.plan(declared).changes


def test_two_claims_of_one_run_never_take_the_same_number(world: World) -> None:
    """Two searches at once find the same numbers (terraform-provider-aws, issue 45572)."""
    names = ["main-line", "sales-line", "service-line", "night-line"]

    done = world.run(*(number(name) for name in names))

    assert done.exit_code == 0
    assert sorted(claimed(world).values()) == [f"+44207946000{at}" for at in range(4)]
    assert world.calls()["ClaimPhoneNumber"] == 4


def test_the_outcome_has_the_number(world: World) -> None:
    done = world.run(number())

    assert messages(done) == {"chose +442079460000"}


def test_a_number_that_another_writer_takes_is_left_and_the_next_one_claimed(world: World) -> None:
    world.aws = TakenMeanwhile(world, most=2)  # type: ignore[assignment]

    done = world.run(number())

    assert done.exit_code == 0
    assert sorted(claimed(world).values()) == ["+442079460000", "+442079460001", "+442079460002"]
    assert messages(done) == {"chose +442079460002"}
    assert done.retries == 2


def test_a_claim_looks_on_the_next_page(world: World) -> None:
    world.control.set_faults({"quotas": {"phoneNumbers": 20}})
    world.aws = TakenMeanwhile(world, most=10)  # type: ignore[assignment]

    assert messages(world.run(number())) == {"chose +442079460010"}


def test_a_country_without_free_numbers_says_what_was_searched(world: World) -> None:
    done = world.run(number(prefix="+44131"))

    message = "AWS offers no GB DID number that begins with +44131; declare other fields, or plan again later"
    assert (done.exit_code, messages(done)) == (1, {message})
    assert claimed(world) == {}


def test_a_claim_that_fails_later_has_its_reason(world: World) -> None:
    """AWS answers 200 beyond the quota, and only a description shows the failure (boto3, issue 4622)."""
    world.control.set_faults({"quotas": {"phoneNumbers": 1}})
    world.control.seed("ContactFlow", {"Name": "Main"})
    world.run(number("first"))

    done = world.run(number("first"), number("second", contactFlow="Main"))

    (reason,) = {result.message for result in done.results.values() if result.code == "CreationFailed"}
    assert done.exit_code == 1
    assert reason == (
        "AWS could not claim or move it: You've reached the limit of Phone Numbers. To increase limit, contact support."
    )
    assert list(claimed(world).values()) == ["+442079460000"]
    assert "AssociatePhoneNumberContactFlow" not in world.calls()


@pytest.mark.parametrize("tokens", ["honoured", "ignored"])
def test_a_claim_without_a_reply_is_looked_up_and_never_made_twice(world: World, tokens: str) -> None:
    lost = {"every": 1, "operations": ["ClaimPhoneNumber"]}
    world.control.set_faults({"lostReply": lost, "switches": {"clientTokens": tokens}})

    done = world.run(number(), number("sales-line"))

    assert done.exit_code == 0
    assert sorted(claimed(world).values()) == ["+442079460000", "+442079460001"]
    assert messages(done) == {
        "done by a call whose reply was lost; chose +442079460000",
        "done by a call whose reply was lost; chose +442079460001",
    }
    assert not world.plan(number(), number("sales-line")).changes


def test_a_claim_that_no_list_shows_yet_is_repeated_with_its_token(world: World) -> None:
    """AWS may list a number only once it is claimed [inferred]."""
    faults = {"claim": {"calls": 5}, "switches": {"unfinishedNumbers": "unlisted"}}
    world.control.set_faults({**faults, "lostReply": {"every": 2, "operations": ["ClaimPhoneNumber"]}})

    first = world.run(number("main-line"))
    second = world.run(number("main-line"), number("sales-line"))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert world.calls()["ClaimPhoneNumber"] == 3
    assert len(claimed(world)) == 2


def test_a_claim_that_no_list_shows_yet_is_found_in_the_tag_index(world: World) -> None:
    """A run was killed after its claim: the next one waits for that number and claims no other."""
    faults = {"claim": {"calls": 40}, "switches": {"unfinishedNumbers": "unlisted"}}
    world.control.set_faults(faults)
    world.connect.claim_phone_number(
        **HERE, PhoneNumber="+442079460000", Tags=tags(world.environment.scope, number().ref)
    )

    (change,) = world.plan(number()).changes

    assert (change.action, change.reason) == ("blocked", "is still IN_PROGRESS")


def test_a_second_run_finds_the_number_by_its_tag(world: World) -> None:
    world.run(number())

    done = world.run(number(description="Reception", tags={"Team": "Care"}))

    assert [(change.action, str(change.ref)) for change in done.plan.changes] == [("update", "PhoneNumber/main-line")]
    assert len(claimed(world)) == 1
    assert "ClaimPhoneNumber" not in done.plan.estimate.operations


def test_another_description_waits_until_aws_has_it(world: World) -> None:
    world.run(number())
    world.control.set_faults({"claim": {"calls": 4}})

    done = world.run(number(description="Reception"))

    (id,) = claimed(world)
    found = world.connect.describe_phone_number(PhoneNumberId=id)["ClaimedPhoneNumberSummary"]
    assert done.exit_code == 0
    assert (found["PhoneNumberDescription"], found["PhoneNumberStatus"]["Status"]) == ("Reception", "CLAIMED")


def test_a_flow_that_another_writer_changed_is_left_alone(world: World) -> None:
    """AssociatePhoneNumberContactFlow overwrites."""
    flows = {name: world.control.seed("ContactFlow", {"Name": name}) for name in ("Main", "Holiday", "Night")}
    world.run(number(contactFlow="Main"))
    seen = world.preview(number(contactFlow="Holiday"))
    (id,) = claimed(world)
    world.connect.associate_phone_number_contact_flow(**HERE, PhoneNumberId=id, ContactFlowId=flows["Night"])

    done = world.apply(seen)

    assert messages(done) == {"another writer changed contact_flow meanwhile; it is left alone"}
    assert done.exit_code == 5


def test_a_queue_waits_for_the_number_that_it_names(world: World) -> None:
    queue = manifest(
        "Queue", "support", {"hoursOfOperation": "day", "outboundCallerConfig": {"outboundCallerIdNumber": "main-line"}}
    )
    day = manifest("HoursOfOperation", "day", {"timeZone": "UTC", "config": []})

    done = world.run(queue, day, number())

    assert done.exit_code == 0
    assert not world.plan(queue, day, number()).changes


def test_a_release_needs_both_and_the_number_is_not_claimed_again(world: World) -> None:
    world.run(number())
    address = "PhoneNumber/main-line"

    done = world.run(removed=[address], allow_delete=frozenset({address}))
    again = world.run(number())

    (change,) = done.plan.changes
    assert "180 days" in change.reason
    assert (done.exit_code, again.exit_code) == (0, 0)
    assert list(claimed(world).values()) == ["+442079460001"]


def test_a_number_that_is_released_meanwhile_does_not_stop_a_claim(world: World) -> None:
    """The create lists the numbers and describes each: one of them may be gone by then."""
    world.run(number("old-line"))
    seen = world.preview(number("main-line"))
    world.aws = ReleasedMeanwhile(world)  # type: ignore[assignment]

    done = world.apply(seen)

    assert messages(done) == {"chose +442079460001"}
    assert list(claimed(world).values()) == ["+442079460001"]


class ReleasedMeanwhile:
    """A port beside which another writer releases each number that a list has, right after the list."""

    def __init__(self, world: World) -> None:
        self._world, self._aws = world, world.aws

    def __getattr__(self, name: str) -> Any:
        return getattr(self._aws, name)

    def pages(self, service: str, operation: str, items: str, params: Any) -> Iterator[list[Any]]:
        for page in self._aws.pages(service, operation, items, params):
            for entry in page if operation == "ListPhoneNumbersV2" else ():
                self._world.connect.release_phone_number(PhoneNumberId=entry["PhoneNumberId"])
            yield page


class TakenMeanwhile:
    """A port beside which another writer claims the first numbers of a search before this run does."""

    def __init__(self, world: World, most: int) -> None:
        self._world, self._aws, self._left = world, world.aws, most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._aws, name)

    def pages(self, service: str, operation: str, items: str, params: Any) -> Iterator[list[Any]]:
        for page in self._aws.pages(service, operation, items, params):
            for entry in page if operation == "SearchAvailablePhoneNumbers" else ():
                if self._left:
                    self._left -= 1
                    self._world.connect.claim_phone_number(**HERE, PhoneNumber=entry["PhoneNumber"])
            yield page
