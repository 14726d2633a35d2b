"""The reads of a kind are executed as they are listed, and their answers become members."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import CallError
from reconciler.kinds.asking import again, filled, items, listed, members_of
from reconciler.kinds.operations import field_reads, reads_of
from reconciler.kinds.registry import KINDS
from reconciler.model import Reach
from tests.worlds.scripted_aws import ScriptedAnswer, ScriptedAws, refusal

every_kind = pytest.mark.parametrize("kind", KINDS)
OWN = {"Id": "i-1", "Arn": "a-1", "ResourceType": "CALL_RECORDINGS"}
# Versions and aliases are named together with their module.
OWN |= {"ContactFlowModuleId": "m-1", "ContactFlowModuleArn": "a-1:i-1", "AliasId": "i-1", "Version": 1}
OWN |= {"iamRoles": ["arn:aws:iam::111122223333:role/r"]}  # and a role together with its namespace
NAMED = {"logGroupName": "i-1"}


def answering(kind: str, content: Any) -> ScriptedAws:
    """Returns an AWS that answers every read of the kind with the same content."""
    reads = reads_of(KINDS[kind])
    answers: dict[str, ScriptedAnswer] = {}
    for read in (*reads.of_plan, *reads.of_apply):
        # A read of several resources answers a list, and leaves out those that do not exist.
        is_of_several = read.ids or (read == reads.describe and read.reach is Reach.ALL)
        answers[read.name] = {read.member: [OWN | NAMED] if is_of_several else content}
    return ScriptedAws(answers)


@every_kind
def test_details_are_read_in_their_order_if_every_field_is_wanted(kind: str) -> None:
    aws = answering(kind, {})

    filled(aws, KINDS[kind], {**OWN, KINDS[kind].identity.id_param: "i-1"}, lambda path: True)

    assert aws.names() == [read.name for read in reads_of(KINDS[kind]).details]


@every_kind
def test_no_detail_is_read_if_no_field_is_wanted(kind: str) -> None:
    aws = answering(kind, {})

    filled(aws, KINDS[kind], {**OWN, KINDS[kind].identity.id_param: "i-1"}, lambda path: False)

    assert aws.asked == []


def test_one_wanted_field_needs_one_read() -> None:
    aws = answering("SecurityProfile", [])

    members = filled(aws, KINDS["SecurityProfile"], OWN, lambda path: path == "applications")

    assert aws.asked == [("connect:ListSecurityProfileApplications", {"SecurityProfileId": "i-1", "MaxResults": 1000})]
    assert members == {**OWN, "Applications": []}


@every_kind
def test_a_recheck_makes_the_reads_that_the_plan_counts(kind: str) -> None:
    k, aws = KINDS[kind], answering(kind, {})
    fields = tuple(k.spec.model_fields)

    again(aws, k, {**OWN, k.identity.id_param: "i-1"}, fields)

    assert aws.names() == [read.name for read in field_reads(k, fields)]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.reading.describe])
def test_a_recheck_of_a_resource_that_is_gone_is_none(kind: str) -> None:
    code = {"iam": "NoSuchEntity"}.get(KINDS[kind].service.name, "ResourceNotFoundException")

    assert again(_refusing(kind, code), KINDS[kind], {KINDS[kind].identity.id_param: "i-1"}, ()) is None


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.reading.describe])
def test_a_recheck_that_aws_refuses_fails(kind: str) -> None:
    with pytest.raises(CallError, match="AccessDenied"):
        again(_refusing(kind, "AccessDeniedException"), KINDS[kind], {KINDS[kind].identity.id_param: "i-1"}, ())


@pytest.mark.parametrize(
    ("kind", "page", "member"),
    [
        ("LambdaAssociation", ["arn:f"], {"FunctionArn": "arn:f"}),
        ("UserHierarchy", {"LevelOne": {"Name": "Team"}}, {"LevelOne": {"Name": "Team"}}),
        ("Queue", [{"Name": "Support"}], {"Name": "Support"}),
    ],
)
def test_a_bulk_read_yields_texts_structures_and_items_as_members(kind: str, page: Any, member: Any) -> None:
    read = reads_of(KINDS[kind]).searches[0]

    assert list(listed(answering(kind, page), KINDS[kind], read)) == [member]


def test_a_read_of_one_resource_sends_its_parameters_with_the_filters() -> None:
    aws = answering("DataTable", [{"Name": "A"}])
    read = reads_of(KINDS["DataTable"]).parts
    assert read

    assert list(items(aws, read, {"DataTableId": "t-1"})) == [{"Name": "A"}]
    assert aws.asked == [("connect:ListDataTableAttributes", {"DataTableId": "t-1", "MaxResults": 1000})]


def test_attributes_of_an_instance_are_members_by_their_types() -> None:
    k = KINDS["ConnectInstance"]
    (read,) = reads_of(k).details
    aws = answering("ConnectInstance", [{"AttributeType": "CONTACT_LENS", "Value": "true"}])

    assert members_of(aws, k, read, {"InstanceId": "i-1"}) == {"CONTACT_LENS": "true"}


def _refusing(kind: str, code: str) -> ScriptedAws:
    return ScriptedAws({read.name: refusal(read.name, code) for read in reads_of(KINDS[kind]).of_apply})
