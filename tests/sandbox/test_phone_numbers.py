"""Phone numbers: searched, claimed, described, moved and released."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, Control

from .administrative import HERE, flow
from .calls import IN_USE, INVALID, MISSING, refused, words_of
from .clocks import Clock

LONDON = {"PhoneNumberCountryCode": "GB", "PhoneNumberType": "DID", "PhoneNumberPrefix": "+4420"}
NUMBER = "+442079460000"
DAY = 24 * 3600.0


def free(client: Any, **params: Any) -> list[str]:
    found = client.search_available_phone_numbers(**HERE, **{**LONDON, **params})["AvailableNumbersList"]
    return [row["PhoneNumber"] for row in found]


def claim(client: Any, number: str = NUMBER, **params: Any) -> str:
    return str(client.claim_phone_number(**HERE, PhoneNumber=number, **params)["PhoneNumberId"])


def described(client: Any, id: str) -> dict[str, Any]:
    return dict(client.describe_phone_number(PhoneNumberId=id)["ClaimedPhoneNumberSummary"])


def status(client: Any, id: str) -> str:
    return str(described(client, id)["PhoneNumberStatus"]["Status"])


def settled(client: Any, number: str = NUMBER, **params: Any) -> str:
    """Claims a number, waits for it, and returns its id."""
    id = claim(client, number, **params)
    while status(client, id) == "IN_PROGRESS":
        pass
    return id


def listed(client: Any, **params: Any) -> list[str]:
    found = client.list_phone_numbers_v2(**{**HERE, **params})["ListPhoneNumbersSummaryList"]
    return [row["PhoneNumber"] for row in found]


# Search.


def test_a_search_has_pages_of_ten_and_reserves_nothing(connect: Any) -> None:
    page = connect.search_available_phone_numbers(**HERE, **LONDON)
    following = connect.search_available_phone_numbers(**HERE, **LONDON, NextToken=page["NextToken"])

    assert [row["PhoneNumber"] for row in page["AvailableNumbersList"]] == [f"+44207946000{at}" for at in range(10)]
    assert following["AvailableNumbersList"][0]["PhoneNumber"] == "+442079460010"
    assert free(connect) == free(connect)


def test_a_search_is_by_country_type_and_prefix(connect: Any) -> None:
    assert free(connect, PhoneNumberType="TOLL_FREE", PhoneNumberPrefix=None)[0].startswith("+44808157")
    assert free(connect, PhoneNumberCountryCode="US", PhoneNumberPrefix="+1")[0].startswith("+1212555")
    assert free(connect, PhoneNumberPrefix="+44131") == []
    assert free(connect, PhoneNumberType="UIFN", PhoneNumberPrefix=None) == []


@pytest.mark.parametrize("wrong", [{"PhoneNumberPrefix": "4420"}, {"TargetArn": INSTANCE_ARN}, {"MaxResults": 11}])
def test_a_search_refuses_what_the_model_does_not_allow(connect: Any, wrong: dict[str, Any]) -> None:
    """A prefix without +, two targets, more than ten [service model]."""
    assert refused(lambda: free(connect, **wrong)) == INVALID


def test_a_search_needs_a_target(connect: Any) -> None:
    assert refused(lambda: connect.search_available_phone_numbers(**LONDON)) == INVALID


# Claim.


def test_a_claim_is_in_progress_before_it_is_done(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"claim": {"calls": 2}})

    id = claim(connect, PhoneNumberDescription="Main line", Tags={"Team": "Care"})

    assert [status(connect, id) for _ in range(3)] == ["IN_PROGRESS", "IN_PROGRESS", "CLAIMED"]
    found = described(connect, id)
    assert {name: found[name] for name in ("PhoneNumber", "PhoneNumberDescription", "TargetArn", "Tags")} == {
        "PhoneNumber": NUMBER,
        "PhoneNumberDescription": "Main line",
        "TargetArn": INSTANCE_ARN,
        "Tags": {"Team": "Care"},
    }
    assert "instance" not in found["PhoneNumberArn"]
    assert NUMBER not in free(connect)


def test_a_taken_number_is_not_available(connect: Any) -> None:
    """The message is [seen: terraform-provider-aws 45572]."""
    claim(connect)

    assert refused(lambda: claim(connect)) == INVALID
    assert words_of(lambda: claim(connect)) == f"Phone number not available: {NUMBER}"
    assert refused(lambda: claim(connect, "+442079461000")) == INVALID


def test_a_claims_token_must_be_a_uuid_and_makes_it_once(connect: Any) -> None:
    token = "00000000-0000-4000-8000-00000000000a"  # noqa: S105 (a client token)

    assert refused(lambda: claim(connect, ClientToken="terraform-1")) == INVALID
    assert claim(connect, ClientToken=token) == claim(connect, ClientToken=token)
    assert listed(connect) == [NUMBER]


def test_a_claim_beyond_the_quota_fails_where_only_a_description_shows_it(sandbox: Control, connect: Any) -> None:
    """HTTP 200, and no list has the number [seen: boto3, issue 4622]."""
    sandbox.set_faults({"quotas": {"phoneNumbers": 1}})
    settled(connect)

    second = claim(connect, "+442079460001")

    assert [status(connect, second), status(connect, second)] == ["IN_PROGRESS", "FAILED"]
    assert "limit" in described(connect, second)["PhoneNumberStatus"]["Message"]
    assert listed(connect) == [NUMBER]


def test_a_failed_claim_is_kept_for_a_day(clock: Clock, later: Control, client: Any) -> None:
    """Service model: one day to retry before the number returns."""
    later.set_faults({"claim": {"calls": 1, "fails": "no documents"}})
    id = settled(client)
    later.set_faults({})

    clock.now += DAY - 1
    kept = status(client, id), NUMBER in free(client)
    clock.now += 1

    assert kept == ("FAILED", False)
    assert refused(lambda: described(client, id)) == MISSING
    assert NUMBER in free(client)


def test_claims_and_releases_of_180_days_are_counted_together(clock: Clock, later: Control, client: Any) -> None:
    """Service model: above 200 percent of the quota, claims are blocked."""
    later.set_faults({"quotas": {"phoneNumbers": 1}})
    client.release_phone_number(PhoneNumberId=settled(client))

    blocked = settled(client, "+442079460001")
    reason = described(client, blocked)["PhoneNumberStatus"]["Message"]
    clock.now += 180 * DAY
    later_on = settled(client, "+442079460002")

    assert "200 percent" in reason
    assert [status(client, later_on), listed(client)] == ["CLAIMED", ["+442079460002"]]


def test_a_number_in_progress_may_be_in_no_list(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"claim": {"calls": 3}, "switches": {"unfinishedNumbers": "unlisted"}})

    claim(connect)

    assert [listed(connect), listed(connect), listed(connect), listed(connect)] == [[], [], [], [NUMBER]]


# Changes.


def test_a_description_is_changed_and_removed_asynchronously(connect: Any) -> None:
    id = settled(connect, PhoneNumberDescription="Main line")

    connect.update_phone_number_metadata(PhoneNumberId=id, PhoneNumberDescription="Reception")
    changed = described(connect, id)
    connect.update_phone_number_metadata(PhoneNumberId=id, PhoneNumberDescription="")

    assert (changed["PhoneNumberDescription"], changed["PhoneNumberStatus"]["Status"]) == ("Reception", "IN_PROGRESS")
    assert "PhoneNumberDescription" not in described(connect, id)


def test_a_number_in_progress_is_in_use(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"claim": {"calls": 9}})
    id = claim(connect)

    for change in (connect.release_phone_number, connect.update_phone_number_metadata):
        assert refused(lambda it=change: it(PhoneNumberId=id)) == IN_USE  # type: ignore[misc]


def test_tags_are_those_of_the_arn_without_an_instance(connect: Any) -> None:
    """Service model, ListPhoneNumbers: its ARN cannot be tagged."""
    id = settled(connect)
    arn = described(connect, id)["PhoneNumberArn"]
    (old,) = connect.list_phone_numbers(**HERE)["PhoneNumberSummaryList"]

    connect.tag_resource(resourceArn=arn, tags={"Team": "Care", "Cost": "1"})
    connect.untag_resource(resourceArn=arn, tagKeys=["Cost"])

    assert described(connect, id)["Tags"] == connect.list_tags_for_resource(resourceArn=arn)["tags"] == {"Team": "Care"}
    assert refused(lambda: connect.tag_resource(resourceArn=old["Arn"], tags={"a": "b"})) == MISSING
    assert (old["Id"], old["PhoneNumberType"]) == (id, "DID")


def test_a_flow_is_associated_overwritten_and_removed(sandbox: Control, connect: Any) -> None:
    id = settled(connect)
    arn = described(connect, id)["PhoneNumberArn"]
    flows = [sandbox.seed("ContactFlow", {"Name": name}) for name in ("Main", "Holiday")]

    def associated() -> list[tuple[str, str]]:
        rows = connect.list_flow_associations(**HERE, ResourceType="VOICE_PHONE_NUMBER")["FlowAssociationSummaryList"]
        some = connect.batch_get_flow_association(**HERE, ResourceIds=[arn])["FlowAssociationSummaryList"]
        assert some == rows
        return [(row["ResourceId"], row["FlowId"]) for row in rows]

    for flow_id in flows:
        connect.associate_phone_number_contact_flow(**HERE, PhoneNumberId=id, ContactFlowId=flow_id)
        assert associated() == [(arn, f"{INSTANCE_ARN}/contact-flow/{flow_id}")]
    connect.disassociate_phone_number_contact_flow(**HERE, PhoneNumberId=id)

    assert associated() == []
    assert refused(lambda: connect.disassociate_phone_number_contact_flow(**HERE, PhoneNumberId=id)) == MISSING
    other = {**HERE, "PhoneNumberId": id, "ContactFlowId": "00000000-0000-4000-8000-000000000009"}
    assert refused(lambda: connect.associate_phone_number_contact_flow(**other)) == MISSING


def test_other_types_of_resources_have_no_flows_here(connect: Any) -> None:
    id = settled(connect)
    connect.associate_phone_number_contact_flow(**HERE, PhoneNumberId=id, ContactFlowId=flow(connect))

    found = connect.list_flow_associations(**HERE, ResourceType="INBOUND_EMAIL")

    assert found["FlowAssociationSummaryList"] == []


# Release.


def test_a_released_number_cools_down(clock: Clock, later: Control, client: Any) -> None:
    """Service model: it can neither be searched nor claimed for up to 180 days."""
    id = settled(client)

    client.release_phone_number(PhoneNumberId=id)

    assert refused(lambda: described(client, id)) == MISSING
    assert refused(lambda: client.release_phone_number(PhoneNumberId=id)) == MISSING
    clock.now += 180 * DAY - 1
    assert NUMBER not in free(client)
    assert refused(lambda: claim(client)) == INVALID
    clock.now += 1
    assert NUMBER in free(client)


def test_a_seeded_number_is_claimed_and_has_a_country_and_a_type(sandbox: Control, connect: Any) -> None:
    id = sandbox.seed("PhoneNumber", {"PhoneNumber": "+448081570001"})

    found = described(connect, id)

    assert [found["PhoneNumberCountryCode"], found["PhoneNumberType"], status(connect, id)] == [
        *("GB", "TOLL_FREE", "CLAIMED")
    ]
    assert "+448081570001" not in free(connect, PhoneNumberType="TOLL_FREE", PhoneNumberPrefix=None)
