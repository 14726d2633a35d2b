"""Dependencies between resources, and the reach of a change."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.dependencies import Dependencies, Edge, dependencies
from reconciler.errors import Source
from reconciler.model import Linked, Move, Record, Records, Ref
from tests.builders.invented_kinds import MADE_UP, Door, Secretive, Step, chain, declared, door, link

A, B, C, D = (Ref("Door", name) for name in "ABCD")


def paths(*specs: Door | Secretive, values: dict[str, str] | None = None) -> set[str]:
    return {edge.path for edge in dependencies(declared(*specs, values=values), MADE_UP).edges if edge.target == B}


def linked(door_: Door, **texts: object) -> Door:
    """Returns the spec with marked references, as reading marks them after pydantic has built it."""
    return door_.model_copy(update=texts)


def test_a_reference_field_is_an_edge() -> None:
    seen = dependencies(declared(door("A", nextDoor="B"), door("B")), MADE_UP)

    assert seen.edges == (Edge(A, B, "nextDoor"),)
    assert seen.places == {A: Source("doors.yaml", 1), B: Source("doors.yaml", 2)}


def test_a_list_of_references_has_a_path_per_item() -> None:
    assert paths(door("A", others=("C", "B")), door("B"), door("C")) == {"others[B]"}


def test_a_nested_reference_has_the_path_of_plans() -> None:
    assert paths(door("A", steps=(Step(name="go", door="B"),)), door("B")) == {"steps[go].door"}


def test_a_reference_in_a_structure_has_a_path() -> None:
    assert paths(door("A", first=Step(name="go", door="B")), door("B")) == {"first.door"}


def test_texts_with_references_are_edges() -> None:
    texts = {
        "text": link("B"),
        "notes": {"why": link("B")},
        "steps": (Step(name="go").model_copy(update={"text": link("B")}),),
    }

    assert paths(linked(door("A"), **texts), door("B")) == {"text", "notes[why]", "steps[go].text"}


def test_a_text_may_refer_to_several_resources() -> None:
    both = linked(door("A"), text=Linked("${Door/B.arn} or ${Door/C.id}"))

    assert [edge.target for edge in dependencies(declared(both, door("B"), door("C")), MADE_UP).edges] == [B, C]


def test_a_plain_text_like_a_reference_is_not_an_edge() -> None:
    assert paths(door("A", text="${Door/B.arn}"), door("B")) == set()


def test_an_id_is_not_a_reference() -> None:
    seen = dependencies(declared(door("A", nextDoor="11112222-3333-4444-5555-666677778888")), MADE_UP)

    assert seen.edges == ()


def test_all_cells_of_an_attribute_are_one_edge() -> None:
    row = Record({"key": "1"}, {"A": link("B")}, Source("t.csv", 2))
    again = Record({"key": "2"}, {"A": link("B"), "Z": None}, Source("t.csv", 3))
    (ref, manifest), *rest = declared(door("A"), door("B")).items()
    records = Records((row,), again, moved=(Move({"key": link("B")}, {"key": "x"}, Source("t.csv", 4)),))
    full = {ref: manifest.__class__(manifest.spec, manifest.source, records), **dict(rest)}

    assert [edge.path for edge in dependencies(full, MADE_UP).edges] == ["values.A", "values.key"]


def test_the_default_record_may_hold_a_reference() -> None:
    (ref, manifest), *rest = declared(door("A"), door("B")).items()
    records = Records(default=Record({}, {"A": link("B")}, Source("t.csv", 2)))

    full = {ref: replace(manifest, records=records), **dict(rest)}

    assert [edge.path for edge in dependencies(full, MADE_UP).edges] == ["values.A"]


def test_a_reference_that_only_the_kind_knows_has_no_path() -> None:
    assert paths(Secretive(name="S", document="B B"), door("B")) == {""}


def test_an_undeclared_target_has_no_position() -> None:
    assert dependencies(declared(door("A", nextDoor="B")), MADE_UP).places[B] is None


def test_the_result_does_not_depend_on_the_order_of_manifests() -> None:
    one = declared(door("C"), door("B", nextDoor="C"), door("A", others=("C", "B")))

    other = dict(reversed(one.items()))

    assert dependencies(one, MADE_UP) == dependencies(other, MADE_UP)
    assert list(dependencies(one, MADE_UP).places) == list(dependencies(other, MADE_UP).places) == [A, B, C]


def test_impact_distinguishes_both_directions() -> None:
    impact = dependencies(chain("A", "B", "C", "D"), MADE_UP).impact(B)

    assert (impact.needs, impact.needed_by) == ((C, D), (A,))


def test_members_of_a_circle_need_each_other_and_not_themselves() -> None:
    circle = declared(door("A", nextDoor="B"), door("B", nextDoor="A"))

    impact = dependencies(circle, MADE_UP).impact(A)

    assert (impact.needs, impact.needed_by) == ((B,), (B,))


def test_a_resource_that_refers_to_itself_does_not_need_itself() -> None:
    impact = dependencies(declared(door("A", nextDoor="A")), MADE_UP).impact(A)

    assert (impact.needs, impact.needed_by) == ((), ())


def test_among_keeps_the_edges_between_kept_resources() -> None:
    seen = dependencies(chain("A", "B", "C"), MADE_UP).among({A, B})

    assert (list(seen.places), [edge.target for edge in seen.edges]) == ([A, B], [B])


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7))))
def test_needs_and_needed_by_are_inverse(pairs: set[tuple[int, int]]) -> None:
    refs = [Ref("Door", str(number)) for number in range(8)]
    edges = tuple(Edge(refs[one], refs[other], "x") for one, other in sorted(pairs))
    seen = Dependencies(dict.fromkeys(refs), edges)

    impacts = {ref: seen.impact(ref) for ref in refs}

    assert all((b in impacts[a].needs) == (a in impacts[b].needed_by) for a in refs for b in refs)
    assert all(edge.target in impacts[edge.origin].needs for edge in edges if edge.origin != edge.target)
    for impact in impacts.values():
        beyond = {ref for near in impact.needs for ref in impacts[near].needs} - {impact.of}
        assert beyond <= set(impact.needs)
