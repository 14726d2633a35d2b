"""Contact flows: drafts, publication, state and status, and what a deletion leaves."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from moto.connect.models import connect_backends

from reconciler.sandbox import ACCOUNT, REGION, Control
from reconciler.sandbox.connect import Connect
from reconciler.sandbox.world import world

from .administrative import HERE
from .calls import INVALID, INVALID_REQUEST, MISSING, refused
from .flows import action, add_flow, content, described, leading, saying

UNPUBLISHED = ("ContactFlowNotPublishedException", 404)
BROKEN = '{"Version": "2019-10-30"}'


def update(client: Any, id: str, text: str) -> None:
    client.update_contact_flow_content(**HERE, ContactFlowId=id, Content=text)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_flow_without_a_status_is_published_verbatim(connect: Any) -> None:
    text = saying("Hello").replace(": ", ":\t")

    created = connect.create_contact_flow(**HERE, Name="F", Type="CUSTOMER_QUEUE", Content=text)

    flow = described(connect, created["ContactFlowId"])
    shown = (flow["Type"], flow["State"], flow["Status"], flow["Content"])
    assert shown == ("CUSTOMER_QUEUE", "ACTIVE", "PUBLISHED", text)
    assert created["FlowContentSha256"] == flow["FlowContentSha256"] == sha(text)


def test_a_saved_flow_is_neither_validated_nor_published(connect: Any) -> None:
    created = connect.create_contact_flow(**HERE, Name="F", Type="CONTACT_FLOW", Content=BROKEN, Status="SAVED")

    id, arn = created["ContactFlowId"], created["ContactFlowArn"]
    assert "FlowContentSha256" not in created
    assert refused(lambda: described(connect, id)) == UNPUBLISHED
    for name in (f"{id}:$SAVED", f"{arn}:$SAVED"):
        assert (described(connect, name)["Status"], described(connect, name)["Content"]) == ("SAVED", BROKEN)
    (row,) = connect.list_contact_flows(**HERE, ContactFlowTypes=["CONTACT_FLOW"])["ContactFlowSummaryList"]
    assert row["ContactFlowStatus"] == "SAVED"


def test_a_content_update_publishes_and_replaces_the_draft(connect: Any) -> None:
    id = add_flow(connect, Status="SAVED", text=BROKEN)

    update(connect, id, saying("New"))

    for name in (id, f"{id}:$SAVED", f"{id}:$LATEST"):
        assert (described(connect, name)["Status"], described(connect, name)["Content"]) == ("PUBLISHED", saying("New"))


def test_a_content_update_may_leave_an_unpublished_flow_unpublished(sandbox: Control, connect: Any) -> None:
    """Inferred; a switch."""
    sandbox.set_faults({"switches": {"contentUpdate": "keeps_status"}})
    id = add_flow(connect, Status="SAVED", text=BROKEN)

    update(connect, id, "{}")

    assert refused(lambda: described(connect, id)) == UNPUBLISHED
    assert described(connect, f"{id}:$SAVED")["Content"] == "{}"


def test_a_draft_stands_beside_the_published_content(connect: Any) -> None:
    id = add_flow(connect)
    published = described(connect, id)

    update(connect, f"{id}:$SAVED", BROKEN)

    draft = described(connect, f"{id}:$SAVED")
    assert (draft["Status"], draft["Content"], draft["FlowContentSha256"]) == ("SAVED", BROKEN, sha(BROKEN))
    after = described(connect, id)
    assert (after["Content"], after["Status"]) == (published["Content"], "PUBLISHED")


def test_a_draft_may_always_read_saved_and_may_be_read_only(sandbox: Control, connect: Any) -> None:
    """Both inferred; switches."""
    sandbox.set_faults({"switches": {"draftStatus": "SAVED", "draftUpdates": "refused"}})
    id = add_flow(connect)

    assert described(connect, f"{id}:$SAVED")["Status"] == "SAVED"
    assert refused(lambda: update(connect, f"{id}:$SAVED", BROKEN)) == INVALID


def test_name_description_and_state_change_without_the_content(connect: Any) -> None:
    id = add_flow(connect, Description="old")
    before = described(connect, id)

    connect.update_contact_flow_name(**HERE, ContactFlowId=id, Name="G")
    connect.update_contact_flow_metadata(**HERE, ContactFlowId=id, ContactFlowState="ARCHIVED", Description="")

    after = described(connect, id)
    assert (after["Name"], after["State"], after["Type"], "Description" in after) == (
        "G",
        "ARCHIVED",
        "CONTACT_FLOW",
        False,
    )
    assert after["Content"] == before["Content"]
    assert refused(lambda: connect.update_contact_flow_name(**HERE, ContactFlowId=id)) == INVALID_REQUEST


def test_a_flow_is_named_by_its_arn_in_this_instance(connect: Any) -> None:
    arn = described(connect, add_flow(connect))["Arn"]

    assert described(connect, arn)["Name"] == "F"
    assert refused(lambda: described(connect, arn.replace("c0de", "dead"))) == MISSING
    assert refused(lambda: described(connect, f"{arn}:7")) == MISSING


def test_searches_compare_type_state_and_status(connect: Any) -> None:
    whisper = add_flow(connect, "W", Type="AGENT_WHISPER")
    draft = add_flow(connect, "D", Status="SAVED")
    connect.update_contact_flow_metadata(**HERE, ContactFlowId=whisper, ContactFlowState="ARCHIVED")

    def ids(**criteria: Any) -> list[str]:
        found = connect.search_contact_flows(**HERE, SearchCriteria=criteria)["ContactFlows"]
        return [row["Id"] for row in found]

    assert ids(StateCondition="ARCHIVED") == [whisper]
    assert ids(StatusCondition="SAVED") == [draft]
    assert ids(TypeCondition="CONTACT_FLOW") == [draft]
    assert ids(AndConditions=[{"TypeCondition": "AGENT_WHISPER"}, {"StateCondition": "ACTIVE"}]) != [whisper]
    either = [{"StatusCondition": "SAVED"}, {"StateCondition": "ARCHIVED"}]
    assert ids(OrConditions=either) == [draft, whisper]


def test_searches_leave_contents_out_or_show_them(sandbox: Control, connect: Any) -> None:
    """Inferred; a switch."""
    add_flow(connect)
    wanted = {"TypeCondition": "CONTACT_FLOW"}

    (without,) = connect.search_contact_flows(**HERE, SearchCriteria=wanted)["ContactFlows"]
    sandbox.set_faults({"switches": {"searchedContent": "shown"}})
    (with_it,) = connect.search_contact_flows(**HERE, SearchCriteria=wanted)["ContactFlows"]

    assert {"Content", "FlowContentSha256"} & without.keys() == set()
    assert (with_it["Content"], with_it["FlowContentSha256"]) == (saying("Hello"), sha(saying("Hello")))


def test_a_seeded_flow_has_a_content(sandbox: Control, connect: Any) -> None:
    id = sandbox.seed("ContactFlow", {"Name": "Main"})

    assert described(connect, id)["Type"] == "CONTACT_FLOW"
    update(connect, id, described(connect, id)["Content"])


@pytest.mark.parametrize(("member", "longest"), [("Name", 127), ("Description", 500), ("Content", 256_000)])
def test_texts_have_a_length(connect: Any, member: str, longest: int) -> None:
    """No length is modelled; names and descriptions follow CloudFormation's schema."""
    flow = {"Name": "F", "Type": "CONTACT_FLOW", "Content": "{}", "Status": "SAVED"}

    connect.create_contact_flow(**HERE, **{**flow, member: "x" * longest})

    longer = {**flow, "Name": "G", member: "x" * (longest + 1)}
    assert refused(lambda: connect.create_contact_flow(**HERE, **longer)) == INVALID


