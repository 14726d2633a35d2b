"""A kind's reads agree with each other: what plan reads, what the policies list, and what a recheck compares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from reconciler.errors import CallError, Fate
from reconciler.kinds.asking import again, filled, items, listed, members_of
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import is_local
from reconciler.kinds.iam import actions_of, plan_actions
from reconciler.kinds.operations import field_reads, finding, is_searched_undeclared, reads_of, searches
from reconciler.kinds.registry import KINDS
from reconciler.model import Does, Live, Reach, Read, Step
from reconciler.port import Answer, Params
from reconciler.steps.estimate import calls_of
from reconciler.steps.resource import make_steps
from reconciler.steps.second_look import last_look
from reconciler.steps.work import Work
from tests.world import World, example, permitted, surroundings

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
        return {read.member: self.answer or {} for kind in KINDS.values() for read in every(kind)}

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


def every(kind: Kind[Any]) -> tuple[Read, ...]:
    return (*reads_of(kind).of_plan, *reads_of(kind).of_apply)


def known(kind: Kind[Any]) -> set[str]:
    """Returns the fields that AWS answers."""
    return {f for f in kind.spec.model_fields if not is_local(kind.spec, f)} - kind.unanswered


def filling(reads: Iterable[Read]) -> set[str]:
    """Returns the fields that the reads fill, without the paths inside them."""
    return {path.partition(".")[0] for read in reads for path in read.fills}


def names(reads: Iterable[Read]) -> list[str]:
    return [read.name for read in reads]


def steps_between(kind: Kind[Any]) -> Iterator[Step]:
    """Yields the steps of an update from each example to the other, and of a replacement."""
    first, second = example(kind.name).spec, example(kind.name, "second").spec
    ref = example(kind.name).ref
    for before, after in ((first, second), (second, first)):
        live = Live(ref, "id", "arn", before)
        yield from make_steps(Work(kind, ref, live, after, {}))
        yield from make_steps(Work(kind, ref, live, after, {}, rebuild=True))


# The fields that a read fills.


@every_kind
def test_plan_fills_every_field_that_aws_answers(kind: str) -> None:
    values = filling(filter(None, [reads_of(KINDS[kind]).cells]))

    assert filling(reads_of(KINDS[kind]).of_plan) - values == known(KINDS[kind])


@every_kind
def test_a_search_and_the_details_fill_different_fields(kind: str) -> None:
    reads = reads_of(KINDS[kind])
    searched = {path for read in reads.searches for path in read.fills}
    detailed = [path for read in (*reads.details, *reads.contents) for path in read.fills]

    assert searched.isdisjoint(detailed)
    assert len(detailed) == len(set(detailed))


@every_kind
def test_a_recheck_of_every_field_fills_every_field(kind: str) -> None:
    k, reads = KINDS[kind], reads_of(KINDS[kind])
    rechecked = (*reads.again(known(k)), *([reads.parts] if reads.parts else []))

    # A kind without a describe has only fields by which calls identify it, or that a recheck never compares.
    assert filling(rechecked) == (known(k) if k.describe else set())


@every_kind
def test_a_read_is_about_all_resources_or_about_one(kind: str) -> None:
    reads = reads_of(KINDS[kind])
    about_all = (*reads.searches, *filter(None, (reads.all_parts, reads.lookup)))
    about_one = (*reads.details, *reads.of_each, *reads.contents, *filter(None, [reads.describe]))

    assert {read.reach for read in about_all} == {Reach.ALL}
    assert {read.reach for read in about_one} <= {Reach.ONE}


def test_a_search_of_declared_resources_reads_only_their_types_of_data() -> None:
    storage = KINDS["InstanceStorage"]
    (read,) = searches(storage, [example("InstanceStorage").spec], False)

    assert read in reads_of(storage).searches
    assert read.constants == {"ResourceType": example("InstanceStorage").ref.name}


# Plan.


@every_kind
def test_plan_makes_exactly_the_reads_that_the_policy_lists(world: World, kind: str) -> None:
    reads = {name.partition(":")[2] for name in names(every(KINDS[kind]))}
    called: set[str] = set()
    for which in ("first", "second"):
        it = example(kind, which)
        around = surroundings(it)
        world.control.reset()
        world.control.set_faults({"switches": {"customVoices": True}})
        world.seed(it, *around)
        world.run(it, *around, **permitted(it))
        world.calls()
        world.plan(it, *around)
        called |= world.calls().keys()
        declared = {each.ref.kind for each in (it, *around)}
        assert {f"connect:{name}" for name in called} <= plan_actions(declared)

    assert {f"connect:{name}" for name in called & reads} == set(names(reads_of(KINDS[kind]).of_plan))


@every_kind
def test_details_are_read_in_their_order_if_every_field_is_wanted(kind: str) -> None:
    aws = Recorder()

    filled(aws, KINDS[kind], {**OWN, KINDS[kind].id_param: "i-1"}, lambda path: True)

    assert aws.names() == names(reads_of(KINDS[kind]).details)


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


# Rechecks.


@every_kind
def test_a_recheck_makes_the_reads_that_the_plan_counts(kind: str) -> None:
    k, aws = KINDS[kind], Recorder()
    fields = tuple(sorted(known(k)))

    again(aws, k, {"Id": "i-1"}, fields)

    assert aws.names() == names(field_reads(k, fields))


@every_kind
def test_a_recheck_reads_exactly_the_fields_that_it_compares(kind: str) -> None:
    k = KINDS[kind]
    values = filling(filter(None, [reads_of(k).cells]))
    for step in steps_between(k):
        if not step.replaces or not step.replaces.reads or step.does is Does.CREATE:
            continue
        compared = {*step.replaces.fields, *(values if step.does is Does.DELETE else ())}
        if step.replaces.part:
            compared = filling(reads_of(k).contents) - values
        assert compared <= filling(step.replaces.reads), step
        # Each recheck describes the resource: it may be gone, and its spec needs its required fields.
        for read in (read for read in step.replaces.reads if read != reads_of(k).describe):
            assert compared & filling([read]), (step, read)


@every_kind
def test_apply_may_make_every_read_of_a_recheck(kind: str) -> None:
    for step in steps_between(KINDS[kind]):
        reads = step.replaces.reads if step.replaces else ()

        assert set(names(reads)) <= actions_of(KINDS[kind])
        assert calls_of(step) == (*names(reads), step.call.name)


def test_a_recheck_leaves_out_fields_that_the_plan_did_not_read() -> None:
    k = KINDS["HoursOfOperation"]
    planned = last_look(k, example("HoursOfOperation").spec, {"overrides"})

    assert names(planned.reads) == ["connect:DescribeHoursOfOperation"]
    assert "overrides" not in planned.fields


def test_a_delete_of_a_table_rereads_its_attributes_and_values() -> None:
    planned = last_look(KINDS["DataTable"], example("DataTable").spec)

    assert names(planned.reads) == [
        "connect:DescribeDataTable",
        "connect:ListDataTableAttributes",
        "connect:ListDataTableValues",
    ]


def test_a_recheck_reads_a_detail_without_a_listing_once() -> None:
    planned = last_look(KINDS["RoutingProfile"], example("RoutingProfile").spec)

    assert names(planned.reads).count("connect:DescribeRoutingProfile") == 1


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.describe])
def test_a_resource_that_is_gone_is_none_and_another_error_is_raised(kind: str) -> None:
    gone, denied = (
        CallError("connect:Describe", code, "no", fate=Fate.REFUSED)
        for code in ("ResourceNotFoundException", "AccessDeniedException")
    )

    assert again(Recorder(error=gone), KINDS[kind], {}, ()) is None
    with pytest.raises(CallError, match="AccessDenied"):
        again(Recorder(error=denied), KINDS[kind], {}, ())


# Answers.


@every_kind
def test_a_create_is_found_by_the_lookup_or_else_by_the_search(kind: str) -> None:
    k = KINDS[kind]
    reads = finding(k, example(kind).spec)

    assert {read.operation for read in reads} == {(k.lookup or k.search).operation}


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


def test_kinds_that_only_manifests_can_own_are_not_searched_without_one() -> None:
    unsearched = {name for name, kind in KINDS.items() if not is_searched_undeclared(kind)}

    assert unsearched >= {"ConnectInstance", "InstanceStorage", "LambdaAssociation", "UserHierarchy"}
    assert unsearched.isdisjoint({"DataTable", "Queue", "UserHierarchyGroup"})
