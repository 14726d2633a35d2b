"""The laws of a flow's canonical form, its spelling, its view and its file, for any flow."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.flows.canonical_form import meaning_of
from reconciler.flows.describing import describe
from reconciler.flows.document import FlowDocument
from reconciler.flows.file_form import file_form, file_text
from reconciler.flows.from_view import from_view
from reconciler.flows.meaning import FLOW
from reconciler.flows.normal import key_text
from reconciler.flows.parsing import parse_flow
from reconciler.flows.structure import faults
from reconciler.flows.view import view, views
from reconciler.model import Linked, from_words
from reconciler.model.document import parsed
from tests.builders.flows import Json, branches_of, edited, flows, names_of, respelled

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "StartAction",
                    "Actions",
                    "Metadata",
                    "Identifier",
                    "Type",
                    "Parameters",
                    "Transitions",
                    "NextAction",
                    "Errors",
                    "Conditions",
                    "Condition",
                    "Operands",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.data(), flows())
def test_another_spelling_means_the_same(data: Any, flow: Json) -> None:
    other = data.draw(respelled(flow))

    assert meaning_of(other) == meaning_of(flow)
    assert FLOW.respelled(other, flow) == flow
    assert describe(flow, other, with_renames=False) == ()


@given(st.data(), flows())
def test_a_respelled_flow_keeps_its_meaning_and_is_stable(data: Any, flow: Json) -> None:
    changed = data.draw(edited(flow))

    spelled = FLOW.respelled(changed, flow)

    assert meaning_of(spelled) == meaning_of(changed)
    assert FLOW.respelled(spelled, flow) == spelled


@given(st.data(), flows())
def test_another_meaning_has_another_view_and_a_line(data: Any, flow: Json) -> None:
    changed = data.draw(edited(flow))
    is_equal = meaning_of(changed) == meaning_of(flow)

    before, after = views(flow, changed)

    assert (key_text(before) == key_text(after)) == is_equal
    assert (describe(flow, changed, with_renames=False) == ()) == is_equal


@given(flows())
def test_a_view_is_taken_back(flow: Json) -> None:
    assert meaning_of(from_view(view(flow), flow)) == meaning_of(flow)
    assert from_view(view(flow), flow).get("Metadata") == flow.get("Metadata")


@given(st.data(), flows())
def test_both_views_are_taken_back_to_their_flows(data: Any, flow: Json) -> None:
    changed = data.draw(edited(flow))

    before, after = views(flow, changed)

    assert before == view(flow)
    assert meaning_of(from_view(after, flow)) == meaning_of(changed)


@given(flows())
def test_a_file_reads_back_as_the_same_flow(flow: Json) -> None:
    text = file_text(flow)

    back = parsed(from_words(text) if isinstance(from_words(text), Linked) else text)

    assert meaning_of(back) == meaning_of(flow)
    assert file_text(back) == text
    assert text.endswith("}\n")


@given(flows())
def test_a_file_loses_nothing(flow: Json) -> None:
    assert sorted(map(key_text, _pieces(file_form(flow)))) == sorted(map(key_text, _pieces(flow)))


@given(st.data(), flows())
def test_the_files_of_two_saves_are_equal_but_for_metadata(data: Any, flow: Json) -> None:
    shuffled = {**flow, "Actions": data.draw(st.permutations(flow["Actions"]))}

    assert file_text(shuffled) == file_text(flow)


@given(st.data(), flows())
def test_an_edge_that_leads_elsewhere_is_seen(data: Any, flow: Json) -> None:
    edges = branches_of(flow)
    assume(edges)
    edge = data.draw(st.sampled_from(range(len(edges))))
    contents = {action.identifier: action.content for action in parse_flow(flow).actions}
    before = edges[edge]["NextAction"]
    target = data.draw(st.sampled_from([*names_of(flow), "nowhere"]))
    assume(contents.get(target) != contents.get(before))
    meant = meaning_of(flow)

    edges[edge]["NextAction"] = target

    assert meaning_of(flow) != meant


@given(st.data(), flows())
def test_any_other_value_in_a_block_is_seen(data: Any, flow: Json) -> None:
    places = [place for action in flow["Actions"] for place in _places(action) if place[1] != "NextAction"]
    holder, key = data.draw(st.sampled_from([place for place in places if place[1] != "Identifier"]))
    before = meaning_of(flow)

    holder[key] = f"{holder[key]}~"

    assert meaning_of(flow) != before


@given(st.data(), flows())
def test_a_branch_less_is_seen(data: Any, flow: Json) -> None:
    lists = [action["Transitions"].get(key) for action in flow["Actions"] for key in ("Errors", "Conditions")]
    filled = [branches for branches in lists if branches]
    assume(filled)
    before = meaning_of(flow)

    data.draw(st.sampled_from(filled)).pop()

    assert meaning_of(flow) != before


@given(any_json)
def test_no_value_is_too_strange(value: Any) -> None:
    assert meaning_of(value) == meaning_of(value)
    assert meaning_of(from_view(view(value), value)) == meaning_of(value)
    assert isinstance(faults(value), tuple)
    assert describe(value, value) == ()
    file_text(value)


@given(any_json, any_json)
def test_two_strange_values_can_be_compared(one: Any, other: Any) -> None:
    assert meaning_of(FLOW.respelled(one, other)) == meaning_of(one)
    assert (describe(other, one, with_renames=False) == ()) == (meaning_of(one) == meaning_of(other))


@given(st.data(), flows())
def test_documents_compare_flows_by_meaning(data: Any, flow: Json) -> None:
    other = data.draw(respelled(flow))

    one, another = FlowDocument.of(flow), FlowDocument.of(other)

    assert one == another
    assert hash(one) == hash(another)
    assert another.respelled(one).value == one.value


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Returns every place of a text, number or boolean: the object or list that holds it, and its key."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    places = []
    for key, item in items:
        places += _places(item) if isinstance(item, dict | list) else [(value, key)]
    return places


def _pieces(value: Any) -> list[Any]:
    """Returns every leaf with its path of keys, without the positions in lists and the places of blocks."""
    match value:
        case {"x": _, "y": _}:
            return []
        case dict():
            return [[key, piece] for key in value for piece in _pieces(value[key])] or [{}]
        case list():
            return [["item", piece] for item in value for piece in _pieces(item)] or [[]]
        case _:
            return [value]
