"""The reads of a kind are executed as they are listed, and their answers become members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from reconciler.errors import CallError, Fate
from reconciler.kinds.asking import again, filled, items, listed, members_of
from reconciler.kinds.operations import field_reads, reads_of
from reconciler.kinds.registry import KINDS
from reconciler.port import Answer, Params

every_kind = pytest.mark.parametrize("kind", KINDS)
OWN = {"Id": "i-1", "Arn": "a-1", "ResourceType": "CALL_RECORDINGS"}


class Recorder:
    """An AWS that has one answer for every read, and records what it is asked."""

    def __init__(self, answer: Any = None, error: CallError | None = None) -> None:
        self.answer, self.error = answer, error
        self.asked: list[tuple[str, Params]] = []

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        self.asked.append((f"{service}:{operation}", params))
        if self.error:
            raise self.error
        return defaultdict(lambda: self.answer or {})

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[Any]:
        self.read(service, operation, params)
        yield self.answer or []

    def write(self, service: str, operation: str, params: Params) -> Answer:
        raise AssertionError(f"{service}:{operation} would write")

    def delay(self, operation: str) -> float:
        return 0.0

    def counts(self) -> Mapping[str, int]:
        return {}

    def names(self) -> list[str]:
        return [name for name, _ in self.asked]


@every_kind
def test_details_are_read_in_their_order_if_every_field_is_wanted(kind: str) -> None:
    aws = Recorder()

    filled(aws, KINDS[kind], {**OWN, KINDS[kind].id_param: "i-1"}, lambda path: True)

    assert aws.names() == [read.name for read in reads_of(KINDS[kind]).details]


@every_kind
def test_no_detail_is_read_if_no_field_is_wanted(kind: str) -> None:
    aws = Recorder()

    filled(aws, KINDS[kind], {**OWN, KINDS[kind].id_param: "i-1"}, lambda path: False)

    assert aws.asked == []


def test_one_wanted_field_needs_one_read() -> None:
    aws = Recorder()

    members = filled(aws, KINDS["SecurityProfile"], OWN, lambda path: path == "applications")

    assert aws.asked == [("connect:ListSecurityProfileApplications", {"SecurityProfileId": "i-1", "MaxResults": 1000})]
    assert members == {**OWN, "Applications": []}


@every_kind
def test_a_recheck_makes_the_reads_that_the_plan_counts(kind: str) -> None:
    k, aws = KINDS[kind], Recorder()
    fields = tuple(k.spec.model_fields)

    again(aws, k, {"Id": "i-1"}, fields)

    assert aws.names() == [read.name for read in field_reads(k, fields)]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.describe])
def test_a_resource_that_is_gone_is_none_and_another_error_is_raised(kind: str) -> None:
    gone, denied = (
        CallError("connect:Describe", code, "no", fate=Fate.REFUSED)
        for code in ("ResourceNotFoundException", "AccessDeniedException")
    )

    assert again(Recorder(error=gone), KINDS[kind], {}, ()) is None
    with pytest.raises(CallError, match="AccessDenied"):
        again(Recorder(error=denied), KINDS[kind], {}, ())


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

    assert list(listed(Recorder(page), KINDS[kind], read)) == [member]


def test_a_read_of_one_resource_sends_its_parameters_with_the_filters() -> None:
    aws = Recorder([{"Name": "A"}])
    read = reads_of(KINDS["DataTable"]).parts
    assert read

    assert list(items(aws, read, {"DataTableId": "t-1"})) == [{"Name": "A"}]
    assert aws.asked == [("connect:ListDataTableAttributes", {"DataTableId": "t-1", "MaxResults": 1000})]


def test_attributes_of_an_instance_are_members_by_their_types() -> None:
    k = KINDS["ConnectInstance"]
    (read,) = reads_of(k).details
    aws = Recorder([{"AttributeType": "CONTACT_LENS", "Value": "true"}])

    assert members_of(aws, k, read, {"InstanceId": "i-1"}) == {"CONTACT_LENS": "true"}
