"""Plans in, their graph out: which step waits for which. The steps are bare, so every case is small."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Action, CellChange, Change, Does, Linked, Ref, Resource, Step, TableChange
from reconciler.steps.order import Graph, Lane, Node, Progress, frees, make_graph, takes
from tests.builders.works import change, creates, deletes, renames, step


def waits(*changes: Change) -> dict[str, set[str]]:
    """Returns the steps that each step waits for, as `address:number`, without those that wait for none."""
    graph = make_graph(changes)

    def name(node: Node) -> str:
        return f"{changes[node.change].ref}:{node.step}"

    return {name(node): set(map(name, needs)) for node, needs in graph.needs.items() if needs}


# References.


def test_a_resource_waits_for_the_creation_of_what_it_refers_to() -> None:
    assert waits(creates("Queue/q", "HoursOfOperation/h"), creates("HoursOfOperation/h")) == {
        "Queue/q:0": {"HoursOfOperation/h:0"}
    }


def test_a_resource_waits_for_a_creation_alone_and_not_for_its_later_steps() -> None:
    hours = creates("HoursOfOperation/h", later=[step(needs=(0,))])

    assert waits(change("Queue/q", step(Does.UPDATE, "HoursOfOperation/h")), hours) == {
        "Queue/q:0": {"HoursOfOperation/h:0"},
        "HoursOfOperation/h:1": {"HoursOfOperation/h:0"},
    }


def test_a_reference_to_a_live_resource_waits_for_nothing() -> None:
    assert waits(creates("Queue/q", "HoursOfOperation/h"), change("HoursOfOperation/h", step())) == {}


def test_a_create_that_refers_to_itself_does_not_wait() -> None:
    assert waits(creates("DataTable/T", "DataTable/T")) == {}


def test_cells_with_references_wait_for_their_targets() -> None:
    text = Linked("call ${Queue/q.arn}")
    cells = tuple(
        CellChange(Action.CREATE, {"K": "a"}, name, None, after, "TEXT", ("a",))
        for name, after in (("A", text), ("B", ""))
    )
    batches = [step(Does.CELLS, cells=(at,)) for at in (0, 1)]

    assert waits(change("DataTable/T", *batches, table=TableChange(cells)), creates("Queue/q")) == {
        "DataTable/T:0": {"Queue/q:0"}
    }


# Deletions.


def test_a_resource_is_deleted_after_the_steps_that_release_it() -> None:
    queue = change("Queue/q", step(), step(needs=(0,)), let_go=["HoursOfOperation/h"])

    assert waits(deletes("HoursOfOperation/h"), queue)["HoursOfOperation/h:0"] == {"Queue/q:0", "Queue/q:1"}


def test_users_are_deleted_before_their_targets() -> None:
    assert waits(deletes("HoursOfOperation/h"), deletes("Queue/q", "HoursOfOperation/h")) == {
        "HoursOfOperation/h:0": {"Queue/q:0"}
    }


def test_a_resource_that_refers_to_itself_is_deleted_without_waiting() -> None:
    assert waits(deletes("Queue/q", "Queue/q")) == {}


def test_a_resource_that_releases_itself_is_deleted_without_waiting_for_its_other_steps() -> None:
    both = change("Queue/q", step(), step(Does.DELETE), action=Action.DELETE, let_go=["Queue/q"])

    assert waits(both) == {}


def test_a_replacement_releases_its_targets_by_its_delete_alone() -> None:
    delete, create = step(Does.DELETE), step(Does.CREATE, "HoursOfOperation/h", needs=(0,))
    queue = change("Queue/q", delete, create, action=Action.REPLACE, let_go=["HoursOfOperation/h"])
    hours = change("HoursOfOperation/h", step(Does.DELETE), step(Does.CREATE, needs=(0,)), action=Action.REPLACE)

    assert waits(queue, hours) == {
        "Queue/q:1": {"Queue/q:0", "HoursOfOperation/h:1"},
        "HoursOfOperation/h:0": {"Queue/q:0"},
        "HoursOfOperation/h:1": {"HoursOfOperation/h:0"},
    }


def test_a_part_is_deleted_after_every_step_of_its_owner() -> None:
    owner = change("DataTable/T", step(), step())
    part = change("DataTable/T/A", step(Does.DELETE), action=Action.DELETE, part_of=Ref("DataTable", "T"))

    assert waits(part, owner) == {"DataTable/T/A:0": {"DataTable/T:0", "DataTable/T:1"}}


def test_a_part_without_a_change_of_its_owner_is_deleted_at_once() -> None:
    part = change("DataTable/T/A", step(Does.DELETE), action=Action.DELETE, part_of=Ref("DataTable", "T"))

    assert waits(part) == {}


def test_only_the_deletion_of_a_part_waits_for_its_owner() -> None:
    part = change("DataTable/T/A", step(), part_of=Ref("DataTable", "T"))

    assert waits(part, change("DataTable/T", step())) == {}


# Kinds that need another kind.


def test_groups_are_written_after_their_hierarchy() -> None:
    group, hierarchy = creates("UserHierarchyGroup/g"), change("UserHierarchy/main", step())

    assert waits(group, hierarchy) == {"UserHierarchyGroup/g:0": {"UserHierarchy/main:0"}}


def test_groups_are_deleted_before_their_hierarchy_changes() -> None:
    assert waits(change("UserHierarchy/main", step()), deletes("UserHierarchyGroup/g")) == {
        "UserHierarchy/main:0": {"UserHierarchyGroup/g:0"}
    }


# Names.


def test_a_name_is_taken_after_it_is_freed() -> None:
    assert waits(creates("Queue/a"), renames("Queue/b", "a")) == {"Queue/a:0": {"Queue/b:0"}}
    assert waits(creates("Queue/a"), deletes("Queue/A")) == {"Queue/a:0": {"Queue/A:0"}}
    assert waits(renames("Queue/a", "c"), renames("Queue/b", "A")) == {"Queue/a:0": {"Queue/b:0"}}


def test_a_name_within_one_change_is_in_the_order_of_its_steps() -> None:
    (delete,), (create,) = deletes("Queue/a").steps, creates("Queue/a").steps

    assert waits(change("Queue/a", delete, create, action=Action.REPLACE)) == {}


def test_a_name_of_another_kind_does_not_count() -> None:
    assert waits(creates("Queue/a"), renames("QuickConnect/b", "a")) == {}


@pytest.mark.parametrize(
    ("one", "freed", "taken"),
    [
        (creates("Queue/A"), None, ("Queue", "a")),
        (deletes("Queue/A"), ("Queue", "a"), None),
        (renames("Queue/B", "A"), ("Queue", "a"), ("Queue", "b")),
        (renames("Queue/A", "a"), None, None),
        (renames("Queue/B", "A", fields=("description",)), None, None),
        (change("Queue/A", step()), None, None),
    ],
    ids=["create", "delete", "rename", "another case", "another field", "no recheck"],
)
def test_a_step_frees_one_name_and_takes_another(
    one: Change, freed: tuple[str, str] | None, taken: tuple[str, str] | None
) -> None:
    (only,) = one.steps

    assert (frees(one, only), takes(one, only)) == (freed, taken)


def test_a_resource_of_a_kind_without_names_frees_and_takes_none() -> None:
    made = change("UserHierarchy/main", step(Does.CREATE, makes=Resource(name="main")))

    assert takes(made, made.steps[0]) is None


# Circles.


def test_a_swap_of_names_is_a_circle() -> None:
    graph = make_graph([renames("Queue/a", "b"), renames("Queue/b", "a"), creates("Queue/c")])

    assert graph.circular() == {0, 1}


def test_changes_that_wait_for_a_circle_are_circular_too() -> None:
    circle = [creates("Queue/a", "Queue/b"), creates("Queue/b", "Queue/a")]

    assert make_graph([*circle, creates("Queue/c", "Queue/a"), creates("Queue/d")]).circular() == {0, 1, 2}


def test_a_chain_is_not_a_circle() -> None:
    assert (
        make_graph([creates("Queue/a", "Queue/b"), creates("Queue/b", "Queue/c"), creates("Queue/c")]).circular()
        == set()
    )


# Laws of every graph.

STEPS = st.builds(
    step,
    st.sampled_from([Does.CREATE, Does.UPDATE, Does.DELETE, Does.CELLS]),
    st.sampled_from(["Queue/0", "Queue/1", "Queue/2", "Queue/9"]),
    lane=st.sampled_from(["", "", "T"]),
)


@st.composite
def plans(draw: st.DrawFn) -> list[Change]:
    """Draws changes whose steps wait for earlier steps, refer to one another, and release one another."""
    changes = []
    for at in range(draw(st.integers(1, 4))):
        steps = draw(st.lists(STEPS, min_size=1, max_size=4))
        needing = [_with_needs(draw, it, number) for number, it in enumerate(steps)]
        let_go = draw(st.lists(st.sampled_from(["Queue/0", "Queue/1", "Queue/3"]), max_size=2))
        changes.append(change(f"Queue/{at}", *needing, let_go=let_go))
    return changes


def _with_needs(draw: st.DrawFn, it: Step, number: int) -> Step:
    needs = draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else set()
    return Step(it.call, it.does, needs=tuple(sorted(needs)), lane=it.lane)


@given(plans(), st.randoms())
def test_every_step_runs_once_after_its_needs_and_alone_in_its_lane(changes: list[Change], random: Random) -> None:
    graph = make_graph(changes)

    order = played(graph, random)

    assert len(order) == len({*order})
    for node in order:
        assert graph.needs[node] <= {*order[: order.index(node)]}
    left = graph.needs.keys() - {*order}
    assert {node.change for node in left} == graph.circular()


@given(plans())
def test_followers_are_the_needs_the_other_way_round(changes: list[Change]) -> None:
    graph = make_graph(changes)

    followers = {(need, node) for need, nodes in graph.followers().items() for node in nodes}

    assert followers == {(need, node) for node, needs in graph.needs.items() for need in needs}


def played(graph: Graph, random: Random) -> list[Node]:
    """Returns the steps in the order in which a run ends them. Steps in flight end in any order."""
    progress, order, flying = Progress(graph), [], list[Node]()
    while True:
        for choice in progress.ready():
            node = random.choice(choice)
            assert (lane := graph.lane(node)) is None or lane not in map(graph.lane, flying)
            progress.begin(node)
            flying.append(node)
        if not flying:
            return order
        node = flying.pop(random.randrange(len(flying)))
        progress.done(node)
        order.append(node)


def test_a_lane_belongs_to_its_change() -> None:
    graph = make_graph([change("DataTable/T", step(lane="T"), step()), change("DataTable/U", step(lane="T"))])

    assert [graph.lane(node) for node in sorted(graph.needs)] == [Lane(0, "T"), None, Lane(1, "T")]
