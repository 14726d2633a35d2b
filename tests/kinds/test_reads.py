"""A kind's reads agree with each other: what plan reads, what the policies list, and what a recheck compares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from reconciler.diff.fields import diff
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import is_local
from reconciler.kinds.iam import action_of, actions_of, plan_actions
from reconciler.kinds.operations import finding, is_searched_undeclared, reads_of, searches
from reconciler.kinds.registry import KINDS
from reconciler.model import Does, Live, Reach, Read, Step
from reconciler.model.content import PublishedVersion
from reconciler.model.lists import ListChange
from reconciler.steps.estimate import calls_of
from reconciler.steps.resource import make_steps
from reconciler.steps.second_look import last_look
from reconciler.steps.work import Work
from tests.builders.examples import SWITCHES, example, permitted, surroundings
from tests.tiers import of_kinds
from tests.worlds.world import World

every_kind = of_kinds(KINDS)


def every(kind: Kind[Any]) -> tuple[Read, ...]:
    return (*reads_of(kind).of_plan, *reads_of(kind).of_apply)


def known(kind: Kind[Any]) -> set[str]:
    """Returns the fields that AWS answers."""
    return {f for f in kind.spec.model_fields if not is_local(kind.spec, f)} - kind.reading.write_only


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
        work = Work(kind, ref, Live(ref, "id", "arn", before), after, {}, fields=diff(before, after))
        yield from make_steps(work)
        yield from make_steps(replace(work, rebuild=True))


# The fields that a read fills.


@every_kind
def test_plan_fills_every_field_that_aws_answers(kind: str) -> None:
    values = filling(filter(None, [reads_of(KINDS[kind]).cells]))

    assert filling(reads_of(KINDS[kind]).of_plan) - values == known(KINDS[kind])


@every_kind
def test_a_search_and_the_details_fill_different_fields(kind: str) -> None:
    reads = reads_of(KINDS[kind])
    searched = {path for read in reads.searches for path in read.fills}
    # A listing of names and the read of one part fill the same field together.
    inside = [read for read in reads.contents if read != reads.each_part]
    detailed = [path for read in (*reads.details, *inside) for path in read.fills]

    assert searched.isdisjoint(detailed)
    assert len(detailed) == len(set(detailed))


@every_kind
def test_a_recheck_of_every_field_fills_every_field(kind: str) -> None:
    k, reads = KINDS[kind], reads_of(KINDS[kind])
    rechecked = (*reads.again(known(k)), *([reads.parts] if reads.parts else []))

    # A kind without a describe has only fields by which calls identify it, or that a recheck never compares.
    is_described = k.reading.describe or k.reading.describes_each
    assert filling(rechecked) == (known(k) if is_described else set())


@every_kind
def test_a_read_is_about_all_resources_or_about_one(kind: str) -> None:
    reads = reads_of(KINDS[kind])
    about_all = (*reads.searches, *filter(None, (reads.all_parts, reads.lookup)))
    # A search that has every field but the tags describes one resource too.
    describes = [reads.describe] if reads.describe and KINDS[kind].reading.describe else []
    about_one = (*reads.details, *reads.of_each, *reads.contents, *describes)

    assert {read.reach for read in about_all} == ({Reach.ALL} if reads.searches else set())
    assert {read.reach for read in about_one} <= {Reach.ONE}


def test_a_search_of_declared_resources_reads_only_their_types_of_data() -> None:
    storage = KINDS["InstanceStorage"]
    (read,) = searches(storage, [example("InstanceStorage").spec], False)

    assert read in reads_of(storage).searches
    assert read.constants == {"ResourceType": example("InstanceStorage").ref.name}


@every_kind
def test_a_create_is_found_by_the_lookup_or_else_by_the_search(kind: str) -> None:
    k = KINDS[kind]
    reads = finding(k, example(kind).spec)

    named = k.reading.describe if k.reading.by_name else None
    looks = named[0] if named else (k.reading.lookup or k.reading.search).operation
    beside = {k.tagging.read if k.service.tagging else "", *([k.reading.locate[0]] if k.reading.locate else [])}
    assert looks in {read.operation for read in reads} <= {looks, *beside}


def test_kinds_that_only_manifests_can_own_are_not_searched_without_one() -> None:
    unsearched = {name for name, kind in KINDS.items() if not is_searched_undeclared(kind)}

    assert unsearched >= {"ConnectInstance", "InstanceStorage", "LambdaAssociation", "UserHierarchy"}
    assert unsearched.isdisjoint({"DataTable", "Queue", "UserHierarchyGroup"})


# Rechecks.


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

        assert set(map(action_of, names(reads))) <= actions_of(KINDS[kind])
        publication = KINDS[kind].writing.publication
        is_publishing = any(isinstance(it, PublishedVersion) for it in step.call.params.values())
        published = [f"{step.call.service}:{publication.operation}"] if publication and is_publishing else []
        first = (call.name for call in step.first)
        lists = [f"{step.call.service}:{it.read}" for it in step.call.params.values() if isinstance(it, ListChange)]
        assert calls_of(step) == (*names(reads), *first, *published, *lists, step.call.name)
        assert set(map(action_of, lists)) <= actions_of(KINDS[kind])


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


# With an instance.


def _made_by_plan(kind: str) -> list[Read]:
    """Returns the reads of a plan. It knows the names of some kinds; only an export of the account lists them all."""
    reads = reads_of(KINDS[kind])
    described = {read.operation for read in reads.of_each}
    is_named = KINDS[kind].reading.by_name and not KINDS[kind].reading.within[0]
    unlisted = [read for read in reads.searches if is_named and read.operation not in described]
    return [read for read in reads.of_plan if read not in unlisted or read == reads.candidates]


@every_kind
def test_plan_makes_exactly_the_reads_that_the_policy_lists(world: World, kind: str) -> None:
    reads = set(names(every(KINDS[kind])))
    called: set[str] = set()
    for which in ("first", "second"):
        it = example(kind, which)
        around = surroundings(it)
        world.control.reset()
        world.control.set_faults({"switches": SWITCHES})
        world.seed(it, *around)
        world.run(it, *around, **permitted(it))
        world.every_call()
        world.plan(it, *around)
        called |= world.every_call().keys()
        declared = {each.ref.kind for each in (it, *around)}
        assert set(map(action_of, called)) <= plan_actions(declared)

    assert called & reads == set(names(_made_by_plan(kind)))


@every_kind
def test_the_estimate_counts_the_calls_that_an_update_makes(world: World, kind: str) -> None:
    before, after = example(kind), example(kind, "second")
    around = [each for each in surroundings(before, after) if each.ref not in (before.ref, after.ref)]
    world.control.set_faults({"switches": SWITCHES})
    world.seed(before, after, *around)
    world.run(before, *around, **permitted(before))
    seen = world.preview(after, *around, **permitted(before, after))
    world.every_call()

    world.apply(seen)

    called = world.every_call()
    assert called.keys() == seen.plan.estimate.operations.keys()
    # An estimate knows no live counts, so it counts one page of each listing.
    paged = {read.name for read in every(KINDS[kind]) if read.is_paged}
    # Nor how often a wait looks at a resource.
    describe = reads_of(KINDS[kind]).describe
    waited = {describe.name} if describe and KINDS[kind].writing.wait else set()
    for name in called.keys() - paged - waited:
        assert called[name] == seen.plan.estimate.operations[name], name