def test_searches_filter_by_type_and_tags_together(connect: Any) -> None:
    add_flow(connect, "A", Tags={"team": "a"})
    add_flow(connect, "B", Type="AGENT_WHISPER", Tags={"team": "a"})

    def names(**condition: Any) -> list[str]:
        filters = {"FlowAttributeFilter": condition}
        return [row["Name"] for row in connect.search_contact_flows(**HERE, SearchFilter=filters)["ContactFlows"]]

    whisper = {"ContactFlowTypeCondition": {"ContactFlowType": "AGENT_WHISPER"}}
    team = {"TagConditions": [{"TagKey": "team", "TagValue": "a"}]}
    assert names(AndCondition={**team, **whisper}) == ["B"]
    assert names(OrConditions=[{**team, **whisper}, team]) == ["A", "B"]
    assert "B" in names(**whisper)


def test_a_flow_that_a_number_leads_to_stays(sandbox: Control, connect: Any) -> None:
    """The error is inferred; a switch."""
    id = add_flow(connect)
    number = sandbox.seed("PhoneNumber", {"PhoneNumber": "+15550100"})
    holdings = Connect(world, connect_backends[ACCOUNT][REGION]).holdings(HERE)
    holdings.of("PhoneNumber")[number].links["flow"] = {id: None}

    code = refused(lambda: connect.delete_contact_flow(**HERE, ContactFlowId=id))
    sandbox.set_faults({"switches": {"flowInUse": "deleted"}})
    connect.delete_contact_flow(**HERE, ContactFlowId=id)

    assert code == INVALID_REQUEST
    assert refused(lambda: described(connect, id)) == MISSING


def test_a_flow_goes_although_another_one_names_it(connect: Any) -> None:
    id = add_flow(connect)
    naming = leading(action("TransferToFlow", ContactFlowId=id), errors="NoMatchingError")
    other = add_flow(connect, "other", content(naming))

    connect.delete_contact_flow(**HERE, ContactFlowId=id)

    assert id in described(connect, other)["Content"]
